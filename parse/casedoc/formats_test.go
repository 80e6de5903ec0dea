package casedoc

import (
	"errors"
	"strings"
	"testing"

	"baosong/parse/container"
)

func TestWords(t *testing.T) {
	t.Parallel()
	tests := []struct {
		text string
		want int
	}{
		{"", 0}, {" \u3000\n", 0}, {"集群", 2}, {"12.5%", 1}, {"增长12.5%。", 4}, {"AI技术", 3}, {"hello world", 2}, {"“专精特新”", 6},
		{"don’t stop", 2}, {"——", 1}, {"是——的", 4}, {"等……", 3}, {"１２３", 3}, {"𠮷", 1}, {"①一", 2}, {"A、B", 3}, {"零\u200b宽", 2}, {"2023年6月", 4},
	}
	for _, tt := range tests {
		if got := Words(tt.text); got != tt.want {
			t.Errorf("Words(%q) = %d, want %d", tt.text, got, tt.want)
		}
	}
}

func TestFormatNumber(t *testing.T) {
	t.Parallel()
	tests := []struct {
		n            int
		format, want string
	}{
		{1, "chineseCounting", "一"}, {10, "chineseCounting", "十"}, {12, "chineseCountingThousand", "十二"}, {20, "japaneseCounting", "二十"},
		{105, "chineseCountingThousand", "一百零五"}, {1010, "chineseCountingThousand", "一千零一十"}, {12, "chineseLegalSimplified", "壹拾贰"}, {4, "upperRoman", "IV"}, {28, "lowerLetter", "bb"}, {3, "decimalEnclosedCircle", "③"},
		{5, "decimalZero", "05"}, {0, "ordinal", "0th"}, {2, "ordinal", "2nd"}, {12, "ordinal", "12th"}, {113, "ordinal", "113th"}, {23, "ordinal", "23rd"}, {2, "ideographTraditional", "乙"}, {12, "decimalFullWidth", "１２"}, {7, "unknown", "7"}, {-1, "upperRoman", "-1"},
	}
	for _, tt := range tests {
		if got := formatNumber(tt.n, tt.format); got != tt.want {
			t.Errorf("formatNumber(%d, %s) = %q, want %q", tt.n, tt.format, got, tt.want)
		}
	}
}

func TestRTF(t *testing.T) {
	t.Parallel()
	const head = `{\rtf1\ansi\ansicpg936\deff0{\fonttbl{\f0\fnil\fcharset134 SimSun;}{\f1\fcharset0 Times;}{\f2\fcharset2 Wingdings;}}`
	tests := []struct{ name, body, want string }{
		{"GBK pairs", `\'bc\'af\'c8\'ba\par}`, `P "集群"`},
		{"GBK pairs in a Latin font", `\f1\'bc\'af caf\'e9\par}`, `P "集�caf�"`},
		{"unicode with substitutes", `\uc1\u38598?\u32676?\uc2\u39033\'cf\'ee\par}`, `P "集群项"`},
		{"surrogates", `\uc1\u-10174?\u-8265?\par}`, `P "𠮷"`},
		{"skipped destinations", `{\*\unknown 不}{\info{\title 题}}{\*\generator x}\u23383?\par}`, `P "字"`},
		{"a star amid a group", `{\b\*\cs7 in}{\upr{\title x}{\*\ud{\title y}}}{\info{\upr{\title x}{\*\ud{\title z}}}}\par}`, `P "iny"`},
		{"deleted and hidden", `\u30041?{\deleted\u21024?}{\v\u34255?}\par}`, `P "留"` + "\n" + `deleted "删"` + "\n" + `hidden "藏"`},
		{"an equation without a result", `a{\field{\*\fldinst{ EQ \\o\\ac(x,1)}}{\fldrslt }}b\par}`, `P "ax1b"`},
		{"an equation with its result", `a{\field{\*\fldinst{ EQ \\o\\ac(x,1)}}{\fldrslt{1}}}b\par}`, `P "a1b"`},
		{"fields", `{\field{\*\fldinst HYPERLINK "http://example.org"}{\fldrslt\u38142?}}\par}`, `P "链"`},
		{"a table with merges", `\trowd\clvmgf\cellx1000\cellx2000\pard\intbl A\cell B\cell\row\trowd\clvmrg\cellx1000\cellx1500\cellx2000\pard\intbl\cell C\cell D\cell\row\pard E\par}`,
			"T\n" + `  1(1x2) "A" | 2(2x1) "B"` + "\n" + `  2 "C" | 3 "D"` + "\n" + `P "E"`},
		{"a nested table", `\trowd\cellx2000\pard\intbl out\par\pard\intbl\itap2 in\nestcell{\*\nesttableprops\trowd\cellx900\nestrow}\pard\intbl\cell\row\pard\par}`,
			"T\n" + `  1 "out\nin"` + "\n    nested\n" + `      1 "in"`},
		{"header, footnote, comment", `{\header H\par}{\footer F\par}text{\footnote N\par}{\*\annotation C\par}\par}`,
			`P "text"` + "\n" + `header "H"` + "\n" + `footer "F"` + "\n" + `comment "C"` + "\n" + `note "N"`},
		{"a picture once", `{\*\shppict{\pict\pngblip 89504e47}}{\nonshppict{\pict\wmetafile8 0102}}\par}`, "picture png 0f4636c78f65 4 body=true"},
		{"list numbers", `{\listtext\u19968?\'a1\'a2\tab}\u20570?\par{\listtext\f2\'6c\tab}\u28857?\par}`, `P "一、做"` + "\n" + `P "点"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := mustRead(t, []byte(head+tt.body), container.RTF)
			if tt.name == "GBK pairs in a Latin font" {
				if !strings.Contains(d.Text(), "caf") {
					t.Errorf("got %q", d.Text())
				}
				return
			}
			expect(t, d, tt.want)
		})
	}
}

func TestHTML(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, page, want string }{
		{"GBK by its meta", "<meta http-equiv=Content-Type content=\"text/html; charset=gb2312\"><p>\xbc\xaf\xc8\xba</p>", `P "集群"`},
		{"GBK without a word", "<p>\xbc\xaf\xc8\xba</p>", `P "集群"`},
		{"headings and lines", "<h2>标题</h2><div>一<br>二</div><p>换\n行 word\nword", `H2 "标题"` + "\n" + `P "一\n二"` + "\n" + `P "换行 word word"`},
		{"spans of cells", "<table><tr><td rowspan=2>高<td colspan=2>宽<tr><td>一<td>二</table>", "T\n" + `  1(1x2) "高" | 2(2x1) "宽"` + "\n" + `  2 "一" | 3 "二"`},
		{"no script, no style, no comment", "<style>p{}</style><script>x</script><!--[if gte mso 9]><xml>w</xml><![endif]--><title>t</title><p>字</p>", `P "字"`},
		{"deleted and hidden", "<p>甲<del>乙</del><span style='display: none'>丙</span></p>", `P "甲"` + "\n" + `deleted "乙"` + "\n" + `hidden "丙"`},
		{"a list", "<ol><li>甲<li>乙</ol><ul><li>丙</ul>", `P "1. 甲"` + "\n" + `P "2. 乙"` + "\n" + `P "丙"`},
		{"a header of Word", "<div style='mso-element:header' id=h1><p>页眉</p></div><p>正文</p>", `P "正文"` + "\n" + `header "页眉"`},
		{"a picture within", `<img src="data:image/gif;base64,R0lGODlhAQABAAAAACw="><img src="http://example.org/x.png">`, "picture gif ef1955ae757c 14 body=true\npicture linked 0d9f8bf8e4aa 0 body=true"},
		{"ruby shows its base", "<p><ruby>拼<rp>(</rp><rt>pīn</rt><rp>)</rp></ruby>音</p>", `P "拼音"`},
		{"form fields show their values", `<p>级别<select><option>国家级<option selected>省级</select>，<select><option>甲</option><option>乙</option></select><input value="填的"><input type=hidden value="藏"><input type=checkbox checked>是<input type=radio>否<textarea>多行</textarea></p>`, `P "级别省级，甲填的☑是☐否多行"`},
		{"the attribute hidden", `<p hidden>藏</p><p>见</p>`, `P "见"` + "\n" + `hidden "藏"`},
		{"unclosed everything", "<table><tr><td><b>甲<table><tr><td>乙", "T\n" + `  1 "甲\n乙"` + "\n    nested\n" + `      1 "乙"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := mustRead(t, []byte(tt.page), container.HTML)
			if tt.name == "a picture within" {
				if pictured(d) != 2 || d.Pictures[0].Format != container.GIF || d.Pictures[1].Format != Linked {
					t.Errorf("pictures %+v", d.Pictures)
				}
				return
			}
			expect(t, d, tt.want)
		})
	}
}

// TestHTMLNumbers: Excel and LibreOffice keep the number beside what a cell shows of it.
func TestHTMLNumbers(t *testing.T) {
	t.Parallel()
	d := mustRead(t, []byte(`<table><tr><td x:num="13812345678">1.38E+10</td><td align="right" sdval="13812345678" sdnum="1033;0;0.00E+00"><font color="#000000">1.38E+10</font></td>`+
		`<td x:num="13812345678">########</td><td sdval="0.125">13%</td><td x:num="1.10105199003076E+17">1.10105E+17</td><td x:num="45464">2024/6/21</td><td x:num>1.38E+10</td><td x:num="x">2E+3</td></tr></table>`), container.HTML)
	expect(t, d, "T\n"+`  1 "13812345678" | 2 "13812345678" | 3 "13812345678" | 4 "13%" | 5 "1.10105E+17" | 6 "2024/6/21" | 7 "1.38E+10" | 8 "2E+3"`)
}

// TestTextLines reads plain text with the line ends of each system.
func TestTextLines(t *testing.T) {
	t.Parallel()
	expect(t, mustRead(t, []byte("一\r二\r\n三\n四"), container.Text), `P "一"`+"\n"+`P "二"`+"\n"+`P "三"`+"\n"+`P "四"`)
}

func TestMHTML(t *testing.T) {
	t.Parallel()
	page := "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Location: file:///C:/a.htm\r\nContent-Transfer-Encoding: quoted-printable\r\n" +
		"Content-Type: text/html; charset=\"gb2312\"\r\n\r\n<p>=BC=AF=C8=BA</p><img src=3D\"a.files/i.png\">\r\n--b\r\nContent-Location: file:///C:/a.files/i.png\r\nContent-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
	d := mustRead(t, []byte(page), container.MHTML)
	expect(t, d, `P "集群"`+"\n"+`picture png 4c4b6a3be131 8 body=true`)
	_, err := readBytes(t, []byte("Content-Type: multipart/related; boundary=b\r\n\r\n--b--"), container.MHTML, Limits{})
	if !errors.Is(err, container.ErrDamaged) {
		t.Errorf("got %v", err)
	}
}

func TestWordML(t *testing.T) {
	t.Parallel()
	const head = `<?xml version="1.0"?><?mso-application progid="Word.Document"?><w:wordDocument xmlns:w="http://schemas.microsoft.com/office/word/2003/wordml" xmlns:wx="http://schemas.microsoft.com/office/word/2003/auxHint" xmlns:aml="http://schemas.microsoft.com/aml/2001/core" w:macrosPresent="no"><w:body><wx:sect>`
	body := `<w:p><w:pPr><w:listPr><w:ilvl w:val="0"/><wx:t wx:val="一、"/></w:listPr></w:pPr><w:r><w:t>做法</w:t></w:r><aml:annotation w:type="Word.Deletion"><aml:content><w:r><w:delText>删</w:delText></w:r></aml:content></aml:annotation></w:p>` +
		`<w:tbl><w:tr><w:tc><w:tcPr><w:vmerge w:val="restart"/></w:tcPr>` + p("高") + `</w:tc><w:tc>` + p("甲") + `</w:tc></w:tr><w:tr><w:tc><w:tcPr><w:vmerge/></w:tcPr>` + p("") + `</w:tc><w:tc>` + p("乙") + `</w:tc></w:tr></w:tbl>` +
		`<w:p><w:r><w:pict><w:binData w:name="wordml://1.png">iVBORw0KGgo=</w:binData></w:pict><w:footnote>` + p("注") + `</w:footnote></w:r></w:p><w:sectPr><w:hdr w:type="odd">` + p("眉") + `</w:hdr></w:sectPr>`
	d := mustRead(t, []byte(head+body+`</wx:sect></w:body></w:wordDocument>`), container.WORDML)
	expect(t, d, `P "一、做法"
T
  1(1x2) "高" | 2 "甲"
  2 "乙"
header "眉"
deleted "删"
note "注"
picture png 4c4b6a3be131 8 body=true`)
}

func TestFlatOPC(t *testing.T) {
	t.Parallel()
	const page = `<pkg:package xmlns:pkg="http://schemas.microsoft.com/office/2006/xmlPackage"><pkg:part pkg:name="/_rels/.rels"><pkg:xmlData><Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="x/officeDocument" Target="word/document.xml"/></Relationships></pkg:xmlData></pkg:part>` +
		`<pkg:part pkg:name="/word/document.xml"><pkg:xmlData><w:document ` + nsAll + `><w:body><w:p><w:r><w:t>甲&amp;乙</w:t></w:r></w:p></w:body></w:document></pkg:xmlData></pkg:part></pkg:package>`
	expect(t, mustRead(t, []byte(page), container.XML), `P "甲&乙"`)
}

func TestText(t *testing.T) {
	t.Parallel()
	expect(t, mustRead(t, []byte("\xbc\xaf\xc8\xba\r\n\r\n\xba\xcf\xb7\xca"), container.Text), `P "集群"`+"\n"+`P "合肥"`)
	if _, err := readBytes(t, nil, container.Text, Limits{}); !errors.Is(err, container.ErrDamaged) {
		t.Errorf("an empty file: %v", err)
	}
}

func TestPDFHelp(t *testing.T) {
	t.Parallel()
	if got := unradical("⽤⼾⻓\uf06c"); got != "用户长" {
		t.Errorf("unradical %q", got)
	}
	if got := joinSurrogates([]rune{0xD842, 0xDFB7, 'a', 0xD842}); got != "𠮷a\uFFFD" {
		t.Errorf("joinSurrogates %q", got)
	}
	line := strings.Repeat("字", 28)
	got := joinLines(plainLines("一、标题\r\n" + line + "\r\n续行。\r\n" + line + "\r\n（一）小节"))
	if len(got) != 4 || got[1] != line+"续行。" {
		t.Errorf("joinLines %q", got)
	}
}

// TestMHTMLFrames: a workbook of several sheets that Excel saved as one web page is a page of frames, its sheets beside it.
func TestMHTMLFrames(t *testing.T) {
	t.Parallel()
	part := func(name, kind, body string) string {
		return "------=_NextPart_01\r\nContent-Location: file:///C:/1/book.files/" + name + "\r\nContent-Transfer-Encoding: quoted-printable\r\nContent-Type: " + kind + "; charset=\"us-ascii\"\r\n\r\n" + body + "\r\n\r\n"
	}
	sheet := func(text string) string {
		return `<html xmlns:x=3D"urn:schemas-microsoft-com:office:excel"><head><title>no</title></head><body><table><tr><td>` + text + `</td><td x:num>1</td></tr></table></body></html>`
	}
	page := "MIME-Version: 1.0\r\nX-Document-Type: Workbook\r\nContent-Type: multipart/related; boundary=\"----=_NextPart_01\"\r\n\r\nThis document is a Single File Web Page.\r\n\r\n" +
		part("../book.htm", "text/html", `<html><head><script language=3D"JavaScript">var c=3D1;</script></head><frameset rows=3D"*,39" border=3D0><frame src=3D"book.files/sheet001.htm" name=3D"frSheet">`+
			`<frame src=3D"book.files/tabstrip.htm"><noframes><body><p>&#27492;&#39029;</p></body></noframes></frameset></html>`) +
		part("stylesheet.css", "text/css", "td {}") +
		part("sheet001.htm", "text/html", sheet("&#24207;&#21495;")) + part("sheet002.htm", "text/html", sheet("&#20108;")) + "------=_NextPart_01--\r\n"
	d := mustRead(t, []byte(page), container.MHTML)
	expect(t, d, "T\n"+`  1 "序号" | 2 "1"`+"\nT\n"+`  1 "二" | 2 "1"`)
	if d.Unended {
		t.Error("said to lack its end")
	}
}
