package parse

import (
	"fmt"
	"strings"

	"baosong/parse/call"
)

// entry is one case of a made submission: the row of the summary sheet and what its file says.
type entry struct {
	city, county, cluster, level, year, title, direction, body, contact, phone, note string
	seq                                                                              string
	file                                                                             caseFile
}

type caseFile struct {
	name     string
	title    string // in the facts table; empty: the row's
	cluster  string
	direct   string
	sections []string // headings
	paras    []string // one below each heading
	extra    []block
	pictures []int
	header   string
	box      string
	absent   bool
	bytes    []byte // instead of the made document
}

func headerRow() []string {
	return []string{"序号", "所在市", "县（市、区）", "集群名称", "集群级别", "认定年度", "案例名称", "案例方向", "案例报送单位", "联系人", "联系电话", "备注"}
}

func (e entry) row() []string {
	return []string{e.seq, e.city, e.county, e.cluster, e.level, e.year, e.title, e.direction, e.body, e.contact, e.phone, e.note}
}

// prose is Chinese running text of about n characters that differs by seed.
func prose(seed, n int) string {
	parts := []string{"集群内企业围绕主导产业延链补链", "龙头企业开放供应链场景", "中小企业承接配套订单", "公共服务平台提供检验检测", "高校院所共建中试基地", "主管部门建立专班推进机制",
		"金融机构推出集群专属产品", "企业加大研发投入", "智能化改造覆盖主要工序", "能耗水耗逐年下降", "产品质量稳步提升", "区域品牌影响力不断扩大", "开展供需对接活动", "组织人才培训班", "推动标准制定",
		"建设共享仓储", "优化营商环境", "拓展海外市场", "实施数字化诊断", "完善知识产权服务"}
	var b strings.Builder
	count := 0
	for i := 0; count < n; i++ {
		k := (seed*7919 + i*i*31 + i*(seed%13+3)) % len(parts)
		s := fmt.Sprintf("%s，第%d项任务落实到位。", parts[k], (seed*37+i*17)%97+1)
		b.WriteString(s)
		count += len([]rune(s))
	}
	return b.String()
}

func (e entry) document() word {
	f := e.file
	or := func(a, b string) string {
		if a == "" {
			return b
		}
		return a
	}
	title := or(f.title, e.title)
	w := word{header: f.header, box: f.box}
	w.blocks = append(w.blocks, para(title)...)
	w.blocks = append(w.blocks, block{table: [][]string{
		{"案例名称", title, "<", "<"},
		{"所属集群", or(f.cluster, e.cluster), "集群级别", e.level},
		{"案例方向", or(f.direct, e.direction), "报送单位", e.body},
		{"联系人", e.contact, "联系电话", e.phone},
	}})
	for i, h := range f.sections {
		w.blocks = append(w.blocks, para(h, f.paras[i])...)
	}
	w.blocks = append(w.blocks, f.extra...)
	for _, p := range f.pictures {
		w.blocks = append(w.blocks, block{picture: p})
	}
	return w
}

func measuresDoc(city string, headings ...string) word {
	w := word{blocks: para(city + "中小企业特色产业集群培育举措")}
	for i, h := range headings {
		w.blocks = append(w.blocks, para(h, prose(900+i, 120))...)
	}
	return w
}

func measuresHeadings() []string {
	return []string{"一、总体情况", "二、政策措施", "三、工作机制", "四、服务活动", "五、下一步打算"}
}

// cleanEntry is a faultless case of a city for the n-th time.
func cleanEntry(city string, n int) entry {
	c := call.Default()
	var list []call.Cluster
	for _, k := range c.Clusters {
		if k.City == city && k.Review == "" && k.ValidTo.IsZero() {
			list = append(list, k)
		}
	}
	k := list[n%len(list)]
	themes := []string{"共建共享检测平台，打通协作堵点", "以质取胜擦亮区域品牌", "产学研联动破解关键技术", "数据驱动车间焕新升级", "绿色工厂带动低碳转型", "借船出海拓展国际市场", "一站式服务护航企业成长"}
	numerals := []string{"甲", "乙", "丙", "丁", "戊", "己", "庚", "辛", "壬", "癸"}
	e := entry{seq: fmt.Sprint(n + 1), city: city, county: k.County, cluster: k.Name, level: k.Level, year: fmt.Sprint(k.Year),
		title:     fmt.Sprintf("%s——%s%s组实践", themes[n%7], strings.TrimSuffix(k.County, "县"), numerals[n%10]),
		direction: c.Directions[n%7], body: k.County + "工业和信息化局", contact: "张三", phone: "13800000000"}
	e.file = caseFile{
		name:     fmt.Sprintf("案例%d：%s.docx", n+1, e.title),
		sections: []string{"一、集群基本情况", "二、主要做法", "三、取得成效", "四、经验启示"},
		pictures: []int{n*2 + 1, n*2 + 2},
	}
	for i := range e.file.sections {
		e.file.paras = append(e.file.paras, prose(n*10+i+1, 220))
	}
	return e
}
