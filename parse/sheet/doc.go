// Package sheet reads workbooks of every kind that offices send into grids with the file's own addresses, and writes
// the workbooks that baosong sends.
//
// Read takes a path and the format that parse/container told from the content, and returns a Book of Grids. Each cell
// carries the text that the office program shows under Chinese regional settings, and the stored number beneath it;
// merged areas, hidden rows and sheets, errors and lost digits are told. Old and new Excel files (ECMA-376,
// [MS-XLSB], [MS-XLS] and the older BIFF), WPS tables, OpenDocument, XML-Spreadsheet 2003 and separated text are read
// by readers of our own, because no kept library reads them right; numfmt.go shows numbers, dates and times for all.
//
// WriteTables, ListWorkbook and WriteForm write new workbooks with excelize, the same bytes for the same content.
// MarkWorkbook sends a sender's own workbook back: it edits the package's parts as bytes and copies all others as they
// are packed, because excelize would rewrite what it does not know.
//
// This package never runs a macro, never recalculates a formula, never follows a link, and never judges: what a value
// is worth is the business of parse/rule. Every input ends within the Limits, in a Book or in an error that wraps one
// of the sentinels of parse/container.
package sheet
