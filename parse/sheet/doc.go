// Package sheet reads workbooks of every kind that offices send.
//
// Read takes a path and the format that parse/container told from the content, and returns a Book of Grids (package
// grid). The readers are our own, because no kept library reads these files right: sheet/ooxml for Excel's packages and
// their binary kin, sheet/biff for the old binary files of Excel and WPS; those for OpenDocument, XML-Spreadsheet 2003
// and separated text stand here. sheet/numfmt shows numbers and dates for all of them. Other packages write: sheet/workbook
// makes new workbooks, sheet/annotate marks a sender's own.
//
// Nothing here runs a macro, recalculates a formula, follows a link, or judges: what a value is worth is the business of
// parse/rule. Every input ends within the limits, in a Book or in an error that wraps one of the sentinels of
// parse/container.
package sheet
