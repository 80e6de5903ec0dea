package call

import (
	"embed"
	"time"

	"baosong/parse/finding"
)

//go:embed builtin
var builtin embed.FS

// Zone is the time that calls of the province are meant in.
func Zone() *time.Location { return time.FixedZone("Asia/Shanghai", 8*3600) }

// Default returns the call that ships with baosong: the one of 2024 for typical cases of clusters. Its addresses are
// examples and most of its clusters are plainly marked samples; staff replace both.
func Default() *Call {
	c := defaults()
	c.ID = "2024-typical-cases"
	c.Title = "关于征集中小企业特色产业集群典型案例的通知"
	c.Opened = time.Date(2024, 6, 11, 0, 0, 0, 0, Zone())
	c.Deadline = time.Date(2024, 6, 21, 23, 59, 59, 0, Zone())
	for _, f := range []struct {
		name string
		read func(*table) error
	}{{divisionsFile, c.readDivisions}, {unitsFile, c.readUnits}, {clustersFile, c.readClusters}} {
		b, err := builtin.ReadFile("builtin/" + f.name)
		if err != nil {
			panic("call: internal error: " + err.Error())
		}
		t, err := parseTable(f.name, b)
		if err == nil {
			err = f.read(t)
		}
		if err != nil {
			panic("call: internal error: " + err.Error())
		}
	}
	return c
}

// defaults returns what a call.toml need not say.
func defaults() *Call {
	return &Call{
		Parts: []Part{
			{PartSummary, "汇总表", true},
			{PartCase, "典型案例", true},
			{PartMeasures, "培育举措", true},
		},
		Columns:     defaultColumns(),
		Directions:  []string{"协作共享", "质量品牌", "创新提升", "数字化升级", "绿色化转型", "开放合作", "治理服务"},
		Levels:      []string{"国家级", "省级"},
		Case:        defaultCase(),
		Measures:    defaultMeasures(),
		Rules:       map[finding.Code]finding.Severity{},
		Remind:      []int{5, 3, 1, 0},
		RemindAfter: []int{1, 3},
	}
}

func defaultColumns() []Column {
	return []Column{
		{ID: "seq", Header: "序号", Synonyms: []string{"编号"}},
		{ID: "city", Header: "所在市", Synonyms: []string{"市", "地市", "设区市", "所属市"}},
		{ID: "county", Header: "县（市、区）", Synonyms: []string{"县区", "所在县区", "所在县（市、区）"}},
		{ID: "cluster", Header: "集群名称", Synonyms: []string{"产业集群名称", "特色产业集群", "特色产业集群名称", "所属集群"}, Required: true},
		{ID: "level", Header: "集群级别", Synonyms: []string{"级别", "认定级别", "集群级别（国家级/省级）"}, Required: true},
		{ID: "year", Header: "认定年度", Synonyms: []string{"认定年份", "认定时间"}},
		{ID: "title", Header: "案例名称", Synonyms: []string{"案例标题", "典型案例名称", "题目", "案例题目"}, Required: true, MaxWords: 60},
		{ID: "direction", Header: "案例方向", Synonyms: []string{"案例类型", "案例类别", "所属方向", "征集方向", "重点方向", "案例方向（七选一）"}, Required: true},
		{ID: "body", Header: "案例报送单位", Synonyms: []string{"报送单位", "申报单位"}, Required: true},
		{ID: "contact", Header: "联系人", Synonyms: []string{"案例联系人"}, Required: true},
		{ID: "phone", Header: "联系电话", Synonyms: []string{"电话", "手机", "联系方式", "手机号码"}, Required: true},
		{ID: "note", Header: "备注", Synonyms: []string{"说明"}},
	}
}

func defaultCase() CaseForm {
	return CaseForm{
		Facts: []Fact{
			{"title", "案例名称", []string{"案例标题", "典型案例名称", "案例题目"}},
			{"cluster", "所属集群", []string{"集群名称", "产业集群名称", "特色产业集群名称"}},
			{"level", "集群级别", []string{"级别", "认定级别"}},
			{"direction", "案例方向", []string{"案例类型", "案例类别", "所属方向", "征集方向", "重点方向"}},
			{"body", "报送单位", []string{"案例报送单位", "申报单位"}},
			{"contact", "联系人", []string{"案例联系人"}},
			{"phone", "联系电话", []string{"电话", "手机", "联系方式", "手机号码"}},
		},
		Sections: []Section{
			{"集群基本情况", []string{"集群概况", "基本情况"}},
			{"主要做法", []string{"做法"}},
			{"取得成效", []string{"成效", "主要成效", "取得的成效", "工作成效"}},
			{"经验启示", []string{"启示", "经验", "推广价值"}},
		},
		MinWords: 500, MaxWords: 3000, HardWords: 3300, Pictures: 2,
	}
}

func defaultMeasures() MeasuresForm {
	return MeasuresForm{
		Title: "中小企业特色产业集群培育举措",
		Sections: []Section{
			{"总体情况", []string{"集群总体情况"}},
			{"政策措施", []string{"政策举措"}},
			{"工作机制", nil},
			{"服务活动", nil},
			{"下一步打算", []string{"下一步工作打算", "下步打算", "下一步工作计划", "下一步计划", "下一步工作安排"}},
		},
	}
}
