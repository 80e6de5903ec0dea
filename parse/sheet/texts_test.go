package sheet

import (
	"strings"
	"testing"

	"baosong/parse/container"
	"baosong/parse/sheet/grid"
)

// texts writes the texts beside the cells as sheet/cell/where=text, joined by bars.
func texts(b *grid.Book) string {
	var out []string
	for _, t := range b.Texts {
		out = append(out, t.Sheet+"/"+t.Cell+"/"+t.Where+"="+t.Text)
	}
	return strings.Join(out, "|")
}

func TestXLSXTexts(t *testing.T) {
	t.Parallel()
	const rels = `<Relationships><Relationship Id="rId1" Type="x/drawing" Target="../drawings/drawing1.xml"/><Relationship Id="rId2" Type="x/comments" Target="../comments1.xml"/><Relationship Id="rId3" Type="x/threadedComment" Target="../threadedComments/threadedComment1.xml"/></Relationships>`
	b := mustParse(t, smallXLSX(t, `<row r="1"><c r="A1"><v>1</v></c></row></sheetData><headerFooter><oddHeader>&amp;L&amp;"黑体,常规"&amp;14页&amp;B首&amp;R第&amp;P页</oddHeader><oddFooter>&amp;K00FF00甲&amp;&amp;乙</oddFooter><firstHeader>&amp;C首页</firstHeader></headerFooter><sheetData>`, map[string]string{
		"xl/worksheets/_rels/sheet1.xml.rels":      rels,
		"xl/drawings/drawing1.xml":                 `<xdr:wsDr><xdr:sp><xdr:txBody><a:p><a:r><a:t>文</a:t></a:r><a:r><a:t>字</a:t></a:r></a:p><a:p><a:r><a:t>二</a:t></a:r></a:p></xdr:txBody></xdr:sp><xdr:sp><xdr:txBody><a:p><a:r><a:t>另一框</a:t></a:r></a:p></xdr:txBody></xdr:sp></xdr:wsDr>`,
		"xl/drawings/_rels/drawing1.xml.rels":      `<Relationships><Relationship Id="rId1" Type="x/chart" Target="../charts/chart1.xml"/></Relationships>`,
		"xl/charts/chart1.xml":                     `<c:chartSpace><c:title><c:tx><c:rich><a:p><a:r><a:t>图题</a:t></a:r></a:p></c:rich></c:tx></c:title></c:chartSpace>`,
		"xl/comments1.xml":                         `<comments><commentList><comment ref="B2"><text><r><t>批</t></r><r><t>语</t></r></text></comment></commentList></comments>`,
		"xl/threadedComments/threadedComment1.xml": `<ThreadedComments><threadedComment ref="C3"><text>对话</text></threadedComment></ThreadedComments>`,
	}), container.XLSX)
	const want = "汇总表//页眉=页首\n第页|汇总表//页脚=甲&乙|汇总表//页眉=首页|汇总表//文本框或图形=文字\n二|汇总表//文本框或图形=另一框|汇总表//文本框或图形=图题|汇总表/B2/批注=批语|汇总表/C3/批注=对话"
	if got := texts(b); got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestODSTexts(t *testing.T) {
	t.Parallel()
	b := mustParse(t, string(zipped(t, map[string]string{"mimetype": "application/vnd.oasis.opendocument.spreadsheet",
		"content.xml": `<office:document-content><office:body><office:spreadsheet><table:table table:name="甲"><table:shapes><draw:frame><draw:text-box><text:p>框<text:span>内</text:span></text:p><text:p>二</text:p></draw:text-box></draw:frame></table:shapes>` +
			`<table:table-row><table:table-cell/><table:table-cell><office:annotation><dc:creator>某</dc:creator><text:p>批语</text:p></office:annotation><draw:custom-shape><text:p>形</text:p></draw:custom-shape><text:p>乙</text:p></table:table-cell></table:table-row></table:table></office:spreadsheet></office:body></office:document-content>`,
		"styles.xml": `<office:document-styles><office:master-styles><style:master-page><style:header><style:region-left><text:p>首</text:p></style:region-left></style:header><style:footer><text:p>第<text:page-number>1</text:page-number>页</text:p></style:footer></style:master-page></office:master-styles></office:document-styles>`})), container.ODS)
	const want = "甲//文本框或图形=框内\n二|甲/B1/批注=批语|甲/B1/文本框或图形=形|//页眉=首|//页脚=第1页"
	if got := texts(b); got != want || flat(b.Sheets[0]) != "B1=乙" {
		t.Errorf("got  %s\nwant %s\ncells %s", got, want, flat(b.Sheets[0]))
	}
}

func TestXML2003Texts(t *testing.T) {
	t.Parallel()
	b := mustParse(t, `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><Worksheet Name="甲"><Table><Row><Cell><Data Type="String">乙</Data><Comment><Data>批<B>语</B></Data></Comment></Cell></Row></Table>`+
		`<WorksheetOptions><PageSetup><Header Data="&amp;C页首"/><Footer Data="第&amp;P页"/></PageSetup></WorksheetOptions></Worksheet></Workbook>`, container.XML2003)
	if got, want := texts(b), "甲/A1/批注=批语|甲//页眉=页首|甲//页脚=第页"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}

func TestXLSTexts(t *testing.T) {
	t.Parallel()
	wide := func(s string) (b []byte) {
		for _, r := range s {
			b = append(b, words(int(r))...)
		}
		return b
	}
	text := func(s string) []byte { return join(words(len([]rune(s))), []byte{1}, wide(s)) }
	head := join(rec(recBOF, words(0x600, 5, 0, 0)...), rec(recXF, words(0, 0, 0, 0)...))
	bound := func(at int) []byte { return rec(recBound, join(words(at, 0, 0), []byte{1, 1}, wide("甲"))...) }
	start := len(join(head, bound(0), rec(recEOF)))
	comment := join(rec(recObj, words(0x15, 18, 0x19, 7, 0, 0, 0, 0, 0, 0, 0)...), rec(recTXO, words(0, 0, 0, 0, 0, 4, 0)...),
		rec(recContinue, join([]byte{1}, wide("批语"))...), rec(recContinue, join([]byte{1}, wide("二行"))...))
	sheet := join(rec(recBOF, words(0x600, 0x10, 0, 0)...), rec(recHeader, text("&C页首")...), rec(recFooter, text("第&P页")...),
		rec(recHeaderFooter, join(make([]byte, 28), words(0, 0, 0, 2, 0), text("首页"))...),
		rec(recTXO, words(0, 0, 0, 0, 0, 2, 0)...), rec(recContinue, join([]byte{1}, wide("框内"))...), comment,
		rec(recNote, join(words(1, 2, 0, 7), []byte{1, 0, 0, 'x'})...), rec(recEOF))
	b := mustParse(t, string(join(head, bound(start), rec(recEOF), sheet)), container.XLS2)
	if got, want := texts(b), "甲//页眉=页首|甲//页脚=第页|甲//页眉=首页|甲//文本框或图形=框内|甲/C2/批注=批语二行"; got != want {
		t.Errorf("got  %s\nwant %s", got, want)
	}
}
