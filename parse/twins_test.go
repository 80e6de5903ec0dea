package parse

import (
	"strings"
	"testing"

	"baosong/parse/finding"
)

// TestFilesOfOneName: each case lies in a folder of its own under one name, and only the second has a fault. The finding
// names the folder too, and the place fits that file alone.
func TestFilesOfOneName(t *testing.T) {
	t.Parallel()
	rows := [][]string{headerRow()}
	var files []made
	for i, folder := range []string{"一", "二"} {
		e := cleanEntry("滁州市", i)
		if i == 1 {
			e.file.pictures = nil
			e.file.paras = []string{"略", "略", "略", "略"}
		}
		rows = append(rows, e.row())
		files = append(files, made{name: "材料.zip/" + folder + "/案例.docx", bytes: docx(e.document())})
	}
	files = append(files, made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows})},
		made{name: "滁州市培育举措.docx", bytes: docx(measuresDoc("滁州市", measuresHeadings()...))})
	r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, files...)})
	var seen int
	for _, x := range r.Findings {
		if x.File != "案例.docx" {
			t.Errorf("unexpected finding:%s", show([]finding.Finding{x}))
			continue
		}
		seen++
		if x.Path != "材料.zip/二/案例.docx" || x.In(files[0].name) || !x.In(files[1].name) {
			t.Errorf("%s at %q: want the second file", x.Code, x.Path)
		}
		if strings.Contains(x.Message, "《案例.docx》") {
			t.Errorf("%s does not say which file: %s", x.Code, x.Message)
		}
	}
	if seen < 2 {
		t.Errorf("%d findings, want those of the length and the pictures:%s", seen, show(r.Findings))
	}
	for _, c := range r.Cases {
		if c.OK != (c.File == files[0].name) {
			t.Errorf("case %q of %s: ok %v", c.Title, c.File, c.OK)
		}
	}
}

// TestOneNameOnce: a name that no other file bears needs no path.
func TestOneNameOnce(t *testing.T) {
	t.Parallel()
	files := cleanFiles(1)
	files[0].name = "材料.zip/一/" + files[0].name
	files[0].bytes = docx(word{blocks: para("很短。")})
	for _, x := range check(t, Submission{Unit: "chuzhou", Files: onDisk(t, files...)}).Findings {
		if x.Path != "" {
			t.Errorf("%s bears the path %q", x.Code, x.Path)
		}
	}
}
