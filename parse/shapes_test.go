package parse

import (
	"slices"
	"testing"
)

// TestShapes: case documents laid out in other ways than the form, and what came beside or instead of the right files.
func TestShapes(t *testing.T) {
	t.Parallel()
	e := cleanEntry("滁州市", 0)
	base := cleanFiles(2)
	facts := [][]string{{"案例名称", e.title, "<", "<"}, {"所属集群", e.cluster, "集群级别", e.level}, {"案例方向", e.direction, "报送单位", e.body}, {"联系人", e.contact, "联系电话", e.phone}}
	below, beside := slices.Clone(facts), slices.Clone(facts)
	var sections []block
	for i, h := range e.file.sections {
		below = append(below, []string{h, "<", "<", "<"}, []string{e.file.paras[i], "<", "<", "<"})
		beside = append(beside, []string{h, e.file.paras[i], "<", "<"})
		sections = append(sections, para(h, e.file.paras[i])...)
	}
	pictures := []block{{picture: 1}, {picture: 2}}
	doc := func(parts ...[]block) []made {
		return []made{{name: "a.docx", bytes: docx(word{blocks: slices.Concat(parts...)})}, base[1], base[2], base[3]}
	}
	lines := para(e.title, "案例名称："+e.title, "所属集群："+e.cluster, "集群级别：国家级", "案例方向：协作共享", "报送单位：某局", "联系人：张三　联系电话：13800000000")
	blank := made{name: "附件2.xlsx", bytes: xlsx(page{name: "S", rows: [][]string{{"汇总表"}, headerRow(), {"1"}, {"2"}}})}
	for _, tc := range []struct {
		name  string
		files []made
		want  []string
	}{
		{"facts as paragraphs", doc(lines, sections, pictures), nil},
		{"all in one table, texts below", doc(para("附件3", "典型案例"), []block{{table: below}}, pictures), nil},
		{"all in one table, texts beside", doc(para("附件3", "典型案例"), []block{{table: beside}}, pictures), nil},
		{"no facts", doc(para(e.title), sections, pictures), nil},
		{"facts at the end", doc(para(e.title), sections, []block{{table: facts}}, pictures), nil},
		{"a damaged sheet is not a missing one", []made{base[0], base[1], base[3], {name: "汇总表.xlsx", bytes: base[2].bytes[:900]}}, []string{"file.unreadable"}},
		{"garbage under a workbook's name", []made{base[0], base[1], base[3], {name: "附件.xls", bytes: []byte("garbage\x00\x01\x02")}}, []string{"file.unreadable"}},
		{"a damaged case is not a missing one", []made{{name: "a.docx", bytes: base[0].bytes[:500]}, base[1], base[2], base[3]}, []string{"file.unreadable"}},
		{"only the sheet", base[2:3], []string{"case.file-missing", "case.file-missing", "measures.missing"}},
		{"only the measures", base[3:4], nil},
		{"an empty form beside the sheet", append(slices.Clone(base), blank), nil},
		{"a film", append(slices.Clone(base), made{name: "片.mp4", bytes: []byte("\x00\x00\x00\x18ftypmp42\x00\x00\x00\x00mp42isom")}), []string{"file.unsupported"}},
		{"a picture of the measures beside them", append(slices.Clone(base), made{name: "培育举措（盖章）.png", bytes: png(50)}), nil},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, tc.files...)})
			if got := codes(r); !slices.Equal(got, append([]string{}, tc.want...)) {
				t.Errorf("got %v, want %v:%s", got, tc.want, show(r.Findings))
			}
		})
	}
}
