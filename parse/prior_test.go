package parse

import (
	"slices"
	"testing"
)

func codes(r *Report) []string {
	out := []string{}
	for _, f := range r.Findings {
		out = append(out, string(f.Code))
	}
	slices.Sort(out)
	return out
}

func used(r *Report) map[string]bool {
	out := map[string]bool{}
	for _, f := range r.Files {
		key := f.Name
		if f.Prior {
			key = "prior:" + key
		}
		out[key] = f.Used
	}
	return out
}

func asPrior(files []made) []made {
	out := slices.Clone(files)
	for i := range out {
		out[i].prior = true
	}
	return out
}

func TestPrior(t *testing.T) {
	t.Parallel()
	clean := cleanFiles(3) // three cases, the sheet, the measures
	sheetOf := func(name string, entries ...entry) made {
		rows := [][]string{headerRow()}
		for _, e := range entries {
			rows = append(rows, e.row())
		}
		return made{name: name, bytes: xlsx(page{name: "Sheet1", rows: rows})}
	}
	e := []entry{cleanEntry("滁州市", 0), cleanEntry("滁州市", 1), cleanEntry("滁州市", 2)}
	wrong := e[1]
	wrong.direction, wrong.file.direct = "数字化转型", e[1].direction
	short := e[1]
	short.file.paras = []string{"短", "短", "短", "短"}
	renamed := e[1]
	renamed.file.title = e[1].title + "纪实"
	renamed.file.name = "更正后的案例.docx"

	for _, tc := range []struct {
		name  string
		files []made
		want  []string
		used  map[string]bool
		cases int
	}{
		{"only the missing file joins", append(asPrior(slices.Delete(slices.Clone(clean), 1, 2)), clean[1]), nil, nil, 3},
		{"only the measures join", append(asPrior(clean[:4]), clean[4]), nil, nil, 3},
		{"a new sheet replaces the earlier one", append(asPrior(append(slices.Clone(clean[:3]), sheetOf("汇总表.xlsx", e[0], wrong, e[2]), clean[4])), clean[3]), nil,
			map[string]bool{"prior:汇总表.xlsx": false, "汇总表.xlsx": true}, 3},
		{"a new sheet without a case drops its file in silence", append(asPrior(clean), sheetOf("新汇总表.xlsx", e[0], e[1])), nil,
			map[string]bool{"prior:" + e[2].file.name: false, "prior:汇总表.xlsx": false}, 2},
		{"a mended file replaces the one of the same name", append(asPrior([]made{clean[0], {name: e[1].file.name, bytes: docx(short.document())}, clean[2], clean[3], clean[4]}), clean[1]), nil,
			map[string]bool{"prior:" + e[1].file.name: false}, 3},
		{"a mended file replaces the one of the same title", append(asPrior([]made{clean[0], {name: "旧.docx", bytes: docx(short.document())}, clean[2], clean[3], clean[4]}), clean[1]), nil,
			map[string]bool{"prior:旧.docx": false}, 3},
		{"the same again", append(asPrior(clean), clean...), nil, nil, 3},
		{"earlier findings are told again", append(asPrior([]made{clean[0], {name: e[1].file.name, bytes: docx(short.document())}, clean[2], clean[3]}), clean[4]), []string{"case.too-short"}, nil, 3},
		{"an earlier unreadable file is forgotten", append(asPrior(append(slices.Clone(clean), made{name: "坏.docx", bytes: []byte("PK\x03\x04broken")})), clean[4]), nil, map[string]bool{"prior:坏.docx": false}, 3},
		{"a new case that no row lists", append(asPrior(clean), made{name: "新案例.docx", bytes: docx(cleanEntry("滁州市", 6).document())}), []string{"case.row-missing"}, nil, 3},
		{"a mended title takes the row over", append(asPrior([]made{clean[0], clean[1], clean[2], sheetOf("汇总表.xlsx", e[0], func() entry { x := e[1]; x.title = renamed.file.title; return x }(), e[2]), clean[4]}),
			made{name: renamed.file.name, bytes: docx(renamed.document())}), nil, map[string]bool{"prior:" + e[1].file.name: false}, 3},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			r := check(t, Submission{Unit: "chuzhou", Files: onDisk(t, tc.files...)})
			if tc.want == nil {
				tc.want = []string{}
			}
			if !slices.Equal(codes(r), tc.want) || len(r.Cases) != tc.cases {
				t.Errorf("got %v and %d cases, want %v and %d:%s", codes(r), len(r.Cases), tc.want, tc.cases, show(r.Findings))
			}
			got := used(r)
			for name, want := range tc.used {
				if got[name] != want {
					t.Errorf("%s: used %v, want %v", name, got[name], want)
				}
			}
		})
	}
}

func TestNilReturn(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		subject, body string
		want          bool
	}{
		{"零报告", "", true}, {"滁州市关于典型案例的零报告", "", true}, {"滁州市无案例", "", true}, {"无案例报送", "", true}, {"本次不报送", "", true}, {"典型案例报送情况：无", "", true},
		{"典型案例", "我市本次无案例报送，特此报告。", true}, {"典型案例", "经研究，我市实行零报告。", true}, {"报送材料", "省厅：\n我市暂无符合条件的典型案例。\n联系人：张三", true}, {"回复", "零报告", true}, {"典型案例", "我市没有可报送的案例。", true},
		{"典型案例", "我市本次不报送典型案例，请知悉。", true}, {"典型案例", "按照通知要求，我市零报告。", true}, {"典型案例报送（滁州）", "本市本次不报送。", true},
		{"报送典型案例", "现报送案例3个，无其他问题。", false}, {"报送典型案例", "材料真实、有效，无知识产权纠纷。", false}, {"咨询", "如无案例，是否需要零报告？", false}, {"报送", "如本次确无案例，请回复“零报告”。", false},
		{"报送", "无", false}, {"报送", "收到。\n-----原始邮件-----\n请各市无案例的实行零报告", false}, {"报送", "> 零报告", false}, {"报送", "案例无重复报送情况。", false}, {"报送", "此前的零报告作废，现报送案例。", false},
		{"关于撤回零报告的说明", "", false}, {"报送", "无案例重复。", false}, {"", "", false}, {"Re: 催报", "材料随后报送，无需催办。", false},
	} {
		if got := NilReturn(tc.subject, tc.body); got != tc.want {
			t.Errorf("%q %q: got %v", tc.subject, tc.body, got)
		}
	}
}

func TestNilReport(t *testing.T) {
	t.Parallel()
	texts := []Text{{"主题", "零报告"}, {"正文", "我市无案例报送。"}}
	r := check(t, Submission{Unit: "chuzhou", Texts: texts})
	if !r.Nil || r.Verdict != Accept || len(r.Owed) > 0 || len(r.Findings) > 0 {
		t.Errorf("got nil %v, %s, owed %v:%s", r.Nil, r.Verdict, r.Owed, show(r.Findings))
	}
	if r := check(t, Submission{Unit: "chuzhou", Texts: texts, Files: onDisk(t, cleanFiles(1)...)}); r.Nil {
		t.Error("a mail with cases is no nil return")
	}
}

func TestUnitHint(t *testing.T) {
	t.Parallel()
	c := checkDefault()
	r := check(t, Submission{Files: onDisk(t, cleanFiles(2)...)})
	for _, tc := range []struct {
		texts []Text
		r     *Report
		want  string
	}{
		{nil, r, "chuzhou"},
		{[]Text{{"主题", "宿州马鞍山现代产业园区案例"}}, nil, "suzhou"},
		{[]Text{{"主题", "黄山区典型案例"}}, nil, "huangshan"},
		{[]Text{{"正文", "合肥市和芜湖市"}}, nil, ""},
		{[]Text{{"正文", "郊区的案例"}}, nil, ""},
		{[]Text{{"主题", "广德市报送案例"}}, nil, "xuancheng"},
	} {
		if got := UnitHint(tc.texts, tc.r, c); got != tc.want {
			t.Errorf("%v: got %q, want %q", tc.texts, got, tc.want)
		}
	}
}
