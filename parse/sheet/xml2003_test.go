package sheet

import (
	"testing"

	"baosong/parse/container"
)

// TestStyleParents: a style without a number format has that of the named style it stands on.
func TestStyleParents(t *testing.T) {
	t.Parallel()
	b := mustParse(t, `<?xml version="1.0"?><?mso-application progid="Excel.Sheet"?><Workbook><Styles><Style ss:ID="s1" ss:Name="Percent"><NumberFormat ss:Format="0%"/></Style>`+
		`<Style ss:ID="s2" ss:Parent="s1"><Font/></Style><Style ss:ID="s3" ss:Parent="s1"><NumberFormat ss:Format="Short Date"/></Style></Styles>`+
		`<Worksheet ss:Name="甲"><Table><Row><Cell ss:StyleID="s2"><Data ss:Type="Number">0.25</Data></Cell><Cell ss:StyleID="s3"><Data ss:Type="Number">45464</Data></Cell></Row></Table></Worksheet></Workbook>`, container.XML2003)
	if got := flat(b.Sheets[0]); got != "A1=25%|B1=2024/6/21" {
		t.Error(got)
	}
}
