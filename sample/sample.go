// Package sample makes office files and mails like those that cities send, at run time, for the demo, the integration
// run and the benchmarks. Nothing in it names a real person or a real address.
//
// Files come from Summary, CaseFile, Measures and Zip; Mail.Bytes wraps them the way Outlook, QQ mail or Foxmail do.
package sample

import (
	"fmt"
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
	Paragraphs                                                                      int // of each section; 0: as many as a good case has
	Pictures                                                                        int // -1: none; 0: two
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

// prose is a paragraph of about eighty characters that differs from case to case.
func prose(k Case, section, n int) string {
	turns := [][]string{
		{"%s地处交通要道，产业基础扎实，现有规模以上企业四十余家，配套企业百余家，形成了从原料、部件到整机的完整链条", "近年来%s以“%s”为主线，建立了由主管部门牵头、龙头企业参与、服务机构支撑的工作机制", "集群研发投入占比连续三年提高，拥有省级以上创新平台六个，专精特新企业数量位居全市前列"},
		{"围绕“%[2]s”，%[1]s梳理出十二项共性需求，逐项明确牵头企业、完成时限和验收标准，按月调度", "搭建供需对接平台，把大企业的采购清单和小企业的能力清单放在一起比对，促成合作三十余项", "设立专项资金，对首台套、首批次产品给予风险补偿，引导金融机构开发适合小企业的信用贷款产品"},
		{"一年来，%s营业收入同比增长百分之十二点五，新增就业岗位一千二百个，订单交付周期缩短四分之一", "“%[2]s”的做法使小企业研发费用平均下降两成，产品一次合格率由百分之九十三提高到百分之九十八", "先后有九家企业进入龙头企业的核心供应商名录，带动周边三个乡镇三百余户增收"},
		{"实践表明，%s的发展离不开有效市场和有为政府的结合，要把企业的真实需求作为工作的出发点", "“%[2]s”能够落地，关键在于责任到人、按月通报、以实绩论英雄，避免一发了之", "下一步将总结经验，在全市同类集群推广，并探索建立跨区域的协作机制"},
	}
	t := turns[section][n%3]
	switch strings.Count(t, "%") {
	case 0:
		return t + "。" + k.Title + "是其中的一项具体举措，经过反复试点逐步成熟。"
	default:
		s := fmt.Sprintf(t, k.Cluster, k.Title)
		if i := strings.Index(s, "%!(EXTRA"); i >= 0 {
			s = s[:i]
		}
		return s + "，为" + k.Direction + "积累了可复制的经验。"
	}
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
