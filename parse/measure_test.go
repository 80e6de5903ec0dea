package parse

import (
	"fmt"
	"math/rand"
	"os"
	"path/filepath"
	"slices"
	"sort"
	"strings"
	"testing"

	"baosong/parse/finding"
)

// lab is a made submission with the faults that were put into it.
type lab struct {
	rng      *rand.Rand
	unit     string
	city     string
	layout   layout
	entries  []entry
	measures *word
	extra    []made
	faults   []File // files that unpacking could not open
	texts    []Text
	table    func(*made) // last change to the summary
	noTable  bool
	want     []want
	also     []finding.Code // consequences that are no surplus
	partial  bool
}

type want struct {
	code   finding.Code
	entry  int    // -1: not of a row
	column string // "" : the row alone
	file   string // "" : any
}

// pick takes an entry that bears no fault yet.
func (l *lab) pick() (int, bool) {
	for range 30 {
		n := l.rng.Intn(len(l.entries))
		if !slices.ContainsFunc(l.want, func(w want) bool { return w.entry == n }) {
			return n, true
		}
	}
	return 0, false
}

func (l *lab) has(column string) bool { return !slices.Contains(l.layout.lacks, column) }

// fault puts one fault in; it returns false when the submission cannot bear it.
type fault struct {
	code  finding.Code
	name  string
	apply func(*lab) bool
}

// onRow makes a fault that changes one cell of one row.
func onRow(code finding.Code, name, column string, change func(l *lab, e *entry)) fault {
	return fault{code, name, func(l *lab) bool {
		n, ok := l.pick()
		if !ok || !l.has(column) {
			return false
		}
		e := &l.entries[n]
		if e.file.title == "" {
			e.file.title = e.title
		}
		if e.file.cluster == "" {
			e.file.cluster = e.cluster
		}
		if e.file.direct == "" {
			e.file.direct = e.direction
		}
		change(l, e)
		l.want = append(l.want, want{code, n, column, ""})
		return true
	}}
}

// onFile makes a fault of one case file.
func onFile(code finding.Code, name string, change func(l *lab, e *entry)) fault {
	return fault{code, name, func(l *lab) bool {
		n, ok := l.pick()
		if !ok {
			return false
		}
		change(l, &l.entries[n])
		l.want = append(l.want, want{code, n, "-", l.entries[n].file.name})
		return true
	}}
}

func (l *lab) files() ([]made, laid) {
	t := l.layout.make(l.entries)
	if l.table != nil {
		l.table(&t.file)
	}
	var out []made
	if !l.noTable {
		out = append(out, t.file)
	}
	for _, e := range l.entries {
		switch {
		case e.file.absent:
		case e.file.bytes != nil:
			out = append(out, made{name: e.file.name, bytes: e.file.bytes})
		default:
			out = append(out, made{name: e.file.name, bytes: docx(e.document())})
		}
	}
	if l.measures != nil {
		out = append(out, made{name: l.city + "培育举措.docx", bytes: docx(*l.measures)})
	}
	return append(out, l.extra...), t
}

func newLab(seed int64) *lab {
	rng := rand.New(rand.NewSource(seed))
	cities := [][2]string{{"chuzhou", "滁州市"}, {"hefei", "合肥市"}, {"huangshan", "黄山市"}, {"suzhou", "宿州市"}, {"tongling", "铜陵市"}, {"bozhou", "亳州市"}, {"fuyang", "阜阳市"}, {"maanshan", "马鞍山市"}}
	c := cities[rng.Intn(len(cities))]
	l := &lab{rng: rng, unit: c[0], city: c[1]}
	ls := layouts()
	l.layout = ls[int(seed)%len(ls)]
	for i := range 3 + rng.Intn(4) {
		l.entries = append(l.entries, cleanEntry(c[1], i))
	}
	m := measuresDoc(c[1], measuresHeadings()...)
	l.measures = &m
	return l
}

// dress writes the cells that bear no fault in one of the ways that must be taken without a word.
func (l *lab) dress() {
	if l.rng.Intn(3) == 0 {
		return
	}
	one := func(list ...string) string { return list[l.rng.Intn(len(list))] }
	for n := range l.entries {
		e := &l.entries[n]
		if slices.ContainsFunc(l.want, func(w want) bool { return w.entry == n }) {
			continue
		}
		if e.file.title == "" {
			e.file.title, e.file.cluster, e.file.direct = e.title, e.cluster, e.direction
		}
		bare := strings.TrimSuffix(e.cluster, "产业集群")
		own := strings.TrimPrefix(bare, l.city)
		short := strings.TrimSuffix(l.city, "市")
		e.cluster = one(e.cluster, bare+"特色产业集群", bare+"中小企业特色产业集群", l.city+own+"产业集群", own+"产业集群", "安徽省"+l.city+own+"集群", " "+bare+" 产业集群")
		e.level = one(e.level, strings.TrimSuffix(e.level, "级"), " "+e.level)
		e.year = one(e.year, e.year+"年", e.year+".12", e.year+"-06-01", e.year+"年度")
		e.direction = one(e.direction, e.direction+"方向", "（三）"+e.direction, "3."+e.direction, "三、"+e.direction, " "+e.direction)
		e.phone = one(e.phone, "138 0000 0000", "138-0000-0000", "+86 13800000000", "0550-3000000", "(0550)3000000", "0550-3000000转8001", "13800000000、0550-3000000", "400-800-1234")
		if !strings.Contains(l.layout.name, "merged") {
			e.city = one(e.city, short, "安徽省"+l.city)
			e.county = one(e.county, l.city+e.county, e.county)
		}
		e.title = one(e.title, strings.Replace(e.title, "——", "--", 1), strings.Replace(e.title, "，", ",", 1), " "+e.title)
		if l.rng.Intn(3) == 0 {
			e.file.sections = []string{"（一）集群概况", "（二）做法", "（三）主要成效", "（四）推广价值"}
		}
	}
}

// score counts a code's outcome over all submissions.
type score struct{ put, found, missed, alarms int }

func (l *lab) judge(t testing.TB, scores map[finding.Code]*score, at string) (errorsOnClean, surplus int) {
	l.dress()
	files, table := l.files()
	in := append(onDisk(t, files...), l.faults...)
	r := check(t, Submission{Unit: l.unit, Files: in, Texts: l.texts, Partial: l.partial})
	used := map[int]bool{}
	for _, w := range l.want {
		s := scores[w.code]
		if s == nil {
			s = &score{}
			scores[w.code] = s
		}
		s.put++
		hit := slices.IndexFunc(r.Findings, func(f finding.Finding) bool { return matches(f, w, table) })
		if hit < 0 {
			s.missed++
			t.Errorf("%s: %s not found at %+v; got:%s", at, w.code, w, show(r.Findings))
			continue
		}
		s.found++
		used[hit] = true
	}
	for i, f := range r.Findings {
		if used[i] || f.Severity == finding.Note || slices.Contains(l.also, f.Code) {
			continue
		}
		if scores[f.Code] == nil {
			scores[f.Code] = &score{}
		}
		scores[f.Code].alarms++
		surplus++
		if f.Severity == finding.Error {
			errorsOnClean++
		}
		t.Errorf("%s: surplus:%s", at, show([]finding.Finding{f}))
	}
	return errorsOnClean, surplus
}

func matches(f finding.Finding, w want, table laid) bool {
	if f.Code != w.code || (w.file != "" && f.File != w.file) {
		return false
	}
	if w.entry < 0 || w.column == "-" {
		return true
	}
	if f.Row != table.row[w.entry] || f.File != table.file.name {
		return false
	}
	return w.column == "" || (f.Column == w.column && (f.Cell == table.address(w.entry, w.column) || table.cell[w.column] == 0))
}

// TestMeasure is the measure of the judging: a labelled set of submissions, clean and with one to three known faults.
func TestMeasure(t *testing.T) {
	t.Parallel()
	scores := map[finding.Code]*score{}
	total, clean, cleanErrors, surplus := 0, 0, 0, 0
	run := func(l *lab, at string) {
		total++
		e, s := l.judge(t, scores, at)
		if len(l.want) == 0 {
			clean++
			cleanErrors += e
		}
		surplus += s
	}
	for seed := int64(0); seed < 78; seed++ {
		l := newLab(seed)
		run(l, fmt.Sprintf("clean %d (%s, %s)", seed, l.city, l.layout.name))
	}
	all := faults()
	for i, f := range all {
		for round := range 4 {
			l := newLab(int64(1000 + i*17 + round*5))
			for k := 0; !f.apply(l) && k < 20; k++ {
				l = newLab(int64(2000 + i*17 + round*5 + k))
			}
			if len(l.want) == 0 {
				t.Errorf("%s was never put in", f.name)
				continue
			}
			run(l, fmt.Sprintf("%s %d (%s, %s)", f.name, round, l.city, l.layout.name))
		}
	}
	for seed := int64(0); seed < 120; seed++ {
		l := newLab(5000 + seed)
		names := mixed(l, all)
		run(l, fmt.Sprintf("mixed %d %v (%s, %s)", seed, names, l.city, l.layout.name))
	}
	text := tally(scores, total, clean, cleanErrors, surplus)
	t.Log("\n" + text)
	measurePage(t, text)
	if total < 400 {
		t.Errorf("only %d submissions", total)
	}
}

// mixed puts two or three faults of rows and case files into one submission.
func mixed(l *lab, all []fault) []string {
	var names []string
	for k := 0; k < 40 && len(names) < 2+l.rng.Intn(2); k++ {
		f := all[l.rng.Intn(len(all))]
		if strings.HasPrefix(f.name, "row:") || strings.HasPrefix(f.name, "file:") {
			if f.apply(l) {
				names = append(names, f.name)
			}
		}
	}
	return names
}

func tally(scores map[finding.Code]*score, total, clean, cleanErrors, surplus int) string {
	var codes []string
	for c := range scores {
		codes = append(codes, string(c))
	}
	sort.Strings(codes)
	var b strings.Builder
	fmt.Fprintf(&b, "%-26s %5s %5s %6s %6s\n", "code", "put", "found", "missed", "alarms")
	sum := score{}
	for _, c := range codes {
		s := scores[finding.Code(c)]
		fmt.Fprintf(&b, "%-26s %5d %5d %6d %6d\n", c, s.put, s.found, s.missed, s.alarms)
		sum.put, sum.found, sum.missed, sum.alarms = sum.put+s.put, sum.found+s.found, sum.missed+s.missed, sum.alarms+s.alarms
	}
	fmt.Fprintf(&b, "%-26s %5d %5d %6d %6d\n", "all", sum.put, sum.found, sum.missed, sum.alarms)
	fmt.Fprintf(&b, "%d submissions, %d of them clean with %d errors told; %d surplus warnings or errors in all", total, clean, cleanErrors, surplus)
	return b.String()
}

// measurePage keeps docs/measure.md equal to what the measure has found.
func measurePage(t *testing.T, table string) {
	path := filepath.Join("..", "docs", "measure.md")
	want := "# 检查的准确度\n\n本页由程序生成（`go test ./parse -run Measure -update`），请勿手工修改。\n\n" +
		"程序自造一批报送材料：一部分没有差错，其余各放入一至三处已知的差错，涉及每个检查代码和每种表格样式\n" +
		"（标题行、两行表头、向下合并、第二张工作表、合计行、示例行、全角数字、GBK 编码的 CSV、Word 表格、网页表格等），逐份检查后对照。\n" +
		"put 是放入的差错，found 是在原处找到的，missed 是漏掉的，alarms 是多报的（须更正和请核对两类）。\n\n```\n" + table + "\n```\n"
	if *update {
		if err := os.WriteFile(path, []byte(want), 0o644); err != nil {
			t.Fatal(err)
		}
	}
	if got, err := os.ReadFile(path); err != nil || string(got) != want {
		t.Errorf("docs/measure.md is out of date (%v); run: go test ./parse -run Measure -update", err)
	}
}
