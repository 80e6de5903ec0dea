package message

// allowed lists the rows of the collection that differ from what their source expects, each with the reason why
// baosong's reading is the right one for it. They are left out of the bars. Where the same mail lies in the collection
// twice, byte for byte, and its two rows want different things, the reason names the other row.
func allowed() map[string]string {
	const (
		refolded = "the source writes the attached mail anew with Python's email, which folds its long header lines elsewhere; baosong keeps the bytes"
		latin    = "the header holds a raw Latin-1 letter; the source put U+FFFD for it, baosong reads the letter (README of the collection)"
		named    = "a text with a file name is a file whatever its disposition (mail-facts.md), while the source takes it for body; "
		uu       = "the source does not know the encoding x-uuencode and counts the encoded text; baosong's file is the one that "
		blanks   = "the rule tried is that blanks at the end of a boundary count; in mail they come and go in transport (RFC 2046, 5.1.1)"
		outer    = "a part ends at the boundary of an outer multipart too (RFC 2046, 5.1.2); the source reads on and has two parts' headers in its text"
	)
	return map[string]string{
		"imap_tools/attachment_emails/attachment_message_rfc822.eml":              "the source drops the mbox line that stands before the attached mail; every other line is the same",
		"imap_tools/mime_emails/raw_email_with_mimepart_without_content_type.eml": refolded,
		"imap_tools/multipart_report_emails/multi_address_bounce1.eml":            refolded,
		"imap_tools/multipart_report_emails/multi_address_bounce2.eml":            refolded,
		"imap_tools/error_emails/invalid_subject_characters.eml":                  "the source leaves raw letters with accents out; baosong reads them",
		"imap_tools/plain_emails/raw_email_incorrect_header.eml":                  "a line that is no field stands in the header: the source loses all fields after it, baosong none, so that there is a subject (mail-facts.md)",
		"imap_tools/rfc2822/example14.eml":                                        "RFC 2047 (6.2) drops white space between two encoded words only; here it stands between a plain and an encoded one",
		"mail-mime-parser/m1009.txt":                                              named + "stalwart/eml/legacy/030.eml, grade A, is the same mail and wants it as attachment",
		"mail-mime-parser/m1011.txt":                                              "the subject says nothing of UTF-7, only the body does; stalwart/eml/legacy/034.eml, grade A, is the same mail and wants it as it stands",
		"mail-mime-parser/m1015.txt":                                              named + "stalwart/eml/legacy/047.eml, grade A, is the same mail and wants it as attachment",
		"mail-mime-parser/m1016.txt":                                              named + "stalwart/eml/legacy/042.eml, grade A, is the same mail and wants it as attachment",
		"mail-mime-parser/m4008.txt":                                              "four PNG files are in the mail; stalwart/eml/legacy/035.eml, grade A, is the same mail without its signature and wants all four",
		"mime4j/core/src/test/resources/mimetools-testmsgs/frag.msg":              "base64 cut off within its last four characters: the source drops the two bytes that can still be read, baosong keeps them",
		"mime4j/core/src/test/resources/mimetools-testmsgs/sig-uu.msg":            "the source leaves uuencoded files in the text; baosong has to take them out, and the text around them is the same",
		"mime4j/core/src/test/resources/testmsgs/very-long-boundary.msg":          blanks,
		"mime4j/core/src/test/resources/testmsgs/weird-boundary.msg":              blanks,
		"stalwart/eml/legacy/010.eml":                                             latin,
		"stalwart/eml/legacy/017.eml":                                             uu + "stalwart/eml/legacy/030.eml carries in base64",
		"stalwart/eml/legacy/020.eml":                                             latin,
		"stalwart/eml/legacy/022.eml":                                             latin,
		"stalwart/eml/legacy/023.eml":                                             latin + ", in a file name",
		"stalwart/eml/legacy/026.eml":                                             uu + "mail-mime-parser/m1015.txt carries in plain; " + latin,
		"stalwart/eml/legacy/035.eml":                                             "the name is a Windows path that came unescaped, C:\\TEMP\\nsmailEG.png; the source takes its backslashes for escapes and runs the folders together",
		"stalwart/eml/legacy/052.eml":                                             latin,
		"stalwart/eml/malformed/009.eml":                                          outer,
		"stalwart/eml/malformed/011.eml":                                          outer,
		"stalwart/eml/malformed/017.eml":                                          "the name stands after an empty disposition: the source loses it, baosong does not",
		"stalwart/eml/thirdparty/002.eml":                                         "the part is said to be base64 and is \"?garbage\": the source hands out the raw text, baosong what base64 there is",
		"php-imap-webklex/embedded_email_without_content_disposition.eml":         "the attached mail has no name; the source makes one up from a sum",
	}
}
