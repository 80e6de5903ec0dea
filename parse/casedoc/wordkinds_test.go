package casedoc

import (
	"fmt"
	"testing"

	"baosong/parse/container"
)

// TestDocxFields: what stands within an instruction, a nested field's result too, is not on the page.
func TestDocxFields(t *testing.T) {
	t.Parallel()
	char := func(kind string) string { return `<w:r><w:fldChar w:fldCharType="` + kind + `"/></w:r>` }
	text := func(s string) string { return `<w:r><w:t>` + s + `</w:t></w:r>` }
	d := mustRead(t, docxOf(`<w:p>`+text("前")+char("begin")+`<w:r><w:instrText> IF </w:instrText></w:r>`+char("begin")+char("separate")+text("藏")+char("end")+
		char("separate")+text("果")+char("end")+text("后")+`</w:p><w:p>`+char("begin")+char("separate")+char("begin")+char("separate")+text("一章")+char("end")+`</w:p><w:p>`+
		text("二章")+char("end")+`</w:p>`), container.DOCX)
	expect(t, d, `P "前果后"`+"\n"+`P "一章"`+"\n"+`P "二章"`)
}

// TestDocxChoice: Word takes a fallback where a branch requires what it does not know, or names a character by font.
func TestDocxChoice(t *testing.T) {
	t.Parallel()
	choice := func(requires, within, instead string) string {
		return `<mc:AlternateContent><mc:Choice Requires="` + requires + `">` + within + `</mc:Choice><mc:Fallback>` + instead + `</mc:Fallback></mc:AlternateContent>`
	}
	d := mustRead(t, docxOf(`<w:p xmlns:far="http://example.org/far" xmlns:near="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" xmlns:se="http://schemas.microsoft.com/office/word/2015/wordml/symex"><w:r>`+
		choice("far", `<w:t>远</w:t>`, `<w:t>退</w:t>`)+choice("near", `<w:t>近</w:t>`, `<w:t>退</w:t>`)+
		choice("w16se", `<se:symEx se:font="Segoe UI Emoji" se:char="1F60A"/>`, `<w:t>😊</w:t>`)+`</w:r></w:p>`), container.DOCX)
	expect(t, d, `P "退近😊"`)
}

// TestDocxHiddenStyles: styles hide text too, such as Word's own z-Top of Form.
func TestDocxHiddenStyles(t *testing.T) {
	t.Parallel()
	styles := `<w:styles ` + nsW + `><w:style w:type="paragraph" w:styleId="H"><w:name w:val="z-Top of Form"/><w:rPr><w:vanish/></w:rPr></w:style>` +
		`<w:style w:type="character" w:styleId="C"><w:rPr><w:vanish/></w:rPr></w:style><w:style w:type="character" w:styleId="D"><w:basedOn w:val="C"/></w:style>` +
		`<w:style w:type="character" w:styleId="E"><w:basedOn w:val="C"/><w:rPr><w:vanish w:val="0"/></w:rPr></w:style></w:styles>`
	run := func(props, s string) string { return `<w:r><w:rPr>` + props + `</w:rPr><w:t>` + s + `</w:t></w:r>` }
	d := mustRead(t, docxOf(`<w:p><w:pPr><w:pStyle w:val="H"/></w:pPr>`+run("", "窗体顶端")+run(`<w:vanish w:val="0"/>`, "露")+`</w:p><w:p>`+
		run(`<w:rStyle w:val="D"/>`, "藏")+run(`<w:rStyle w:val="E"/>`, "见")+`</w:p>`, "styles.xml#styles", styles), container.DOCX)
	expect(t, d, `P "露"`+"\n"+`P "见"`+"\n"+`hidden "窗体顶端"`+"\n"+`hidden "藏"`)
}

// TestDocxPartNames: names in relations are percent-encoded, names in the zip are or are not.
func TestDocxPartNames(t *testing.T) {
	t.Parallel()
	for name, target := range map[string]string{"图 1.png": "%E5%9B%BE%201.png", "%E5%9B%BE1.png": "图1.png", "100%.png": "100%.png"} {
		b := zipped("_rels/.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" Type="`+relType+`officeDocument" Target="word/document.xml"/></Relationships>`,
			"word/document.xml", `<w:document `+nsAll+`><w:body><w:p><w:r><a:blip r:embed="p"/></w:r></w:p></w:body></w:document>`,
			"word/_rels/document.xml.rels", `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="p" Type="`+relType+`image" Target="media/`+target+`"/></Relationships>`,
			"word/media/"+name, "\x89PNG\r\n\x1a\n-a")
		if d := mustRead(t, b, container.DOCX); len(d.Pictures) != 1 || d.Pictures[0].Format != container.PNG {
			t.Errorf("%s as %s: %+v", name, target, d.Pictures)
		}
	}
}

func TestSymbols(t *testing.T) {
	t.Parallel()
	for _, tt := range []struct{ font, char, want string }{
		{"Wingdings", "F0FE", "☑"}, {"Wingdings", "00FE", "☑"}, {"Wingdings", "FE", "☑"}, {"Wingdings", "F081", "①"}, {"Wingdings", "F028", "☎"},
		{"Wingdings", "F0A8", "□"}, {"Wingdings 2", "F06A", "①"}, {"Wingdings 2", "F052", "☑"}, {"Wingdings 2", "F021", "•"}, {"Webdings", "61", "•"},
		{"Symbol", "F061", "α"}, {"SimSun", "00B7", "·"}, {"SimSun", "2103", "℃"}, {"", "F0FE", "•"}, {"Wingdings", "x", ""}, {"", "0", ""},
	} {
		if got := symbol(tt.font, tt.char); got != tt.want {
			t.Errorf("symbol(%s, %s) = %q, want %q", tt.font, tt.char, got, tt.want)
		}
	}
	if n := fmt.Sprint(len([]rune(wingdings)), len([]rune(wingdings2)), len([]rune(symbolFont))); n != "224 224 224" {
		t.Errorf("tables of %s characters", n)
	}
}

// TestDocxNumberingRare: a level whose start is left out begins at 0, and a level passed over has had its first number.
func TestDocxNumberingRare(t *testing.T) {
	t.Parallel()
	numbering := `<w:numbering ` + nsW + `><w:abstractNum w:abstractNumId="0"><w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:lvlText w:val="%1、"/></w:lvl>` +
		`<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="chineseCounting"/><w:suff w:val="nothing"/><w:lvlText w:val="（%2）"/></w:lvl></w:abstractNum>` +
		`<w:abstractNum w:abstractNumId="1"><w:lvl w:ilvl="0"><w:numFmt w:val="ordinal"/><w:lvlText w:val="%1"/></w:lvl></w:abstractNum>` +
		`<w:num w:numId="1"><w:abstractNumId w:val="0"/></w:num><w:num w:numId="2"><w:abstractNumId w:val="1"/></w:num></w:numbering>`
	d := mustRead(t, docxOf(numbered(1, 1, "先")+numbered(1, 0, "后")+numbered(2, 0, "a")+numbered(2, 0, "b"), "numbering.xml#numbering", numbering), container.DOCX)
	expect(t, d, `P "（一）先"`+"\n"+`P "二、后"`+"\n"+`P "0th a"`+"\n"+`P "1st b"`)
}

// TestODFLooks: numbers come from list styles, hidden text from automatic ones, and a shape's text stands apart.
func TestODFLooks(t *testing.T) {
	t.Parallel()
	const odf = "urn:oasis:names:tc:opendocument:xmlns:"
	item := func(s string) string { return `<text:list-item>` + s + `</text:list-item>` }
	para := func(s string) string { return `<text:p>` + s + `</text:p>` }
	page := `<office:document xmlns:office="` + odf + `office:1.0" xmlns:text="` + odf + `text:1.0" xmlns:style="` + odf + `style:1.0" xmlns:draw="` + odf + `drawing:1.0"><office:automatic-styles>` +
		`<style:style style:name="T1" style:family="text"><style:text-properties text:display="none"/></style:style><text:list-style style:name="L1">` +
		`<text:list-level-style-number text:level="1" style:num-format="一, 二, 三, ..." style:num-suffix="、"/><text:list-level-style-number text:level="2" style:num-format="1" text:display-levels="1" style:num-prefix="（" style:num-suffix="）"/></text:list-style>` +
		`<text:list-style style:name="L2"><text:list-level-style-bullet text:level="1"/></text:list-style></office:automatic-styles><office:body><office:text>` +
		`<text:list text:style-name="L1">` + item(para("背景")+para("续")+`<text:list>`+item(para("细"))+item(para("目"))+`</text:list>`) + item(para("做法")) + `</text:list>` + para("间") +
		`<text:list text:style-name="L1" text:continue-numbering="true">` + item(`<text:h text:outline-level="1">成效</text:h>`) + `</text:list><text:list text:style-name="L1">` + item(para("重来")) + `<text:list-item text:start-value="5">` + para("跳") + `</text:list-item></text:list>` +
		`<text:list text:style-name="L2">` + item(para("点")) + `</text:list>` + para(`见<text:span text:style-name="T1">藏<text:s/>字</text:span>着<draw:custom-shape><text:p>形</text:p></draw:custom-shape>后`) +
		`</office:text></office:body></office:document>`
	d := mustRead(t, []byte(page), container.XML)
	expect(t, d, `P "一、背景"
P "续"
P "（1）细"
P "（2）目"
P "二、做法"
P "间"
H1 "三、成效"
P "一、重来"
P "五、跳"
P "点"
P "见着后"
P "形"
box "形"
hidden "藏 字"`)
}
