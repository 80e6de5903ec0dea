package parse

import (
	"slices"
	"strings"
	"testing"

	"baosong/parse/call"
	"baosong/parse/finding"
)

// reading is one line of the call's settled readings: a change to a clean submission of three cases and exactly the codes
// that must then be told; notes are named with a leading "n:".
type reading struct {
	name   string
	change func(s *made3)
	want   []string
}

// made3 is a clean submission of 滁州 with three cases that a reading changes.
type made3 struct {
	unit     string
	entries  []entry
	header   []string
	pages    func(rows [][]string) []page
	measures word
	extra    []made
	texts    []Text
	rowsDone func(rows [][]string) [][]string
	partial  bool
	noSheet  bool
	call     func(c *call.Call)
}

func (s *made3) files() []made {
	rows := [][]string{s.header}
	for _, e := range s.entries {
		rows = append(rows, e.row())
	}
	if s.rowsDone != nil {
		rows = s.rowsDone(rows)
	}
	pages := []page{{name: "Sheet1", rows: rows}}
	if s.pages != nil {
		pages = s.pages(rows)
	}
	var out []made
	if !s.noSheet {
		out = append(out, made{name: "汇总表.xlsx", bytes: xlsx(pages...)})
	}
	for _, e := range s.entries {
		if e.file.absent {
			continue
		}
		b := e.file.bytes
		if b == nil {
			b = docx(e.document())
		}
		out = append(out, made{name: e.file.name, bytes: b})
	}
	if len(s.measures.blocks) > 0 {
		out = append(out, made{name: "培育举措.docx", bytes: docx(s.measures)})
	}
	return append(out, s.extra...)
}

func both(field string, value string) func(*made3) {
	return func(s *made3) {
		e := &s.entries[1]
		if e.file.title == "" {
			e.file.title, e.file.cluster, e.file.direct = e.title, e.cluster, e.direction
		}
		switch field {
		case "city":
			e.city = value
		case "county":
			e.county = value
		case "cluster":
			e.cluster = value
		case "level":
			e.level = value
		case "year":
			e.year = value
		case "title":
			e.title = value
		case "direction":
			e.direction = value
		case "phone":
			e.phone = value
		case "note":
			e.note = value
		case "seq":
			e.seq = value
		case "body":
			e.body = value
		}
	}
}

func addPara(text string) func(*made3) {
	return func(s *made3) { s.entries[1].file.extra = append(s.entries[1].file.extra, para(text)...) }
}

func readings() []reading {
	return slices.Concat(cellReadings(), sheetReadings(), partReadings(), fileReadings(), contentReadings())
}

func cellReadings() []reading {
	silent := func(field string, values ...string) []reading {
		var out []reading
		for _, v := range values {
			out = append(out, reading{field + " " + v, both(field, v), nil})
		}
		return out
	}
	out := slices.Concat(
		silent("city", "滁州", "安徽省滁州市", "滁 州 市", ""),
		silent("county", "来安", "滁州市来安县", "", "來安縣"),
		silent("cluster", "来安县轨道交通装备特色产业集群", "滁州市来安县轨道交通装备产业集群", "安徽省来安县轨道交通装备中小企业特色产业集群", "来安县轨道交通装备集群", "来安县 轨道交通装备 产业集群", "来安县（轨道交通装备）产业集群", "來安縣軌道交通裝備產業集群", "来安县轨道交通装备", "来安县轨道交通装备产业集群（省级）", "省级来安县轨道交通装备产业集群", "来安县轨道交通装备产业集群（2023年认定）"),
		silent("level", "省", "省 级", "省级 "),
		silent("year", "2023年", "2023.12", "2023-06-01", "２０２３", "2023年6月", "", "二〇二三年", "2023-06-01 00:00:00", "6/30/2023", "2023年底"),
		silent("direction", "质量品牌方向", "二、质量品牌", "（二）质量品牌", "2.质量品牌", "2、质量品牌方向", "質量品牌", " 质量 品牌"),
		silent("phone", "0550-3000000", "+86-550-3000000", "(0550)3000000", "+86 138 0000 0000", "13800000000、0550-3000000", "0550-3000000转8001", "400-800-1234", "１３８００００００００", "3000000", "13800000000（微信同号）", "张三 13800000000"),
		silent("seq", "2.", "02", "二", "", "（2）"),
		silent("note", "联系手机13911112222", "无"),
	)
	return append(out,
		reading{"county 高新区", both("county", "高新区"), []string{"n:county.zone"}},
		reading{"county 市直", both("county", "市直"), []string{"n:county.zone"}},
		reading{"county 苏滁现代产业园", both("county", "苏滁现代产业园"), []string{"n:county.zone"}},
		reading{"county 郊区", both("county", "郊区"), nil},
		reading{"county of the city", both("county", "琅琊区"), []string{"county.cluster-mismatch"}},
		reading{"county elsewhere", both("county", "肥西县"), []string{"county.mismatch"}},
		reading{"city elsewhere", both("city", "合肥市"), []string{"city.mismatch"}},
		reading{"near", both("cluster", "来安县轨道交通装配产业集群"), []string{"cluster.near-match"}},
		reading{"other industry", both("cluster", "来安县家用电器产业集群"), []string{"cluster.unknown"}},
		reading{"other city", both("cluster", "合肥市蜀山区环境智能监测技术与装备制造产业集群"), []string{"cluster.other-city"}},
		reading{"level of register", both("level", "国家级"), []string{"cluster.level-mismatch"}},
		reading{"year of register", both("year", "2021"), []string{"cluster.year-mismatch"}},
		reading{"数字化转型", both("direction", "数字化转型"), []string{"cell.not-in-list"}},
		reading{"title with other marks", both("title", "以质取胜擦亮区域品牌--来安乙组实践"), nil},
		reading{"title a few characters off", both("title", "以质取胜擦亮区域新品牌——来安乙组实践"), []string{"case.mismatch"}},
		reading{"title of another case", both("title", "工匠精神照亮产业工人成长之路"), []string{"case.file-missing", "case.row-missing"}},
		reading{"gap", both("seq", "7"), []string{"row.sequence"}},
		reading{"two titles of two clusters", func(s *made3) {
			for i := range 2 {
				s.entries[i].title, s.entries[i].file.title = "抱团发展", ""
			}
		}, nil},
		reading{"expired at the end of the day before", clusterDates("2020-01-01", "2024-06-10", ""), []string{"cluster.expired"}},
		reading{"valid to the day itself", clusterDates("2020-01-01", "2024-06-11", ""), nil},
		reading{"valid from the day itself", clusterDates("2024-06-11", "", "通过"), nil},
		reading{"valid from the day after", clusterDates("2024-06-12", "", ""), []string{"cluster.expired"}},
		reading{"review failed", clusterDates("", "", "未通过"), []string{"cluster.expired"}},
		reading{"withdrawn", clusterDates("", "", "撤销"), []string{"cluster.expired"}},
	)
}

func clusterDates(from, to, review string) func(*made3) {
	return func(s *made3) {
		s.call = func(c *call.Call) {
			for i := range c.Clusters {
				if k := &c.Clusters[i]; k.Name == "来安县轨道交通装备产业集群" {
					k.ValidFrom, k.ValidTo, k.Review = day(from), day(to), review
				}
			}
		}
	}
}

func sheetReadings() []reading {
	second := func(rows [][]string) []page {
		return []page{{name: "说明", rows: [][]string{{"请在第二张表填写"}}}, {name: "汇总", rows: rows}}
	}
	return []reading{
		{"clean", func(s *made3) {}, nil},
		{"second sheet", func(s *made3) { s.pages = second }, nil},
		{"five title rows", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				return append([][]string{{"附件2"}, {"汇总表"}, {"填报单位（盖章）：滁州市工信局"}, {"填表日期：2024年6月18日"}, {"说明：每个集群可报多个案例"}}, rows...)
			}
		}, nil},
		{"header of columns", func(s *made3) { s.header[3], s.header[6], s.header[10] = "所属集群", "题目", "联系方式" }, nil},
		{"extra column", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				for i := range rows {
					rows[i] = append(rows[i], []string{"案例字数", "1200"}[min(i, 1)])
				}
				return rows
			}
		}, []string{"n:sheet.extra-column"}},
		{"hidden row", func(s *made3) {
			s.pages = func(rows [][]string) []page { return []page{{name: "a", rows: rows, hidden: []int{2, 3}}} }
		}, []string{"n:row.hidden", "n:row.hidden"}},
		{"sample by second cell", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				return slices.Insert(rows, 1, []string{"1", "例：合肥市", "肥西县", "某集群", "市级"})
			}
		}, nil},
		{"sample with a number", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				return slices.Insert(rows, 1, []string{"例1", "合肥市", "肥西县", "某集群", "市级", "", "某案例"})
			}
		}, nil},
		{"sample named in its number, which is the last column", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				rows = slices.Insert(rows, 1, []string{"示例", "合肥市", "肥西县", "某集群", "市级", "", "某案例"})
				for i, r := range rows {
					for len(r) < 12 {
						r = append(r, "")
					}
					rows[i] = append(slices.Clone(r[1:]), r[0])
				}
				return rows
			}
		}, nil},
		{"a fault in a cell of several rows is told once", func(s *made3) {
			for i := range s.entries[:3] {
				s.entries[i].level, s.entries[i].contact = "", ""
			}
			s.entries[0].level = "市级"
			s.pages = func(rows [][]string) []page {
				return []page{{name: "a", rows: rows, merges: []string{"E2:E4", "J2:J4"}}}
			}
		}, []string{"cell.not-in-list", "cell.required"}},
		{"an extract of the register before the table", func(s *made3) {
			s.pages = func(rows [][]string) []page {
				return []page{{name: "集群名单", rows: [][]string{{"序号", "集群名称", "级别", "认定年度", "所在市", "县区"}, {"1", "天长市智能仪器仪表产业集群", "国家级", "2022", "滁州市", "天长市"}}}, {name: "a", rows: rows}}
			}
		}, nil},
		{"who signs and when, and a row of dots", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				dots := slices.Repeat([]string{"……"}, 12)
				return append(rows, dots, []string{"滁州市工业和信息化局", "", "", "", "", "", "", "", "2024年6月18日"}, []string{"", "", "", "", "", "", "", "", "2024年6月18日"})
			}
		}, nil},
		{"stamp and date in any column", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				for i, text := range []string{"（盖章）", "2024年6月18日", "单位（公章）", "盖 章"} {
					for _, col := range []int{3, 4, 6, 7, 8} {
						row := make([]string, 12)
						row[(col+i)%9] = text
						rows = append(rows, row)
					}
				}
				return append(rows, []string{"", "", "", "2024年6月18日", "", "", "（盖章）"})
			}
		}, nil},
		{"contacts on a sheet of their own", func(s *made3) {
			s.pages = func(rows [][]string) []page {
				return []page{{name: "联系人", rows: [][]string{{"序号", "姓名", "职务", "手机号码"}, {"1", "赵六", "科长", "13911112222"}}}, {name: "a", rows: rows}}
			}
		}, nil},
		{"total and signature", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				return append(rows, []string{"合  计", "", "", "3个"}, []string{"填表人：王五", "", "联系电话：13900000000"}, []string{"注：请填写完整"})
			}
		}, nil},
		{"hints below the header", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				return slices.Insert(rows, 1, []string{"", "（全称）", "（全称）", "（按认定文件填写）", "（国家级/省级）", "（四位数字）", "（不超过60字）", "（七选一）", "（全称）", "", "（手机）"})
			}
		}, nil},
		{"numbered columns", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				return slices.Insert(rows, 1, []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12"})
			}
		}, nil},
		{"no rows", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string { return rows[:1] }
		}, []string{"sheet.no-rows"}},
		{"header without bracket words", func(s *made3) {
			s.header[6], s.header[4], s.header[8] = "案例名称（不超过60字）", "集群级别\n（国家级/省级）", "*案例报送单位"
		}, nil},
	}
}

func partReadings() []reading {
	return []reading{
		{"letter", func(s *made3) {
			s.extra = append(s.extra, made{name: "函.docx", bytes: docx(word{blocks: para("滁州市工业和信息化局关于报送中小企业特色产业集群典型案例和培育举措的函", "省工业和信息化厅：", "现将有关材料报上。", "联系人：张三，13911112222")})})
		}, nil},
		{"letter named so", func(s *made3) {
			s.extra = append(s.extra, made{name: "报送函.docx", bytes: docx(word{blocks: para("省工业和信息化厅：", "现报上材料，请审阅。咨询13911112222")})})
		}, nil},
		{"partial", func(s *made3) {
			s.partial, s.noSheet, s.measures = true, true, word{}
		}, nil},
		{"a row of instructions under the header", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				hint := make([]string, len(rows[0]))
				for i := range hint {
					hint[i] = "按认定文件"
				}
				hint[0] = "填写说明"
				return append([][]string{rows[0], hint}, rows[1:]...)
			}
		}, nil},
		{"the sheet as a picture is told once", func(s *made3) {
			s.noSheet, s.extra = true, append(s.extra, made{name: "汇总表.png", bytes: png(77)})
		}, []string{"sheet.missing"}},
		{"the sheet as a scan is told once", func(s *made3) {
			s.noSheet, s.extra = true, append(s.extra, made{name: "汇总表.pdf", bytes: scanPDF()})
		}, []string{"sheet.missing"}},
		{"a row copied with its number is told once", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string { return append(rows, rows[2]) }
		}, []string{"row.duplicate"}},
		{"a row copied in between, numbered on", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				last := slices.Clone(rows[3])
				again := slices.Clone(rows[2])
				again[0], last[0] = "3", "4"
				return append(rows[:3:3], again, last)
			}
		}, []string{"row.duplicate"}},
		{"no sheet", func(s *made3) { s.noSheet = true }, []string{"sheet.missing"}},
		{"identical second table", func(s *made3) {
			s.pages = func(rows [][]string) []page { return []page{{name: "a", rows: rows}, {name: "b", rows: rows}} }
		}, []string{"sheet.several"}},
		{"empty second form", func(s *made3) {
			s.pages = func(rows [][]string) []page {
				return []page{{name: "a", rows: rows}, {name: "b", rows: [][]string{headerRow()}}}
			}
		}, nil},
		{"hidden sheet", func(s *made3) {
			s.pages = func(rows [][]string) []page {
				return []page{{name: "old", rows: rows[:2], unseen: true}, {name: "new", rows: rows}}
			}
		}, nil},
		{"columns that may be absent", func(s *made3) {
			s.rowsDone = func(rows [][]string) [][]string {
				for i, r := range rows {
					rows[i] = []string{r[3], r[4], r[6], r[7], r[8], r[9], r[10]}
				}
				return rows
			}
		}, nil},
		{"another city's measures", func(s *made3) { s.measures = measuresDoc("芜湖市", measuresHeadings()...) }, []string{"city.mismatch"}},
		{"measures missing", func(s *made3) { s.measures = word{} }, []string{"measures.missing"}},
		{"unit unknown", func(s *made3) { s.unit = ""; s.entries[1].city = "合肥市" }, []string{"county.mismatch"}},
	}
}

func fileReadings() []reading {
	sections := func(list ...string) func(*made3) {
		return func(s *made3) { s.entries[1].file.sections = list }
	}
	words := func(n int) func(*made3) {
		return func(s *made3) {
			f := &s.entries[1].file
			f.sections = []string{"集群概况", "做法", "成效", "启示"} // 4+2+2+2 words
			f.paras = []string{strings.Repeat("字", n-10-3), "一", "二", "三"}
		}
	}
	return []reading{
		{"headings without numbers", sections("集群概况", "做法", "主要成效", "推广价值"), nil},
		{"headings numbered otherwise", sections("（一）基本情况", "2．主要做法", "第三部分 取得的成效", "④ 经验"), nil},
		{"headings in brackets", sections("【集群基本情况】", "一 、主要做法", "〔取得成效〕", "四 经验启示"), nil},
		{"section gone", sections("一、集群基本情况", "二、主要做法", "三、取得成效", "四、后记"), []string{"case.section-missing"}},
		{"3000 words", words(3000), nil},
		{"3001 words", words(3001), []string{"case.too-long"}},
		{"3300 words", words(3300), []string{"case.too-long"}},
		{"500 words", words(500), nil},
		{"499 words", words(499), []string{"case.too-short"}},
		{"one picture twice", func(s *made3) { s.entries[1].file.pictures = []int{5, 5} }, []string{"case.pictures"}},
		{"picture as a file", func(s *made3) {
			s.entries[1].file.pictures = []int{5}
			s.extra = append(s.extra, made{name: s.entries[1].title + "图2.png", bytes: png(99)})
		}, nil},
		{"picture of nothing", func(s *made3) { s.extra = append(s.extra, made{name: "DSC001.png", bytes: png(99)}) }, []string{"file.unrecognised"}},
		{"stamped copy", func(s *made3) {
			s.extra = append(s.extra, made{name: strings.TrimSuffix(s.entries[1].file.name, ".docx") + ".pdf", bytes: scanPDF()})
		}, []string{"n:case.copy"}},
		{"scan alone", func(s *made3) {
			s.entries[1].file.name, s.entries[1].file.bytes = s.entries[1].title+".pdf", scanPDF()
		}, []string{"file.scan-only"}},
		{"measures as a scan alone", func(s *made3) {
			s.measures = word{}
			s.extra = append(s.extra, made{name: "滁州市培育举措.pdf", bytes: scanPDF()})
		}, []string{"file.scan-only"}},
		{"the case twice under two titles", func(s *made3) { s.entries[2].file.paras = s.entries[1].file.paras }, []string{"case.duplicate"}},
		{"file names say nothing", func(s *made3) {
			for i := range s.entries {
				s.entries[i].file.name = []string{"1.docx", "新建文档.docx", "最终版(3).docx"}[i]
			}
		}, nil},
		{"the measures cannot be read and their name says nothing", func(s *made3) {
			s.measures = word{}
			s.extra = append(s.extra, made{name: "附件4.docx", bytes: []byte{}})
		}, []string{"file.unreadable"}},
		{"an archive that cannot be opened may hold all that is missing", func(s *made3) {
			s.measures = word{}
			for i := range s.entries {
				s.entries[i].file.absent = true
			}
			s.extra = append(s.extra, made{name: "案例.rar", bytes: []byte("Rar!\x1A\x07\x00broken")})
		}, []string{"file.unsupported"}},
		{"empty file", func(s *made3) { s.entries[1].file.bytes = []byte{} }, []string{"file.unreadable"}},
		{"not the name but the content", func(s *made3) { s.entries[1].file.name = "汇总表.docx" }, nil},
	}
}

func contentReadings() []reading {
	return []reading{
		{"trade secret", addPara("企业注重保护商业秘密和机密信息，不涉及国家秘密。"), nil},
		{"credit code", addPara("统一社会信用代码：11010519491231002X，另有91340100MA2N00000X。"), nil},
		{"id", addPara("身份证：11010519491231002X"), []string{"content.id-number"}},
		{"id over two lines", func(s *made3) {
			s.entries[1].file.extra = para("证件号码 1101051949", "1231002X")
		}, []string{"content.id-number"}},
		{"id with a wrong check digit", addPara("编号110105194912310022"), nil},
		{"phone on a contact line", addPara("联系人：李四 13911112222"), nil},
		{"phone in the text", addPara("详询李四，13911112222。"), []string{"content.phone"}},
		{"card beside a word", addPara("对公账号6222021234567890128"), []string{"content.bank-card"}},
		{"card beside a word with a blank in it", addPara("账 号：6222021234567890128"), []string{"content.bank-card"}},
		{"card below a word", func(s *made3) {
			s.entries[1].file.extra = []block{{table: [][]string{{"户名", "账号"}, {"某公司", "6222021234567890128"}}}}
		}, []string{"content.bank-card"}},
		{"card far from a word", addPara("银行授信规模持续扩大，累计发放专项贷款若干笔，编号6222021234567890128"), nil},
		{"internal", addPara("内部资料　注意保密"), []string{"content.internal-mark"}},
		{"internal in a sentence", addPara("企业建立内部资料管理制度，注意保密工作。"), nil},
		{"placeholder", addPara("××县大力支持"), []string{"case.placeholder"}},
		{"masked number", addPara("热线138****0000，尺寸20×30毫米，型号XX-3。"), nil},
		{"secrecy", addPara("秘密★5年"), []string{"content.classified-mark"}},
		{"secrecy in the header", func(s *made3) { s.entries[0].file.header = "机 密 ★ 10 年" }, []string{"content.classified-mark"}},
		{"secrecy in a box", func(s *made3) { s.entries[0].file.box = "秘密☆长期" }, []string{"content.classified-mark", "content.classified-mark"}},
		{"secrecy on a worksheet's page", func(s *made3) {
			s.pages = func(rows [][]string) []page {
				return []page{{name: "a", rows: rows, print: `&L&"黑体"&14机密★&R5年`}}
			}
		}, []string{"content.classified-mark"}},
		{"secrecy without a term", addPara("机密★"), nil},
		{"secrecy in the subject", func(s *made3) { s.texts = []Text{{"主题", "报送机密★3年材料"}} }, []string{"content.classified-mark"}},
		{"precision", both("note", "1.10105E+17"), []string{"cell.precision-lost"}},
		{"precision of a phone", both("phone", "1.38E+10"), []string{"cell.precision-lost"}},
	}
}

func TestReadings(t *testing.T) {
	t.Parallel()
	for _, rd := range readings() {
		t.Run(rd.name, func(t *testing.T) {
			t.Parallel()
			s := &made3{unit: "chuzhou", header: headerRow(), measures: measuresDoc("滁州市", measuresHeadings()...)}
			for i := range 3 {
				s.entries = append(s.entries, cleanEntry("滁州市", i))
			}
			rd.change(s)
			c := call.Default()
			if s.call != nil {
				s.call(c)
			}
			r := checkCall(t, c, Submission{Unit: s.unit, Files: onDisk(t, s.files()...), Texts: s.texts, Partial: s.partial})
			var got []string
			for _, f := range r.Findings {
				code := string(f.Code)
				if f.Severity == finding.Note {
					code = "n:" + code
				}
				got = append(got, code)
			}
			want := slices.Clone(rd.want)
			slices.Sort(got)
			slices.Sort(want)
			if !slices.Equal(got, want) {
				t.Errorf("got %v, want %v:%s", got, want, show(r.Findings))
			}
		})
	}
}
