package casedoc

import (
	"errors"
	"fmt"
	"strings"
	"testing"

	"baosong/parse/container"
)

func p(text string) string { return `<w:p><w:r><w:t>` + text + `</w:t></w:r></w:p>` }

func TestDocxBody(t *testing.T) {
	t.Parallel()
	tests := []struct{ name, body, want string }{
		{"insertions stand, deletions do not", `<w:p><w:r><w:t xml:space="preserve">原文 </w:t></w:r><w:ins w:id="1"><w:r><w:t>新增</w:t></w:r></w:ins><w:del w:id="2"><w:r><w:delText>删去</w:delText></w:r></w:del></w:p>`,
			`P "原文 新增"` + "\n" + `deleted "删去"`},
		{"moved text stands where it went", `<w:p><w:moveFrom w:id="1"><w:r><w:t>搬走</w:t></w:r></w:moveFrom><w:r><w:t>留</w:t></w:r></w:p><w:p><w:moveTo w:id="1"><w:r><w:t>搬走</w:t></w:r></w:moveTo></w:p>`,
			`P "留"` + "\n" + `P "搬走"` + "\n" + `deleted "搬走"`},
		{"a deleted mark joins paragraphs", `<w:p><w:pPr><w:rPr><w:del w:id="1"/></w:rPr></w:pPr><w:r><w:t>前半</w:t></w:r></w:p>` + p("后半"), `P "前半后半"`},
		{"a deleted row is gone", `<w:tbl><w:tr><w:tc>` + p("甲") + `</w:tc></w:tr><w:tr><w:trPr><w:del w:id="3"/></w:trPr><w:tc>` + p("乙") + `</w:tc></w:tr></w:tbl>`,
			"T\n" + `  1 "甲"` + "\n" + `deleted "乙"`},
		{"hidden text is apart", `<w:p><w:r><w:rPr><w:vanish/></w:rPr><w:t>藏</w:t></w:r><w:r><w:t>露</w:t></w:r></w:p>`, `P "露"` + "\n" + `hidden "藏"`},
		{"a field shows its result", `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText>DATE</w:instrText></w:r><w:r><w:t>内</w:t></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>六月</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r></w:p>`, `P "六月"`},
		{"an unclosed field loses no further paragraph", `<w:p><w:r><w:fldChar w:fldCharType="begin"/></w:r></w:p>` + p("后文"), `P "后文"`},
		{"content controls are transparent", `<w:sdt><w:sdtPr><w:alias w:val="题"/></w:sdtPr><w:sdtContent>` + p("控件") + `</w:sdtContent></w:sdt>`, `P "控件"`},
		{"a text box is read once", `<w:p><w:r><mc:AlternateContent><mc:Choice Requires="wps"><wps:txbx><w:txbxContent>` + p("框") + `</w:txbxContent></wps:txbx></mc:Choice><mc:Fallback><w:pict><v:textbox><w:txbxContent>` + p("框") + `</w:txbxContent></v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r><w:r><w:t>旁</w:t></w:r></w:p>`,
			`P "旁"` + "\n" + `P "框"` + "\n" + `box "框"`},
		{"a fallback without a choice known", `<w:p><mc:AlternateContent><mc:Choice Requires="wpi"><w:r><w:t>墨</w:t></w:r></mc:Choice><mc:Fallback><w:r><w:t>替</w:t></w:r></mc:Fallback></mc:AlternateContent></w:p>`, `P "替"`},
		{"merged cells keep their grid", `<w:tbl><w:tr><w:tc><w:tcPr><w:gridSpan w:val="2"/></w:tcPr>` + p("宽") + `</w:tc><w:tc><w:tcPr><w:vMerge w:val="restart"/></w:tcPr>` + p("高") + `</w:tc></w:tr><w:tr><w:tc>` + p("一") + `</w:tc><w:tc>` + p("二") + `</w:tc><w:tc><w:tcPr><w:vMerge/></w:tcPr>` + p("") + `</w:tc></w:tr></w:tbl>`,
			"T\n" + `  1(2x1) "宽" | 3(1x2) "高"` + "\n" + `  1 "一" | 2 "二"`},
		{"a table in a cell", `<w:tbl><w:tr><w:tc>` + p("外") + `<w:tbl><w:tr><w:tc>` + p("内一") + `</w:tc><w:tc>` + p("内二") + `</w:tc></w:tr></w:tbl>` + p("") + `</w:tc></w:tr></w:tbl>`,
			"T\n" + `  1 "外\n内一\t内二"` + "\n    nested\n" + `      1 "内一" | 2 "内二"`},
		{"a linked picture counts", `<w:p><w:r><a:blip r:link="far"/></w:r></w:p>`, "picture linked 2b8f7b2c6dd9 0 body=true"},
		{"symbols and breaks", `<w:p><w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:t>是</w:t><w:tab/><w:t>否</w:t><w:br/><w:noBreakHyphen/></w:r></w:p>`, `P "☑是\t否\n-"`},
		{"ruby shows its base", `<w:p><w:ruby><w:rt><w:r><w:t>jí</w:t></w:r></w:rt><w:rubyBase><w:r><w:t>集</w:t></w:r></w:rubyBase></w:ruby></w:p>`, `P "集"`},
		{"an outline level makes a heading", `<w:p><w:pPr><w:outlineLvl w:val="1"/></w:pPr><w:r><w:t>主要做法</w:t></w:r></w:p>`, `H2 "主要做法"`},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			d := mustRead(t, docxOf(tt.body), container.DOCX)
			if strings.HasPrefix(tt.want, "picture linked") {
				if len(d.Pictures) != 1 || d.Pictures[0].Format != Linked || !d.Pictures[0].InBody {
					t.Errorf("pictures %+v", d.Pictures)
				}
				return
			}
			expect(t, d, tt.want)
		})
	}
}

const numberingXML = `<w:numbering ` + nsW + `><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCountingThousand"/><w:lvlText w:val="%1、"/></w:lvl>` +
	`<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%2."/></w:lvl></w:abstractNum>` +
	`<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="bullet"/><w:lvlText w:val="·"/></w:lvl></w:abstractNum>` +
	`<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>`

func numbered(id, level int, text string) string {
	return fmt.Sprintf(`<w:p><w:pPr><w:numPr><w:ilvl w:val="%d"/><w:numId w:val="%d"/></w:numPr></w:pPr><w:r><w:t>%s</w:t></w:r></w:p>`, level, id, text)
}

func TestDocxNumbering(t *testing.T) {
	t.Parallel()
	styles := `<w:styles ` + nsW + `><w:style w:type="paragraph" w:styleId="1"><w:name w:val="heading 1"/><w:pPr><w:numPr><w:numId w:val="1"/></w:numPr></w:pPr></w:style></w:styles>`
	body := numbered(1, 0, "集群基本情况") + numbered(1, 1, "其一") + numbered(1, 1, "其二") +
		`<w:p><w:pPr><w:pStyle w:val="1"/></w:pPr><w:r><w:t>主要做法</w:t></w:r></w:p>` + numbered(1, 1, "重来") + numbered(2, 0, "点")
	d := mustRead(t, docxOf(body, "numbering.xml#numbering", numberingXML, "styles.xml#styles", styles), container.DOCX)
	expect(t, d, `P "一、集群基本情况"
P "1. 其一"
P "2. 其二"
H1 "二、主要做法"
P "1. 重来"
P "点"`)
	if got := d.Blocks[0].Words(); got != 6 {
		t.Errorf("words of a numbered paragraph: %d, want 6", got)
	}
}

func TestDocxSideStories(t *testing.T) {
	t.Parallel()
	d := mustRead(t, docxOf(p("正文")+`<w:p><w:r><a:blip r:embed="a.png"/><c:chart r:id="chart1.xml"/></w:r></w:p><w:p><w:r><w:object><v:imagedata r:id="eq.png"/><o:OLEObject ProgID="Equation.3"/></w:object></w:r></w:p>`,
		"header1.xml#header", `<w:hdr `+nsAll+`>`+p("机密★1年")+`<w:p><w:r><w:pict><v:shape><v:textpath string="水印"/></v:shape></w:pict></w:r></w:p></w:hdr>`,
		"footer1.xml#footer", `<w:ftr `+nsW+`>`+p("第 1 页")+`</w:ftr>`,
		"footnotes.xml#footnotes", `<w:footnotes `+nsW+`><w:footnote w:type="separator">`+p("线")+`</w:footnote><w:footnote w:id="2">`+p("注")+`</w:footnote></w:footnotes>`,
		"comments.xml#comments", `<w:comments `+nsW+`><w:comment w:author="甲">`+p("批")+`</w:comment></w:comments>`,
		"a.png#image", "\x89PNG\r\n\x1a\n-a", "eq.png#image", "\x89PNG\r\n\x1a\n-b", "chart1.xml#chart", "<c/>", "vbaProject.bin#vbaProject", "x"), container.DOCM)
	if !d.Macros {
		t.Error("macros not told")
	}
	if got := pictured(d); got != 2 {
		t.Errorf("%d pictures, want 2: %+v", got, d.Pictures)
	}
	if got := fmt.Sprint(d.Headers, d.Footers, d.Notes, d.Comments, d.TextBoxes); got != "[机密★1年\n水印] [第 1 页] [注] [批] [水印]" {
		t.Errorf("side stories %q", got)
	}
}

// TestDocxStrict reads ECMA-376 Strict namespaces with prefixes nobody expects, in UTF-16.
func TestDocxStrict(t *testing.T) {
	t.Parallel()
	text := `<?xml version="1.0" encoding="UTF-16"?><x:document xmlns:x="http://purl.oclc.org/ooxml/wordprocessingml/main"><x:body><x:p><x:r><x:t>严格</x:t></x:r></x:p></x:body></x:document>`
	utf16 := []byte{0xFF, 0xFE}
	for _, r := range text {
		utf16 = append(utf16, byte(r), byte(r>>8))
	}
	b := zipped("_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="http://purl.oclc.org/ooxml/officeDocument/relationships/officeDocument" Target="/word/document2.xml"/></Relationships>`,
		"word/document2.xml", string(utf16))
	expect(t, mustRead(t, b, container.DOCX), `P "严格"`)
}

func TestDocxChunk(t *testing.T) {
	t.Parallel()
	d := mustRead(t, docxOf(p("前")+`<w:altChunk r:id="c.htm"/>`, "c.htm#aFChunk", "<html><body><p>网页里的字</p></body></html>"), container.DOCX)
	expect(t, d, `P "前"`+"\n"+`P "网页里的字"`)
}

func TestDocxHostile(t *testing.T) {
	t.Parallel()
	t.Run("entity bomb", func(t *testing.T) {
		t.Parallel()
		b := zipped("word/document.xml", `<!DOCTYPE x [<!ENTITY a "aaaaaaaaaa"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;">]><w:document `+nsW+`><w:body>`+p("&b;")+`</w:body></w:document>`)
		if d, err := readBytes(t, b, container.DOCX, Limits{}); err == nil && len(d.Text()) > 20 {
			t.Errorf("expanded to %d", len(d.Text()))
		}
	})
	t.Run("deep nesting", func(t *testing.T) {
		t.Parallel()
		deep := strings.Repeat(`<w:tbl><w:tr><w:tc>`, 1000) + p("底") + strings.Repeat(`</w:tc></w:tr></w:tbl>`, 1000)
		if d := mustRead(t, docxOf(deep), container.DOCX); !strings.Contains(d.Text(), "底") {
			t.Error("text lost")
		}
		_, err := readBytes(t, docxOf(strings.Repeat(`<w:sdt>`, 100_000)), container.DOCX, Limits{})
		if !errors.Is(err, container.ErrLimit) {
			t.Errorf("got %v, want a limit", err)
		}
	})
	t.Run("huge text is cut", func(t *testing.T) {
		t.Parallel()
		d, err := readBytes(t, docxOf(strings.Repeat(p("字"), 5000)), container.DOCX, Limits{Characters: 1000})
		if err != nil || !d.Cut || len(d.Blocks) > 1000 {
			t.Errorf("err %v, document %d blocks", err, len(d.Blocks))
		}
	})
	t.Run("damaged", func(t *testing.T) {
		t.Parallel()
		_, err := readBytes(t, zipped("word/document.xml", `<w:document `+nsW+`><w:body><w:p`), container.DOCX, Limits{})
		if !errors.Is(err, container.ErrDamaged) {
			t.Errorf("got %v", err)
		}
	})
}

// pictured counts the distinct pictures of a body.
func pictured(d *Document) (n int) {
	for _, p := range d.Pictures {
		if p.InBody {
			n++
		}
	}
	return n
}
