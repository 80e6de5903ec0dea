// Package sample makes office files and mails like those that cities send, at run time, for the demo, the integration
// run and the benchmarks. Nothing in it names a real person or a real address.
//
// Files come from Summary, CaseFile, Measures and Zip; Mail.Bytes wraps them the way Outlook, QQ mail or Foxmail do.
package sample

import (
	"fmt"
	"hash/fnv"
	"strings"

	"baosong/parse/call"
)

// File is a file to attach.
type File struct {
	Name string
	Data []byte
}

// Case is one case as a city would write it.
type Case struct {
	Title, Cluster, Level, City, County, Year, Direction, Body, Contact, Phone, Note string
	Paragraphs                                                                       int // of each section; 0: as many as a good case has
	Pictures                                                                         int // -1: none; 0: two
}

var topics = []string{
	"链主企业带动上下游协同攻关", "共建检测平台提升产品质量", "产学研联合攻关关键共性技术", "百家企业上云用数赋智",
	"园区屋顶光伏与余热回用", "抱团参展开拓海外市场", "一站式企业服务专员制度",
}

// Cases makes n sound cases for a unit, on its own clusters, one direction after the other.
func Cases(c *call.Call, u *call.Unit, n int) []Case {
	var clusters []call.Cluster
	for _, k := range c.Clusters {
		if k.City == u.City && k.Review != "未通过" && k.Review != "撤销" && (k.ValidTo.IsZero() || !k.ValidTo.Before(c.Opened)) {
			clusters = append(clusters, k)
		}
	}
	if len(clusters) == 0 {
		return nil
	}
	out := make([]Case, n)
	for i := range out {
		k := clusters[i%len(clusters)]
		topic := topics[i%len(topics)]
		if i >= len(topics) {
			topic += fmt.Sprintf("（之%d）", i/len(topics)+1)
		}
		out[i] = Case{Title: strings.TrimSuffix(u.City, "市") + topic, Cluster: k.Name, Level: k.Level, City: u.City, County: k.County,
			Year: fmt.Sprint(k.Year), Direction: c.Directions[i%len(c.Directions)], Body: k.County + "经济和信息化主管部门",
			Contact: "联系人甲", Phone: fmt.Sprintf("0551-6280%04d", i)}
	}
	return out
}

// CaseFile writes a case as a Word file: title, table of basic facts, four sections, pictures.
func CaseFile(k Case) File {
	d := &docx{}
	d.heading(k.Title)
	d.table([][2]string{{"案例名称", k.Title}, {"所属集群", k.Cluster}, {"集群级别", k.Level}, {"案例方向", k.Direction},
		{"报送单位", k.Body}, {"联系人", k.Contact}, {"联系电话", k.Phone}})
	n := k.Paragraphs
	if n == 0 {
		n = 3
	}
	for i, section := range []string{"一、集群基本情况", "二、主要做法", "三、取得成效", "四、经验启示"} {
		d.paragraph(section)
		for j := range n {
			d.paragraph(prose(k, i, j))
		}
	}
	pictures := k.Pictures
	if pictures == 0 {
		pictures = 2
	}
	for i := range max(pictures, 0) {
		d.picture(len(k.Title)*31 + i)
	}
	return File{Name: k.Title + ".docx", Data: d.bytes()}
}

// Phrases from which prose is put together: when, who, what, how, and what came of it.
var (
	whens   = []string{"近两年来", "自认定以来", "今年上半年", "去年第四季度", "在三年行动期间", "培育期内", "从调研摸底开始", "结合本地实际"}
	whos    = []string{"集群运营机构", "龙头企业联合十余家配套企业", "县区主管部门", "行业协会", "公共服务平台", "高校技术转移中心", "产业链链长专班", "园区管理方"}
	whats   = []string{"梳理出共性技术需求二十三项", "组织了七场供需对接会", "建成共享实验室与中试基地", "推行首席质量官制度", "设立五千万元的产业基金", "完成四十六家企业的诊断", "制定了团体标准三项", "搭建了零部件协同采购目录"}
	hows    = []string{"采取揭榜挂帅的方式推进", "实行清单管理、按月调度", "由专班逐户上门服务", "以订单为牵引分步实施", "通过联合体共担风险", "引入第三方机构评估", "依托省级平台线上撮合", "坚持先试点后推广"}
	results = []string{"配套率由四成提高到六成", "交付周期平均缩短九天", "新增专利一百一十二件", "产品不良率下降一半", "带动就业八百余人", "节约采购成本一千余万元", "培育专精特新企业十四家", "出口额同比增长百分之十八"}
)

// prose is a paragraph of about a hundred characters; no two cases share more than a few of them.
func prose(k Case, section, n int) string {
	h := fnv.New32a()
	fmt.Fprintf(h, "%s %s %d %d", k.Cluster, k.Title, section, n)
	seed := h.Sum32()
	pick := func(from []string) string {
		seed = seed*1664525 + 1013904223
		return from[seed>>16%uint32(len(from))]
	}
	var b strings.Builder
	for range 2 {
		fmt.Fprintf(&b, "%s，%s围绕%s%s，%s，%s。", pick(whens), pick(whos), k.Cluster, pick(whats), pick(hows), pick(results))
	}
	return b.String()
}

// Measures writes a city's measures document.
func Measures(city string) File {
	d := &docx{}
	d.heading(city + "中小企业特色产业集群培育举措")
	for _, section := range []string{"一、总体情况", "二、政策措施", "三、工作机制", "四、服务活动", "五、下一步打算"} {
		d.paragraph(section)
		for range 2 {
			d.paragraph(city + "坚持分类指导、梯度培育，围绕" + strings.TrimLeft(section, "一二三四五、") + "开展工作，建立了年初有计划、季度有调度、年底有评估的闭环，各县区按要求落实到位。")
		}
	}
	return File{Name: city + "中小企业特色产业集群培育举措.docx", Data: d.bytes()}
}
