package rule

import (
	"testing"

	"baosong/parse/call"
)

func TestCity(t *testing.T) {
	t.Parallel()
	p := NewPlaces(call.Default())
	for text, want := range map[string]string{"合肥市": "合肥市", "合肥": "合肥市", "安徽省合肥市": "合肥市", "安徽合肥": "合肥市", "毫州": "亳州市", "毫州市": "亳州市", "黄山": "黄山市", "黄山区": "黄山市",
		"宿州": "宿州市", "宿松": "安庆市", "宿松县": "安庆市", "合肥市肥西县": "合肥市", "合肥肥西县": "合肥市", "马鞍山": "马鞍山市", "广德市": "宣城市", "阜阳合肥现代产业园区": "阜阳市",
		"宿州马鞍山现代产业园区": "宿州市", "南京市": "", "郊区": "铜陵市", "其他": "", "合 肥 市": "合肥市", "黃山市": "黄山市"} {
		if got, _, _ := p.City(text); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if _, mistyped, _ := p.City("毫州市"); !mistyped {
		t.Error("毫州市 is a typing mistake")
	}
}

func TestCounty(t *testing.T) {
	t.Parallel()
	p := NewPlaces(call.Default())
	for _, tc := range []struct {
		text, city string
		want       CountyKind
		name       string
	}{
		{"肥西县", "合肥市", CountyKnown, "肥西县"}, {"肥西", "合肥市", CountyKnown, "肥西县"}, {"合肥市肥西县", "合肥市", CountyKnown, "肥西县"}, {"安徽省合肥市蜀山区", "合肥市", CountyKnown, "蜀山区"},
		{"黄山区", "黄山市", CountyKnown, "黄山区"}, {"黄山市黄山区", "黄山市", CountyKnown, "黄山区"}, {"徽州", "黄山市", CountyKnown, "徽州区"}, {"寿县", "淮南市", CountyKnown, "寿县"},
		{"繁昌县", "芜湖市", CountyKnown, "繁昌区"}, {"郊区", "铜陵市", CountyKnown, "郊区"}, {"郊区", "合肥市", CountySilent, ""}, {"天长", "滁州市", CountyKnown, "天长市"},
		{"高新区", "合肥市", CountyZone, ""}, {"合肥高新区", "合肥市", CountyZone, ""}, {"合肥新站区", "合肥市", CountyZone, ""}, {"市本级", "合肥市", CountyZone, ""}, {"市直", "合肥市", CountyZone, ""}, {"合肥市", "合肥市", CountyZone, ""},
		{"合肥市本级", "合肥市", CountyZone, ""}, {"经济技术开发区", "芜湖市", CountyZone, ""}, {"长丰（双凤）经开区", "合肥市", CountyZone, ""}, {"宿州马鞍山现代产业园区", "宿州市", CountyZone, ""}, {"马鞍山现代产业园区", "宿州市", CountyZone, ""},
		{"阜阳合肥现代产业园区", "阜阳市", CountyZone, ""}, {"阜阳合肥现代产业园区", "合肥市", CountyForeign, ""}, {"宿州马鞍山现代产业园区", "马鞍山市", CountyForeign, ""},
		{"天长市", "合肥市", CountyForeign, "天长市"}, {"宿松县", "宿州市", CountyForeign, "宿松县"}, {"芜湖经开区", "合肥市", CountyForeign, ""}, {"芜湖市", "合肥市", CountyForeign, ""}, {"黄山区", "合肥市", CountyForeign, "黄山区"},
		{"江宁区", "合肥市", CountyUnknown, ""}, {"不详", "合肥市", CountyUnknown, ""}, {"示范区", "池州市", CountyZone, ""}, {"江南新兴产业集中区", "池州市", CountyZone, ""},
	} {
		if kind, name, _ := p.County(tc.text, tc.city); kind != tc.want || (tc.name != "" && name != tc.name) {
			t.Errorf("%s in %s: got %d %q, want %d %q", tc.text, tc.city, kind, name, tc.want, tc.name)
		}
	}
}

func TestRegister(t *testing.T) {
	t.Parallel()
	c := call.Default()
	c.Clusters = append(c.Clusters, call.Cluster{Name: "宿州马鞍山现代产业园区智能家居产业集群", Level: "省级", Year: 2023, City: "宿州市"},
		call.Cluster{Name: "巢湖市新能源汽车产业集群", Level: "省级", Year: 2023, City: "合肥市", County: "巢湖市"})
	p := NewPlaces(c)
	r := NewRegister(c, p)
	for _, tc := range []struct {
		written, city string
		want          MatchKind
		name          string
	}{
		{"天长市智能仪器仪表产业集群", "滁州市", Exact, "天长市智能仪器仪表产业集群"},
		{"天长市智能仪器仪表特色产业集群", "滁州市", Exact, ""}, {"天长市智能仪器仪表中小企业特色产业集群", "滁州市", Exact, ""}, {"天长市智能仪器仪表集群", "滁州市", Exact, ""},
		{"天长市智能仪器仪表", "滁州市", Exact, ""}, {"滁州市天长市智能仪器仪表产业集群", "滁州市", Exact, ""}, {"安徽省滁州市天长市智能仪器仪表产业集群", "滁州市", Exact, ""}, {"安徽省天长市智能仪器仪表产业集群", "滁州市", Exact, ""},
		{" 天长市 智能仪器仪表 产业集群", "滁州市", Exact, ""}, {"天长市（智能仪器仪表）产业集群", "滁州市", Exact, ""}, {"天長市智能儀器儀表產業集群", "滁州市", Exact, ""}, {"天长智能仪器仪表产业集群", "滁州市", Exact, ""},
		{"蜀山区环境智能监测技术与装备制造产业集群", "合肥市", Exact, "合肥市蜀山区环境智能监测技术与装备制造产业集群"}, {"合肥蜀山区环境智能监测技术与装备制造产业集群", "合肥市", Exact, ""},
		{"黄山区示例竹木制品产业集群", "黄山市", Exact, "黄山市黄山区示例竹木制品产业集群"}, {"智能家居集群", "宿州市", NoMatch, ""},
		{"马鞍山现代产业园区智能家居产业集群", "宿州市", Exact, "宿州马鞍山现代产业园区智能家居产业集群"}, {"宿州市马鞍山现代产业园区智能家居产业集群", "宿州市", Exact, ""},
		{"天长市智能仪表仪器产业集群", "滁州市", Near, "天长市智能仪器仪表产业集群"}, {"天长市智能仪器仪产业集群", "滁州市", Near, ""}, {"天长市智能化仪器仪表产业集群", "滁州市", Near, ""}, {"天长市智慧仪器仪表产业集群", "滁州市", Near, ""},
		{"天常市智能仪器仪表产业集群", "滁州市", Near, ""}, {"智能仪器仪表产业集群", "滁州市", Near, ""}, {"天长市智能仪器仪表产业集裙", "滁州市", Near, ""},
		{"天长市轨道交通装备产业集群", "滁州市", NoMatch, ""}, {"来安县智能仪器仪表产业集群", "滁州市", NoMatch, ""}, {"天长市家用电器产业集群", "滁州市", NoMatch, ""}, {"凤阳县硅基新能源产业集群", "滁州市", NoMatch, ""}, {"巢湖市新能源电池产业集群", "合肥市", NoMatch, ""},
		{"天长市智能仪器仪表产业集群", "合肥市", OtherCity, ""}, {"来安县轨道交通装备产业集群", "芜湖市", OtherCity, ""}, {"天长市智能仪器仪表产业集群", "", Exact, ""}, {"芜湖市天长市智能仪器仪表产业集群", "滁州市", NoMatch, ""},
		{"", "滁州市", NotWritten, ""}, {"产业集群", "滁州市", NoMatch, ""},
	} {
		m := r.Find(tc.written, tc.city)
		if m.Kind != tc.want || (tc.name != "" && m.Name() != tc.name) {
			t.Errorf("%s of %s: got %d %q %v, want %d %q", tc.written, tc.city, m.Kind, m.Name(), m.Nearest, tc.want, tc.name)
		}
	}
	if m := r.Find("天长市轨道交通装备产业集群", "滁州市"); len(m.Nearest) == 0 {
		t.Error("nothing was offered")
	}
}

func TestMentioned(t *testing.T) {
	t.Parallel()
	p := NewPlaces(call.Default())
	for text, want := range map[string]string{"黄山市黄山区": "黄山市", "宿州马鞍山现代产业园区": "宿州市", "阜阳合肥现代产业园区": "阜阳市", "郊区企业": "", "宿松县": "安庆市", "毫州市工信局": "亳州市"} {
		got := p.Mentioned(text)
		if len(got) != map[bool]int{true: 0, false: 1}[want == ""] || (want != "" && got[want] == 0) {
			t.Errorf("%s: got %v, want %s", text, got, want)
		}
	}
}

func TestDistance(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		a, b string
		want int
	}{{"", "", 0}, {"甲乙", "乙甲", 1}, {"甲乙丙", "甲丙", 1}, {"甲乙丙", "甲丁戊", 2}, {"甲", "乙丙丁戊", 3}} {
		if got := Distance([]rune(tc.a), []rune(tc.b), 2); got != tc.want {
			t.Errorf("%s %s: got %d, want %d", tc.a, tc.b, got, tc.want)
		}
	}
}

func TestAssign(t *testing.T) {
	t.Parallel()
	got := assign([][]float64{{10, 9, 0}, {9, 1, 0}, {0, 0, 0}})
	if got[0] != 1 || got[1] != 0 || got[2] != -1 {
		t.Errorf("got %v", got)
	}
	if got := assign([][]float64{{5}, {7}}); got[0] != -1 || got[1] != 0 {
		t.Errorf("more rows than columns: %v", got)
	}
	if len(assign(nil)) != 0 {
		t.Error("nothing to assign")
	}
}

func TestSketch(t *testing.T) {
	t.Parallel()
	base := ""
	for i := range 600 {
		base += string(rune(0x4E00 + (i*i*7+i*13)%5000))
	}
	a := SketchOf(Shingles(base))
	if len(a) != SketchSize || SimilarSketch(a, a) != 1 {
		t.Errorf("a text is like itself: %d %v", len(a), SimilarSketch(a, a))
	}
	if s := SimilarSketch(a, SketchOf(Shingles(base[:len(base)*9/10]))); s < 0.8 {
		t.Errorf("nine tenths of a text: %v", s)
	}
	if s := SimilarSketch(a, SketchOf(Shingles("完全不同的一段文字，与上文没有任何相同之处"))); s > 0.05 {
		t.Errorf("another text: %v", s)
	}
}
