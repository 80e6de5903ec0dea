package parse

import (
	"fmt"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"baosong/sample/libreoffice"
)

// resaved is what LibreOffice makes of files when it saves them in another format; the binary ones get the names that WPS gives.
func resaved(t *testing.T, to string, files ...made) (out []made) {
	t.Helper()
	dir := t.TempDir()
	var paths []string
	for i, f := range files {
		path := filepath.Join(dir, fmt.Sprintf("%d%s", i, filepath.Ext(f.name)))
		if err := os.WriteFile(path, f.bytes, 0o600); err != nil {
			t.Fatal(err)
		}
		paths = append(paths, path)
	}
	for i, path := range libreoffice.Convert(t, to, paths...) {
		b, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		ext := filepath.Ext(path)
		if own, ok := map[string]string{".xls": ".et", ".doc": ".wps"}[ext]; ok {
			ext = own
		}
		out = append(out, made{name: strings.TrimSuffix(files[i].name, filepath.Ext(files[i].name)) + ext, bytes: b})
	}
	return out
}

// TestResaved: the same sheet, cases and measures as LibreOffice saves them in other formats are judged alike: the same rows at
// the same places, and no faults.
func TestResaved(t *testing.T) {
	t.Parallel()
	var entries []entry
	for i := range 3 {
		entries = append(entries, cleanEntry("滁州市", i))
	}
	entries[2].phone = "0550-7000000"
	rows := append(titleRows("滁州市"), headerRow())
	for _, e := range entries {
		rows = append(rows, e.row())
	}
	rows[5][1], rows[6][1] = "", "" // the city merged over all rows
	rows[5][10], rows[5][5] = "#13800000000", "#"+rows[5][5]
	merges := []string{"A1:L1", "A2:L2", "B5:B7"}
	sheet := made{name: "汇总表.xlsx", bytes: xlsx(page{name: "汇总", rows: rows, merges: merges, hidden: []int{6}})}
	shown := made{name: "汇总表.xlsx", bytes: xlsx(page{name: "汇总", rows: rows, merges: merges})} // a page shows no hidden rows
	table := made{name: "汇总表.docx", bytes: docx(word{blocks: []block{{text: "典型案例汇总表"}, {table: append([][]string{headerRow()}, rowsOf(entries)...)}}})}
	documents := []made{table, {name: "滁州市培育举措.docx", bytes: docx(measuresDoc("滁州市", measuresHeadings()...))}}
	for _, e := range entries {
		documents = append(documents, made{name: e.file.name, bytes: docx(e.document())})
	}
	judged := func(files ...made) (rows, findings []string) {
		r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, files...)})
		for _, row := range r.Rows {
			delete(row.Values, "city") // separated text has no merged cells
			rows = append(rows, fmt.Sprint(row.Row, row.CaseFile != "", slices.Sorted(maps.Values(row.Values))))
		}
		for _, f := range r.Findings {
			if f.Code != "row.hidden" && f.Code != "case.pictures" { // pictures of the same pixel are kept once
				findings = append(findings, fmt.Sprint(f.Code, f.Row, f.Column))
			}
		}
		return rows, findings
	}
	wantSheet, none := judged(append(slices.Clone(documents[1:]), sheet)...)
	wantTable, still := judged(documents...)
	if len(wantSheet) != 3 || len(wantTable) != 3 || len(none)+len(still) > 0 {
		t.Fatalf("as made: %q %q, findings %q %q", wantSheet, wantTable, none, still)
	}
	for to, sheet := range map[string]made{"xls": sheet, "ods": sheet, "xlsm:Calc MS Excel 2007 VBA XML": sheet, "html:HTML (StarCalc)": shown,
		"csv:Text - txt - csv (StarCalc):44,34,85,1": shown, "csv:Text - txt - csv (StarCalc):9,34,65535,1": shown} {
		t.Run("sheet as "+to, func(t *testing.T) {
			t.Parallel()
			if got, faults := judged(append(slices.Clone(documents[1:]), resaved(t, to, sheet)...)...); !slices.Equal(got, wantSheet) || len(faults) > 0 {
				t.Errorf("rows %q\nwant %q\nfindings %q", got, wantSheet, faults)
			}
		})
	}
	for _, to := range []string{"docx", "doc", "rtf", "odt", "html:HTML (StarWriter)"} {
		t.Run("documents as "+to, func(t *testing.T) {
			t.Parallel()
			if got, faults := judged(resaved(t, to, documents...)...); !slices.Equal(got, wantTable) || len(faults) > 0 {
				t.Errorf("rows %q\nwant %q\nfindings %q", got, wantTable, faults)
			}
		})
	}
}
