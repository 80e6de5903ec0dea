package parse

import (
	"fmt"
	"strings"

	"baosong/parse/finding"
)

func faults() []fault {
	var out []fault
	for _, list := range [][]fault{cellFaults(), placeFaults(), clusterFaults(), caseFaults(), pairFaults(), contentFaults(), sheetFaults(), fileFaults()} {
		out = append(out, list...)
	}
	return out
}

func set(field func(*entry) *string, values ...string) func(*lab, *entry) {
	return func(l *lab, e *entry) { *field(e) = values[l.rng.Intn(len(values))] }
}

func cellFaults() []fault {
	var out []fault
	fields := map[string]func(*entry) *string{
		"cluster": func(e *entry) *string { return &e.cluster }, "level": func(e *entry) *string { return &e.level },
		"title": func(e *entry) *string { return &e.title }, "direction": func(e *entry) *string { return &e.direction },
		"body": func(e *entry) *string { return &e.body }, "contact": func(e *entry) *string { return &e.contact }, "phone": func(e *entry) *string { return &e.phone }}
	for _, id := range columnIDs() {
		if fields[id] == nil {
			continue
		}
		out = append(out, onRow("cell.required", "row: no "+id, id, set(fields[id], "", "/", " ")))
	}
	direction := func(e *entry) *string { return &e.direction }
	level := func(e *entry) *string { return &e.level }
	phone := func(e *entry) *string { return &e.phone }
	year := func(e *entry) *string { return &e.year }
	return append(out,
		onRow("cell.not-in-list", "row: direction", "direction", set(direction, "数字化转型", "数字化", "党建引领", "其他", "8")),
		onRow("cell.not-in-list", "row: two directions", "direction", set(direction, "数字化升级、绿色化转型", "协作共享/质量品牌", "治理服务 开放合作")),
		onRow("cell.not-in-list", "row: level", "level", set(level, "市级", "国家级、省级", "县级", "国家级/省级")),
		onRow("cell.format", "row: phone", "phone", set(phone, "1380000000", "138000000001", "12800000000", "0551-628", "无", "138000o0000")),
		onRow("cell.format", "row: year", "year", set(year, "22", "去年", "第一批", "20222")),
		onRow("cell.too-long", "row: title", "title", func(l *lab, e *entry) {
			e.title += strings.Repeat("再接再厉推动集群高质量发展", 6)
			e.file.title = e.title
		}),
		onRow("cell.precision-lost", "row: note", "note", set(func(e *entry) *string { return &e.note }, "1.10105E+17", "3.401E+17")),
		onRow("row.sequence", "row: gap", "seq", func(l *lab, e *entry) { e.seq = "99"; l.also = append(l.also, "row.sequence") }),
		onRow("row.sequence", "row: repeat", "seq", func(l *lab, e *entry) {
			e.seq = "1"
			if l.entries[0].seq == "1" && &l.entries[0] == e {
				e.seq = "2"
			}
		}),
	)
}

func placeFaults() []fault {
	foreign := func(l *lab, e *entry) {
		e.county = map[string]string{"滁州市": "无为市", "合肥市": "天长市", "黄山市": "泾县", "宿州市": "宿松县", "铜陵市": "庐江县", "亳州市": "太和县", "阜阳市": "阜宁县", "马鞍山市": "芜湖经开区"}[l.city]
	}
	own := func(l *lab, e *entry) {
		e.county = map[string]string{"滁州市": "琅琊区", "合肥市": "巢湖市", "黄山市": "屯溪区", "宿州市": "埇桥区", "铜陵市": "郊区", "亳州市": "利辛县", "阜阳市": "颍上县", "马鞍山市": "雨山区"}[l.city]
	}
	return []fault{
		onRow("city.mismatch", "row: city", "city", func(l *lab, e *entry) {
			e.city = map[bool]string{true: "南京市", false: "芜湖市"}[l.rng.Intn(2) == 0]
		}),
		onRow("county.mismatch", "row: county", "county", foreign),
		onRow("county.cluster-mismatch", "row: county of the city", "county", own),
		onRow("county.zone", "row: zone", "county", func(l *lab, e *entry) {
			e.county = []string{"经开区", "市本级", l.city + "高新区", "示范区", strings.TrimSuffix(l.city, "市") + "经济技术开发区"}[l.rng.Intn(5)]
		}),
		{"city.typo", "row: 毫州", func(l *lab) bool {
			n, ok := l.pick()
			if !ok || l.city != "亳州市" || !l.has("city") {
				return false
			}
			l.entries[n].city = "毫州市"
			l.want = append(l.want, want{"city.typo", n, "city", ""})
			return true
		}},
	}
}

func clusterFaults() []fault {
	cluster := func(e *entry) *string { return &e.cluster }
	near := func(l *lab, e *entry) {
		rs := []rune(e.cluster)
		at := len(rs) - 6 // within the industry
		switch l.rng.Intn(3) {
		case 0:
			rs[at] = '甲'
		case 1:
			rs = append(rs[:at], rs[at+1:]...)
		default:
			rs = append(rs[:at], append([]rune{'新'}, rs[at:]...)...)
		}
		e.cluster = string(rs)
	}
	expired := func(l *lab) bool {
		n, ok := l.pick()
		if !ok || l.city != "合肥市" {
			return false
		}
		e := &l.entries[n]
		e.cluster, e.county, e.level, e.year = "合肥市庐阳区示例安防电子产业集群", "庐阳区", "省级", "2020"
		l.want = append(l.want, want{"cluster.expired", n, "cluster", ""})
		return true
	}
	return []fault{
		onRow("cluster.unknown", "row: cluster", "cluster", set(cluster, "航天发动机产业集群", "深海养殖集群", "智能家居特色产业集群")),
		onRow("cluster.near-match", "row: near", "cluster", near),
		onRow("cluster.other-city", "row: other city", "cluster", func(l *lab, e *entry) {
			e.cluster, e.level, e.year = "宁国市示例橡塑密封件产业集群", "国家级", "2022"
		}),
		onRow("cluster.level-mismatch", "row: level of register", "level", func(l *lab, e *entry) {
			e.level = map[string]string{"国家级": "省级", "省级": "国家级"}[e.level]
		}),
		onRow("cluster.year-mismatch", "row: year of register", "year", set(func(e *entry) *string { return &e.year }, "2019", "2018年", "2017.05")),
		{"cluster.expired", "row: expired", expired},
	}
}

func caseFaults() []fault {
	return []fault{
		onFile("case.section-missing", "file: section", func(l *lab, e *entry) {
			n := l.rng.Intn(4)
			e.file.sections[n] = []string{"二、其他情况说明", "三、工作推进", "四、典型事例", "五、补充材料"}[n]
		}),
		onFile("case.too-long", "file: long", func(l *lab, e *entry) { e.file.paras[1] = prose(l.rng.Intn(900), 2480) }),
		onFile("case.too-long", "file: much too long", func(l *lab, e *entry) { e.file.paras[1] = prose(l.rng.Intn(900), 2800) }),
		onFile("case.too-short", "file: short", func(l *lab, e *entry) {
			for i := range e.file.paras {
				e.file.paras[i] = prose(l.rng.Intn(900), 60)
			}
		}),
		onFile("case.pictures", "file: pictures", func(l *lab, e *entry) { e.file.pictures = []int{7, 7}[:l.rng.Intn(3)] }),
		onFile("case.placeholder", "file: placeholder", func(l *lab, e *entry) {
			e.file.paras[0] += []string{"XX市大力支持。", "某××公司牵头建设。", "（请填写集群产值、企业数等情况）", "ＸＸ县主导产业突出。", "***企业参与共建。"}[l.rng.Intn(5)]
		}),
		{"case.duplicate", "file: duplicate", func(l *lab) bool {
			n, ok := l.pick()
			if !ok || n == 0 {
				return false
			}
			l.entries[n].file.paras = append([]string(nil), l.entries[0].file.paras...)
			l.entries[n].file.paras[3] += "补充一句。"
			l.want = append(l.want, want{"case.duplicate", n, "-", l.entries[n].file.name}, want{"case.duplicate", 0, "-", ""})
			l.want = l.want[:len(l.want)-1]
			return true
		}},
		{"case.copy", "pair: renamed copy by name only", func(l *lab) bool {
			n, ok := l.pick()
			if !ok {
				return false
			}
			name := strings.TrimSuffix(l.entries[n].file.name, ".docx") + "（盖章）.pdf"
			l.extra = append(l.extra, made{name: name, bytes: scanPDF()})
			l.want = append(l.want, want{"case.copy", n, "-", name})
			return true
		}},
	}
}

func pairFaults() []fault {
	return []fault{
		{"case.file-missing", "row: file missing", func(l *lab) bool {
			n, ok := l.pick()
			if !ok {
				return false
			}
			l.entries[n].file.absent = true
			l.want = append(l.want, want{"case.file-missing", n, "title", ""})
			return true
		}},
		{"case.row-missing", "file: row missing", func(l *lab) bool {
			e := cleanEntry(l.city, 8)
			e.title = "乡村车间点亮共富路的探索"
			e.file.name = "补充案例.docx"
			l.extra = append(l.extra, made{name: e.file.name, bytes: docx(e.document())})
			l.want = append(l.want, want{"case.row-missing", -1, "", e.file.name})
			return true
		}},
		onRow("case.mismatch", "row: title of file", "title", func(l *lab, e *entry) { e.file.title = strings.Replace(e.title, "组实践", "组的经验", 1) }),
		onRow("case.mismatch", "row: direction of file", "direction", func(l *lab, e *entry) {
			e.file.direct = map[bool]string{true: "治理服务", false: "协作共享"}[e.direction == "协作共享"]
		}),
		onRow("case.mismatch", "row: cluster of file", "cluster", func(l *lab, e *entry) {
			e.file.cluster = "界首市示例再生铅蓄电池产业集群"
			if l.city == "阜阳市" {
				e.file.cluster = "宁国市示例橡塑密封件产业集群"
			}
		}),
		{"row.duplicate", "row: twice", func(l *lab) bool {
			n, ok := l.pick()
			if !ok {
				return false
			}
			e := l.entries[n]
			e.seq = fmt.Sprint(len(l.entries) + 1)
			e.file.absent = true
			l.entries = append(l.entries, e)
			l.want = append(l.want, want{"row.duplicate", len(l.entries) - 1, "title", ""})
			return true
		}},
	}
}

func contentFaults() []fault {
	id := "11010519491231002X"
	return []fault{
		onFile("content.id-number", "file: id", func(l *lab, e *entry) {
			e.file.paras[2] += []string{"负责人身份证号" + id + "。", "身份证 110105 19491231 002X 。", "（１１０１０５１９４９１２３１００２Ｘ）"}[l.rng.Intn(3)]
		}),
		onFile("content.phone", "file: phone", func(l *lab, e *entry) {
			e.file.paras[1] += []string{"咨询请拨打13911112222。", "热线139-1111-2222。", "手机139 1111 2222（微信同号）。"}[l.rng.Intn(3)]
		}),
		onFile("content.bank-card", "file: card", func(l *lab, e *entry) {
			e.file.paras[1] += []string{"账号：6222 0212 3456 7890 128。", "开户银行卡号6222021234567890128。"}[l.rng.Intn(2)]
		}),
		onFile("content.internal-mark", "file: internal", func(l *lab, e *entry) {
			e.file.extra = append(e.file.extra, para([]string{"内部资料　注意保密", "【内部资料】", "内部资料，不得外传。", "工作秘密"}[l.rng.Intn(4)])...)
		}),
		onRow("content.id-number", "row: id in note", "note", set(func(e *entry) *string { return &e.note }, id, "证件号"+id)),
		{"content.classified-mark", "secrecy", func(l *lab) bool {
			mark := []string{"机密★10年", "秘密 ★ 长期", "绝 密 ☆ 三十年", "本件为秘密★5年文件"}[l.rng.Intn(4)]
			n, _ := l.pick()
			e := &l.entries[n]
			switch l.rng.Intn(6) {
			case 0:
				e.file.paras[0] += mark
			case 1:
				e.file.header = mark
			case 2:
				e.file.box = mark
			case 3:
				e.body += mark
			case 4:
				l.texts = append(l.texts, Text{"主题", mark})
			default:
				e.file.name = mark + ".docx"
			}
			l.want = append(l.want, want{"content.classified-mark", -1, "", ""})
			l.also = append(l.also, "content.classified-mark")
			return true
		}},
	}
}

func sheetFaults() []fault {
	table := func(code finding.Code, name string, change func(l *lab, m *made), also ...finding.Code) fault {
		return fault{code, name, func(l *lab) bool {
			if l.layout.name != "plain" {
				return false
			}
			l.table = func(m *made) { change(l, m) }
			l.want = append(l.want, want{code, -1, "", ""})
			l.also = also
			return true
		}}
	}
	rows := func(l *lab) [][]string { return append([][]string{headerRow()}, rowsOf(l.entries)...) }
	return []fault{
		{"sheet.missing", "sheet missing", func(l *lab) bool {
			l.noTable = true
			l.want = append(l.want, want{"sheet.missing", -1, "", ""})
			return true
		}},
		table("sheet.no-header", "sheet header", func(l *lab, m *made) { m.bytes = xlsx(page{name: "Sheet1", rows: rowsOf(l.entries)}) }),
		table("sheet.column-missing", "sheet column", func(l *lab, m *made) {
			at := []int{3, 4, 7, 8, 9, 10}[l.rng.Intn(6)]
			r := rows(l)
			for i := range r {
				r[i] = append(append([]string(nil), r[i][:at]...), r[i][at+1:]...)
			}
			m.bytes = xlsx(page{name: "Sheet1", rows: r})
		}),
		table("sheet.no-rows", "sheet rows", func(l *lab, m *made) {
			m.bytes = xlsx(page{name: "Sheet1", rows: [][]string{{"汇总表"}, headerRow(), {"1"}, {"2"}, {"填表人："}}})
		}),
		table("file.blank-form", "sheet samples only", func(l *lab, m *made) {
			m.bytes = xlsx(page{name: "Sheet1", rows: [][]string{headerRow(), {"例：1", "合肥市", "肥西县", "××集群", "国家级"}}})
		}),
		table("sheet.several", "sheet twice", func(l *lab, m *made) {
			m.bytes = xlsx(page{name: "一", rows: rows(l)}, page{name: "二", rows: rows(l)})
		}),
		table("sheet.extra-column", "sheet extra", func(l *lab, m *made) {
			r := rows(l)
			for i := range r {
				r[i] = append(append([]string(nil), r[i]...), []string{"案例字数", "约1200"}[min(i, 1)])
			}
			m.bytes = xlsx(page{name: "Sheet1", rows: r})
		}),
		table("row.hidden", "sheet hidden row", func(l *lab, m *made) {
			m.bytes = xlsx(page{name: "Sheet1", rows: rows(l), hidden: []int{3}})
		}),
		{"sheet.copy", "sheet stamped", func(l *lab) bool {
			name := "汇总表盖章件.pdf"
			l.extra = append(l.extra, made{name: name, bytes: scanPDF()})
			l.want = append(l.want, want{"sheet.copy", -1, "", name})
			return true
		}},
		{"sheet.copy", "sheet photographed", func(l *lab) bool {
			l.extra = append(l.extra, made{name: "汇总表（盖章）.png", bytes: png(77)})
			l.want = append(l.want, want{"sheet.copy", -1, "", "汇总表（盖章）.png"})
			return true
		}},
	}
}

func fileFaults() []fault {
	extra := func(code finding.Code, name string, f made) fault {
		return fault{code, name, func(l *lab) bool {
			l.extra = append(l.extra, f)
			l.want = append(l.want, want{code, -1, "", f.name})
			return true
		}}
	}
	form := entry{level: "国家级/省级", file: caseFile{sections: []string{"一、集群基本情况", "二、主要做法", "三、取得成效", "四、经验启示"},
		paras: []string{"（简要介绍集群基本情况，500字以内）", "", "", ""}}}
	withoutTitle := form.document()
	withoutTitle.blocks[0].text = "中小企业特色产业集群典型案例"
	gone := func(code finding.Code) fault {
		return fault{code, "case " + string(code), func(l *lab) bool {
			n, ok := l.pick()
			if !ok {
				return false
			}
			l.entries[n].file.absent = true
			x := finding.New(code, finding.Place{})
			l.faults = append(l.faults, File{Name: "材料.zip/" + l.entries[n].file.name, Fault: &x})
			l.want = append(l.want, want{code, -1, "", l.entries[n].file.name})
			return true
		}}
	}
	return []fault{
		onFile("file.unreadable", "broken case", func(l *lab, e *entry) { b := docx(e.document()); e.file.bytes = b[:len(b)/3] }),
		onFile("file.unreadable", "empty case", func(l *lab, e *entry) { e.file.bytes = []byte{} }),
		gone("file.encrypted"), gone("file.limit"),
		extra("file.unsupported", "ofd", made{name: "公文.ofd", bytes: zipped("OFD.xml", `<?xml version="1.0" encoding="UTF-8"?><ofd:OFD xmlns:ofd="http://www.ofdspec.org/2016"></ofd:OFD>`)}),
		extra("file.unrecognised", "another matter", made{name: "会议通知.docx", bytes: docx(word{blocks: para("关于召开安全生产工作会议的通知", "各科室：", "定于下周一上午召开安全生产会议，请准时参加。", "办公室")})}),
		extra("file.unrecognised", "picture", made{name: "IMG_0001.png", bytes: png(500)}),
		extra("file.blank-form", "blank case", made{name: "案例表样.docx", bytes: docx(withoutTitle)}),
		onFile("file.type-mismatch", "docx as doc", func(l *lab, e *entry) { e.file.name = strings.TrimSuffix(e.file.name, "x") }),
		{"mail.duplicate", "same file twice", func(l *lab) bool {
			n, ok := l.pick()
			if !ok {
				return false
			}
			l.extra = append(l.extra, made{name: "副本.docx", bytes: docx(l.entries[n].document())})
			l.want = append(l.want, want{"mail.duplicate", n, "-", "副本.docx"})
			return true
		}},
		onFile("file.macro", "macro", func(l *lab, e *entry) { e.file.bytes = withMacros(docx(e.document())) }),
		onFile("file.scan-only", "scanned case", func(l *lab, e *entry) {
			e.file.name = strings.TrimSuffix(e.file.name, ".docx") + ".pdf"
			e.file.bytes = scanPDF()
		}),
		{"measures.missing", "measures missing", func(l *lab) bool {
			l.measures = nil
			l.want = append(l.want, want{"measures.missing", -1, "", ""})
			return true
		}},
		{"measures.section-missing", "measures section", func(l *lab) bool {
			h := measuresHeadings()
			n := l.rng.Intn(5)
			h[n] = "六、其他"
			m := measuresDoc(l.city, h...)
			l.measures = &m
			l.want = append(l.want, want{"measures.section-missing", -1, "", ""})
			return true
		}},
	}
}
