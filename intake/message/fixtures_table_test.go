package message

import (
	"slices"
	"strings"
)

func fixtures() []fixture {
	return slices.Concat(headerFixtures(), nameFixtures(), textFixtures(), encodingFixtures(), structureFixtures(), sealFixtures())
}

func headerFixtures() []fixture {
	const at = "2024-06-21 17:30:00"
	return []fixture{
		{name: "subject-raw-gbk", subject: "典型案例汇总表", mended: []defect{defectRawHeader}},
		{name: "subject-raw-utf8", subject: "典型案例汇总表", mended: []defect{defectRawHeader}},
		{name: "subject-gb2312-is-gb18030", subject: "朱镕基㑇𠀀", unmended: true},
		{name: "subject-split-in-gbk-character", subject: "关于案例汇总"},
		{name: "subject-split-in-utf8-character", subject: "关于案例汇总"},
		{name: "subject-q-with-blanks", subject: "中文 x y"},
		{name: "subject-q-begins-with-code", subject: "中文"},
		{name: "subject-no-gap", subject: "Re:中文abc"},
		{name: "subject-x-gbk", subject: "中文"},
		{name: "subject-hz", subject: "中文"},
		{name: "subject-no-padding", subject: "中文a"},
		{name: "subject-folded-in-word", subject: "中文"},
		{name: "subject-crlf-in-word", subject: "第一行 Bcc: x@y.example"},
		{name: "subject-language", subject: "中文"},
		{name: "subject-unknown-charset", subject: "中文案例"},
		{name: "subject-utf7", subject: "中文"},
		{name: "subject-word-in-word", subject: "典型案例"},
		{name: "subject-two-charsets", subject: "典型案例表"},
		{name: "subject-empty-word", subject: "案例"},
		{name: "subject-gbk-as-latin", subject: "典型案例"},
		{name: "subject-spaced-colon", subject: "spaced"},
		{name: "from-raw-gbk", from: "张三 <a@city.example>", mended: []defect{defectFrom}},
		{name: "from-raw-gbk-quoted-5c", from: "誠信 <a@city.example>"},
		{name: "from-unknown-charset", from: "合肥市工信局 <a@city.example>"},
		{name: "from-word-in-quotes", from: "合肥市工信局 <a@city.example>"},
		{name: "from-group", from: "<a@city.example>, B <b@city.example>", mended: []defect{defectSeveralFrom}},
		{name: "from-comment", from: "张三 <a@city.example>"},
		{name: "from-whole-in-word", from: "张三 <a@city.example>", mended: []defect{defectFrom}},
		{name: "from-several", from: "<a@city.example>, <evil@other.example>", mended: []defect{defectSeveralFrom}},
		{name: "from-two-angles", from: "<a@city.example>, <evil@other.example>", mended: []defect{defectSeveralFrom}},
		{name: "from-name-shows-address", from: "a@city.example <evil@other.example>"},
		{name: "from-comma-in-word", from: "Zhang, San <a@city.example>"},
		{name: "from-no-brackets", from: "张三 <a@city.example>"},
		{name: "from-empty", from: ""},
		{name: "from-twice", from: "<a@city.example>, <evil@other.example>", mended: []defect{defectSeveralFrom}},
		{name: "date-iso", date: at},
		{name: "date-chinese", date: at},
		{name: "date-chinese-gbk", date: at},
		{name: "date-chinese-month", date: at},
		{name: "date-comment", date: at},
		{name: "date-cst", date: at},
		{name: "date-junk", date: "none", mended: []defect{defectDate}},
		{name: "header-line-without-colon", subject: "t", files: []string{"a.bin=DATA"}, mended: []defect{defectHeaderLine}},
		{name: "header-part-line-without-colon", files: []string{"a.bin=DATA"}, mended: []defect{defectHeaderLine}},
		{name: "header-mbox-line", subject: "t", text: "body"},
		{name: "header-blank-lines-first", subject: "t", text: "body"},
		{name: "header-no-blank-line", subject: "t", text: "body begins here\nand goes on", mended: []defect{defectBlankLine}},
		{name: "header-part-ends-at-boundary", text: "hello", files: []string{"a.bin=DATA"}},
		{name: "header-blanks-continue", subject: "t  案例", text: "body"},
		{name: "header-blanks-end", subject: "t", text: "body begins", mended: []defect{defectBlankLine}},
		{name: "header-nul", subject: "ab"},
		{name: "header-only", subject: "t"},
		{name: "header-none", text: "hello"},
		{name: "references-tencent", subject: "t"},
		{name: "subject-raw-euc-kr", subject: "회원님께", mended: []defect{defectRawHeader}},
		{name: "subject-empty-charset", subject: "典型案例"},
		{name: "from-two-bare", from: "<a@city.example>, <evil@other.example>", mended: []defect{defectSeveralFrom}},
		{name: "from-quoted-address-then-other", from: "<a@city.example>, <evil@other.example>", mended: []defect{defectSeveralFrom}},
		{name: "from-quotes-in-name", from: `Zhang "San" <a@city.example>`, unmended: true},
		{name: "from-quotes-twice", from: "张三 <a@city.example>", unmended: true},
		{name: "header-content-type-twice", files: []string{"a.bin=DATA"}},
		{name: "header-message-id-folded", id: "<1234.5678@city.example>"},
		{name: "subject-raw-latin", subject: "Formação Verão", mended: []defect{defectRawHeader}},
		{name: "from-local-name", from: "Mail Delivery Subsystem <MAILER-DAEMON>"},
	}
}

func nameFixtures() []fixture {
	return []fixture{
		{name: "name-2231-continued-gbk", files: named("典型案例.xlsx"), unmended: true},
		{name: "name-2231-gb2312-continued", files: named("典型案例.xlsx")},
		{name: "name-2231-split-in-character", files: named("典型案例.xlsx")},
		{name: "name-2231-gb18030", files: named("典型.xlsx")},
		{name: "name-2231-big5", files: named("彙總表.xlsx"), unmended: true},
		{name: "name-2231-shift-jis", files: named("集計表.xlsx"), unmended: true},
		{name: "name-2231-euc-kr", files: named("집계표.xlsx"), unmended: true},
		{name: "name-2231-windows-1252", files: named("Größe.xlsx"), unmended: true},
		{name: "name-2231-no-charset", files: named("案例.xlsx")},
		{name: "name-2047-iso-2022-jp", files: named("集計表.xlsx"), unmended: true},
		{name: "name-2231-language", files: named("案例.xlsx")},
		{name: "name-2231-beats-fallback", files: named("案.xlsx")},
		{name: "name-2231-out-of-order", files: named("案例.xlsx")},
		{name: "name-2047-in-2231", files: named("案例")},
		{name: "name-2047-quoted", files: named("案例.xlsx"), unmended: true},
		{name: "name-2047-two-words", files: named("案例汇总.xlsx")},
		{name: "name-2047-words-quoted-each", files: named("案例汇总.xlsx")},
		{name: "name-2047-unquoted", files: named("案例.xlsx"), mended: []defect{defectName}},
		{name: "name-2047-split-in-character", files: named("典型案例汇总表.xlsx")},
		{name: "name-q-word-folded-in-code", files: named("典型案例.xlsx")},
		{name: "name-q-word-folded-in-character", files: named("典型案例.xlsx")},
		{name: "name-q-word-folded-in-gbk-character", files: named("典型案例.xlsx")},
		{name: "name-raw-gbk-quoted", files: named("案例.xlsx"), mended: []defect{defectName}},
		{name: "name-raw-gbk-unquoted", files: named("案例.xlsx"), mended: []defect{defectName}},
		{name: "name-raw-gbk-5c", files: named("誠信.xlsx")},
		{name: "name-raw-utf8-quoted", files: named("案例.xlsx")},
		{name: "name-raw-utf8-unquoted", files: named("案例 汇总.xlsx")},
		{name: "name-unquoted-blanks", files: named("case summary 1.xlsx"), mended: []defect{defectName}},
		{name: "name-content-type-only", files: named("案例.xlsx"), unmended: true},
		{name: "name-inline-file", files: named("a.xlsx"), unmended: true},
		{name: "name-twice", files: named("a.xlsx")},
		{name: "name-trailing-semicolon", files: named("a.xlsx"), unmended: true},
		{name: "name-windows-path", files: named(`C:\Users\x\..\a.xlsx`)},
		{name: "name-empty-disposition", files: named("a.xlsx")},
		{name: "name-quote-inside", files: named(`a"b.xlsx`), mended: []defect{defectName}},
		{name: "name-unclosed-quote", files: named("a.xlsx"), mended: []defect{defectName}},
		{name: "name-bidi", files: named("axslx.exe")},
		{name: "name-junk-content-type", files: named("a.xlsx")},
		{name: "name-percent-plain", files: named("100%25.xlsx")},
		{name: "name-word-in-word", files: named("典型案例.xlsx")},
		{name: "name-word-in-word-open", files: named("典型案例.xlsx")},
		{name: "name-2047-unquoted-then-param", files: named("案例; 汇总.xlsx"), mended: []defect{defectName}},
		{name: "name-unclosed-quote-then-param", files: named("a b.xlsx"), mended: []defect{defectName}},
		{name: "name-junk-after-quote", files: named("a.xlsx")},
		{name: "name-2231-sent-twice", files: named("案例.xlsx"), unmended: true},
		{name: "name-2231-mixed-segments", files: named("案例100%25'x'y.xlsx"), unmended: true},
		{name: "name-word-encoded-twice", files: named("典型案例.xlsx")},
		{name: "name-gbk-as-latin", files: named("典型案例.xlsx"), mended: []defect{defectName}},
		{name: "name-gbk-as-latin-raw", files: named("典型案例.xlsx"), mended: []defect{defectName}},
		{name: "name-utf8-as-latin", files: named("典型案例.xlsx"), mended: []defect{defectName}},
		{name: "name-utf8-as-gbk", files: named("典型案例.xlsx"), mended: []defect{defectName}},
		{name: "name-gbk-label-utf8-bytes", files: named("典型案例.xlsx")},
		{name: "name-question-marks", files: named("典型案例.xlsx")},
		{name: "name-question-marks-amid", files: named("典型案例.xlsx")},
		{name: "name-underscores", files: named("典型案例.xlsx")},
		{name: "name-disposition-first", files: named("a_b.xlsx"), unmended: true},
		{name: "name-question-marks-alone", files: named("????.xlsx"), unmended: true},
		{name: "name-western-stays", files: named("Größe und Größen ÄÖ.xlsx"), unmended: true},
		{name: "name-folding-lost", files: named("a.xlsx"), mended: []defect{defectFolding}},
	}
}

func textFixtures() []fixture {
	const words = "正文内容在这里请查收附件"
	return []fixture{
		{name: "text-gbk", text: words, unmended: true},
		{name: "text-no-charset", text: words},
		{name: "text-unknown-charset", text: words, mended: []defect{defectCharset}},
		{name: "text-gb2312-is-utf8", text: words, mended: []defect{defectCharset}},
		{name: "text-single-byte-label-is-utf8", text: words, mended: []defect{defectCharset}},
		{name: "text-no-charset-latin", text: "Über später: schön, ja", unmended: true},
		{name: "text-gb2312-is-gb18030", text: "㑇𠀀镕", unmended: true},
		{name: "text-big5", text: "請查收彙總表", unmended: true},
		{name: "text-shift-jis", text: "集計表です", unmended: true},
		{name: "text-euc-kr", text: "집계표", unmended: true},
		{name: "text-utf16", text: "请查收", unmended: true},
		{name: "text-utf16be-base64", text: "请查收", unmended: true},
		{name: "text-utf7", text: "请查收", unmended: true},
		{name: "text-hz", text: "请查收汇总表", unmended: true},
		{name: "text-iso-2022-jp", text: "集計表です", unmended: true},
		{name: "text-gb18030-four-bytes", text: "𠮷㑇案例", unmended: true},
		{name: "link-gbk-qp", links: []Link{{"典型案例.rar", "https://wx.mail.qq.com/ftn/download?func=3&key=9d99&code=bffa", "128.03M", "2024年07月21日 21:59"}}},
		{name: "text-latin-label-is-gbk", text: words, mended: []defect{defectCharset}},
		{name: "text-html-meta", text: "請查收"},
		{name: "text-html-only", text: "各位好：\n附件是 汇总表<1>，请查收。\n联系人\n市\t合肥"},
		{name: "text-alternative", text: "纯文本", files: []string{}},
		{name: "text-alternative-nested", text: "hello", files: []string{}, unmended: true},
		{name: "text-named-only", text: "请查收", files: []string{"body.txt=请查收"}},
		{name: "text-named-html-only", text: "请查收", files: []string{"body.html=<p>请查收</p>"}},
		{name: "attachment-text-charset-bytes-stay", text: "hello", files: []string{"a.csv=" + gb("案例,1")}, unmended: true},
		{name: "attachment-binary-charset-bytes-stay", files: []string{"a.bin=\x00\x81\x30\x81\x30\xff"}, unmended: true},
	}
}

func encodingFixtures() []fixture {
	file := []string{"a.bin=DATA"}
	return []fixture{
		{name: "base64-junk", files: file, mended: []defect{defectBase64Junk}},
		{name: "base64-no-padding", files: file, mended: []defect{defectBase64Pad}},
		{name: "base64-footer", files: file, mended: []defect{defectBase64Tail}},
		{name: "base64-footer-no-padding", files: []string{"a.bin=DATDAT"}, mended: []defect{defectBase64Tail}},
		{name: "base64-two-blocks", files: []string{"a.bin=DATA"}, mended: []defect{defectBase64Join}},
		{name: "base64-blank-lines", files: file},
		{name: "base64-text-after-padding", files: file, mended: []defect{defectBase64Tail}},
		{name: "base64-is-plain", text: "各位好：\n附件 A1 请查收。", mended: []defect{defectNotBase64}},
		{name: "base64-is-binary", files: []string{"a.bin=PK\x03\x04\x00\x01\n\nREFUQQ==\n\xff\xfe end"}, mended: []defect{defectNotBase64}},
		{name: "base64-long-plain", text: strings.TrimSpace(strings.Repeat("第一行，没有编码。\n", 400)), mended: []defect{defectNotBase64}},
		{name: "base64-banner-of-words", files: []string{"a.bin=" + strings.Repeat("DATA", 20)}, mended: []defect{defectBase64Junk}},
		{name: "base64-text-before", files: []string{"a.bin=" + strings.Repeat("DATA", 20)}, mended: []defect{defectBase64Junk}},
		{name: "encoding-comment", files: file, unmended: true},
		{name: "encoding-unknown", files: file, mended: []defect{defectEncoding}},
		{name: "encoding-8-bit", files: file, unmended: true},
		{name: "encoding-qp-broken", text: "a=ZZb = c中", mended: []defect{defectQuoted}},
		{name: "encoding-qp-soft", text: "中文案"},
		{name: "encoding-qp-ends-soft", text: "中文", files: []string{"a.txt=DATA=4"}, mended: []defect{defectQuoted}},
		{name: "encoding-uuencode", files: file},
		{name: "encoding-uuencode-nameless", files: []string{"案例.bin=DATAMORE"}, unmended: true},
		{name: "encoding-uuencode-cut", files: []string{"other.bin=DATA"}, mended: []defect{defectUUCut}},
		{name: "uuencode-begin-last", text: "see\nbegin 644 a.txt", files: []string{}, unmended: true},
		{name: "uuencode-two-in-body", text: "first\nlast", files: []string{"案例.bin=DATA", "b.bin=MORE"}, mended: []defect{defectUU}},
		{name: "uuencode-in-body", text: "see file\n\n\nregards", files: []string{"案例.txt=DATA"}, mended: []defect{defectUU}},
		{name: "uuencode-base64-in-body", text: "见附件\n完", files: []string{"案例.txt=DATADATA"}, mended: []defect{defectUU}},
		{name: "uuencode-in-qp", text: "see file\n\n\nregards", files: []string{"案例.txt=" + strings.Repeat("DATA", 10) + "=A=3"}, mended: []defect{defectUU}},
		{name: "uuencode-in-base64", text: "see file\n\n\nregards", files: []string{"案例.txt=DATA"}, mended: []defect{defectUU}},
		{name: "uuencode-yen", text: "", files: []string{"a.bin=" + bytesFrom(180, 225)}},
		{name: "uuencode-not", text: "begin 644 words\nare only words\nend", files: []string{}, unmended: true},
		{name: "uuencode-cut", text: "", files: file, mended: []defect{defectUU, defectUUCut}},
	}
}

func structureFixtures() []fixture {
	file := []string{"a.bin=DATA"}
	return []fixture{
		{name: "boundary-not-closed", text: "hello", files: file, mended: []defect{defectCut}},
		{name: "boundary-cut-in-base64", files: []string{"a.bin=DATADATA"}, mended: []defect{defectCut, defectBase64Pad}},
		{name: "boundary-parameter-missing", text: "hello", files: file, mended: []defect{defectNoBoundary}},
		{name: "boundary-other-than-declared", text: "hello", files: file, mended: []defect{defectOtherBound}},
		{name: "boundary-never-appears", text: "hello", files: []string{}, mended: []defect{defectLostBound}},
		{name: "boundary-trailing-blank", text: "hello", files: file},
		{name: "boundary-unquoted-equals", files: file},
		{name: "boundary-inner-not-closed", text: "hello", files: file, mended: []defect{defectOpenBound}},
		{name: "boundary-parts-after-end", text: "hello", files: file, mended: []defect{defectAfterEnd}},
		{name: "boundary-epilogue", text: "hello", files: []string{}, unmended: true},
		{name: "boundary-semicolon-missing", files: file},
		{name: "boundary-folding-lost", text: "hello", files: file, mended: []defect{defectFolding}},
		{name: "boundary-similar", text: "hello", files: file, unmended: true},
		{name: "boundary-first-lost", text: "hello", mended: nil},
		{name: "boundary-preamble-dropped", text: "hello", files: file, unmended: true},
		{name: "boundary-raw-gbk", text: "hello", files: file},
		{name: "boundary-longer-in-text", text: "hello\n--BBB is none\n--BB is none\nend", files: file, unmended: true},
		{name: "report-dsn", text: "hello", files: []string{}, unmended: true},
		{name: "part-without-header", text: "just text", files: []string{}},
		{name: "lines-cr-cr-lf", subject: "t", text: "hello", files: file},
		{name: "lines-cr", subject: "t", text: "hello", files: file, mended: []defect{defectLines}},
		{name: "lines-lf", subject: "t", text: "hello", files: file, unmended: true},
		{name: "attached-rfc822"}, {name: "attached-rfc822-base64"}, {name: "attached-eml-octets"}, {name: "attached-digest"},
		{name: "attached-rfc822-root"}, {name: "attached-winmail"}, {name: "attached-appledouble"}, {name: "picture-of-body"}, {name: "picture-as-file"},
	}
}

func sealFixtures() []fixture {
	encrypted := []string{"file.encrypted"}
	return []fixture{
		{name: "sealed-smime-encrypted", other: encrypted},
		{name: "sealed-smime-signature", text: "hello"},
		{name: "sealed-pgp-signature", text: "hello", files: []string{}, unmended: true},
		{name: "sealed-smime-signed", other: []string{"file.unsupported"}},
		{name: "sealed-partial", other: []string{"file.unsupported"}},
		{name: "sealed-pgp-mime", other: encrypted},
		{name: "sealed-pgp-inline", other: encrypted},
	}
}

func bytesFrom(first, last int) string {
	var b []byte
	for c := first; c < last; c++ {
		b = append(b, byte(c))
	}
	return string(b)
}
