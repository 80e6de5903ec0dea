package parse

import (
	"context"
	"os"
	"strings"
	"sync"
	"testing"
	"time"

	"baosong/parse/call"
	"baosong/parse/finding"
)

// TestFormats: what the report says a file is.
func TestFormats(t *testing.T) {
	t.Parallel()
	fault := finding.New("file.encrypted", finding.Place{})
	files := onDisk(t, made{name: "汇总表.csv", bytes: csvText([][]string{headerRow(), cleanEntry("滁州市", 0).row()}, true)},
		made{name: "汇总.txt", bytes: csvText([][]string{headerRow(), cleanEntry("滁州市", 1).row()}, false)},
		made{name: "说明.txt", bytes: []byte("只是文字。")}, made{name: "空.csv", bytes: []byte("只是文字")})
	files = append(files, File{Name: "材料.zip/汇总表.xlsx", Format: "encrypted", Fault: &fault})
	r := check(t, Submission{Unit: "chuzhou", Files: files, Partial: true})
	for i, want := range []string{"csv", "csv", "text", "csv", "encrypted"} {
		if got := r.Files[i].Format; got != want {
			t.Errorf("%s: format %q, want %q", r.Files[i].Name, got, want)
		}
	}
}

func today() time.Time { return time.Date(2024, 6, 18, 9, 0, 0, 0, call.Zone()) }

func check(t testing.TB, s Submission) *Report {
	t.Helper()
	return checkCall(t, call.Default(), s)
}

func checkDefault() *call.Call { return call.Default() }

func day(s string) time.Time {
	if s == "" {
		return time.Time{}
	}
	d, err := time.ParseInLocation("2006-01-02", s, call.Zone())
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return d
}

func checkCall(t testing.TB, c *call.Call, s Submission) *Report {
	t.Helper()
	if s.Today.IsZero() {
		s.Today = today()
	}
	s.Scratch = scratch()
	r, err := Check(context.Background(), s, c, nil)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func show(fs []finding.Finding) string {
	var b strings.Builder
	for _, f := range fs {
		b.WriteString("\n  " + string(f.Severity) + " " + string(f.Code) + " " + f.File + " " + f.Sheet + " " + f.Cell + " " + f.Where + " | " + f.Message + " | " + f.Hint + " | found=" + f.Found)
	}
	return b.String()
}

func cleanFiles(n int) []made {
	rows := [][]string{headerRow()}
	var files []made
	for i := range n {
		e := cleanEntry("滁州市", i)
		rows = append(rows, e.row())
		files = append(files, made{name: e.file.name, bytes: docx(e.document())})
	}
	files = append(files, made{name: "汇总表.xlsx", bytes: xlsx(page{name: "Sheet1", rows: rows})},
		made{name: "滁州市培育举措.docx", bytes: docx(measuresDoc("滁州市", measuresHeadings()...))})
	return files
}

func TestClean(t *testing.T) {
	t.Parallel()
	r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, cleanFiles(3)...)})
	if r.Verdict != Accept || len(r.Findings) > 0 || len(r.Rows) != 3 || len(r.Cases) != 3 || len(r.Owed) != 0 {
		t.Fatalf("verdict %s, %d rows, %d cases, owed %v, findings:%s", r.Verdict, len(r.Rows), len(r.Cases), r.Owed, show(r.Findings))
	}
	for _, c := range r.Cases {
		if !c.OK || c.File == "" || len(c.Sketch) == 0 {
			t.Errorf("case %+v", c)
		}
	}
	for _, row := range r.Rows {
		if row.CaseFile == "" || row.Cells["title"] == "" {
			t.Errorf("row %+v", row)
		}
	}
}

// scratch is a folder that all tests share, because compiling the PDF engine takes seconds.
var scratch = sync.OnceValue(func() string {
	dir, err := os.MkdirTemp("", "baosong-parse-test-")
	if err != nil {
		panic("internal error: " + err.Error())
	}
	return dir
})

func TestMain(m *testing.M) {
	code := m.Run()
	os.RemoveAll(scratch())
	os.Exit(code)
}
