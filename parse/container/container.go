// Package container opens what office files come in, and tells a file's format from its content.
//
// Sniff looks at the bytes, never at the name. Package opens a zipped set of parts (OOXML, ODF) under limits that
// hold before bytes are inflated. Compound opens an OLE compound file ([MS-CFB]: xls, doc, et, wps, encrypted OOXML).
// The readers in parse/sheet, parse/casedoc and intake/unpack stand on it; it knows nothing of what the parts mean.
//
// Errors that readers hand up wrap one of the sentinels below, so that each becomes the right finding.
package container

import "errors"

var (
	// ErrEncrypted: a password is needed to open the file.
	ErrEncrypted = errors.New("encrypted")
	// ErrUnsupported: a format that baosong does not read, though the file may be sound.
	ErrUnsupported = errors.New("unsupported format")
	// ErrDamaged: the file is not what its format promises: truncated, corrupt, empty.
	ErrDamaged = errors.New("damaged file")
	// ErrLimit: reading would exceed a limit of size, count, depth or ratio.
	ErrLimit = errors.New("limit exceeded")
)

// Format is a file format told from content.
type Format string

const (
	Unknown   Format = ""
	Empty     Format = "empty" // no bytes at all
	XLSX      Format = "xlsx"
	XLSM      Format = "xlsm" // OOXML workbook with macros
	XLSB      Format = "xlsb"
	XLS       Format = "xls"  // BIFF in a compound file, also WPS .et
	XLS2      Format = "biff" // BIFF2..4 or BIFF5 as a bare stream
	ODS       Format = "ods"
	FODS      Format = "fods" // OpenDocument spreadsheet in one XML file
	CSV       Format = "csv"  // decided by name or by separators; Sniff says Text
	XML2003   Format = "xml-spreadsheet-2003"
	DOCX      Format = "docx"
	DOCM      Format = "docm"
	DOC       Format = "doc" // Word 97 binary, also .wps of WPS Office
	DOC95     Format = "doc95"
	WORDML    Format = "word-2003-xml"
	ODT       Format = "odt"
	RTF       Format = "rtf"
	PDF       Format = "pdf"
	PPT       Format = "ppt"
	PPTX      Format = "pptx"
	ODP       Format = "odp"
	OFD       Format = "ofd"
	Pages     Format = "pages"
	Numbers   Format = "numbers"
	Keynote   Format = "keynote"
	WorksWPS  Format = "works-wps" // Microsoft Works, not WPS Office
	CAJ       Format = "caj"
	Encrypted Format = "encrypted-ooxml" // EncryptedPackage in a compound file
	HTML      Format = "html"
	MHTML     Format = "mhtml"
	XML       Format = "xml"
	Text      Format = "text"
	EML       Format = "eml"
	MSG       Format = "msg"
	TNEF      Format = "tnef"
	Zip       Format = "zip"
	Rar       Format = "rar"
	SevenZip  Format = "7z"
	Tar       Format = "tar"
	Gzip      Format = "gzip"
	Bzip2     Format = "bzip2"
	XZ        Format = "xz"
	Zstd      Format = "zstd"
	PNG       Format = "png"
	JPEG      Format = "jpeg"
	GIF       Format = "gif"
	BMP       Format = "bmp"
	TIFF      Format = "tiff"
	WebP      Format = "webp"
	WMF       Format = "wmf"
	EMF       Format = "emf"
	HEIC      Format = "heic"
	SVG       Format = "svg"
	Video     Format = "video"
	Audio     Format = "audio"
	Exe       Format = "exe"
	OLE       Format = "ole"     // a compound file of another kind
	Document  Format = "package" // a zipped document of another kind: vsdx, xps, epub, odg
	Sealed    Format = "sealed"  // scrambled by a document-security program (DLP) of the sender's office
	Archive   Format = "archive" // an archive of a kind not read: cab, ace, arj, lzh, .Z, iso
)

// HoldsFiles reports whether the format is one of archives and mails.
func (f Format) HoldsFiles() bool {
	switch f {
	case Zip, Rar, SevenZip, Tar, Gzip, Bzip2, XZ, Zstd, TNEF, EML, MSG:
		return true
	}
	return false
}
