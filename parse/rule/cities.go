package rule

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"baosong/parse/call"
	"baosong/parse/finding"
)

func cityRule() Rule {
	return Rule{
		Codes: []finding.Code{"city.mismatch", "city.typo"},
		Doc:   "所在市应是报送单位自己的市；“合肥”“安徽省合肥市”都可以，“毫州”按亳州登记并记录。该列没有或空着不算错。",
		Run: func(p *Pass) {
			seen := map[string]bool{}
			p.rows(func(t *Table, r *Row) {
				c := r.Cells["city"]
				if Blank(c.Text) || seen[c.Address] {
					return
				}
				seen[c.Address] = true
				city, mistyped, ok := p.Places.City(c.Text)
				if mistyped {
					p.report(finding.New("city.typo", t.Place(r, "city")).Got(cut(c.Text, 20), city).
						Saying("市名写作“" + cut(c.Text, 20) + "”，已按“" + city + "”登记。"))
				}
				if p.Unit == nil || (ok && city == p.City()) {
					return
				}
				p.report(finding.New("city.mismatch", t.Place(r, "city")).Got(cut(c.Text, 20), p.Unit.City).
					Saying(fmt.Sprintf("所在市填写为“%s”，报送单位是%s。", cut(c.Text, 20), p.Unit.Name)).
					Cured("如属本市请改为“" + p.Unit.City + "”；如属其他市请删除此行，由该市报送。"))
			})
		},
	}
}

// cityOf returns the city that a row is judged by: the sender's, else the one it names.
func (p *Pass) cityOf(r *Row) string {
	if p.Unit != nil {
		return p.City()
	}
	city, _, _ := p.Places.City(r.Text("city"))
	return city
}

func countyRule() Rule {
	return Rule{
		Codes: []finding.Code{"county.mismatch", "county.zone", "county.cluster-mismatch"},
		Doc: "县（市、区）应属于本市，“肥西”即肥西县。开发区、高新区、市本级、市直等按本市接受并记录。" +
			"与该集群认定时的所在地不同只提示。单独的“郊区”不作判断。该列没有或空着不算错。",
		Run: func(p *Pass) {
			seen := map[string]bool{}
			p.rows(func(t *Table, r *Row) {
				c := r.Cells["county"]
				city := p.cityOf(r)
				if Blank(c.Text) || city == "" {
					return
				}
				for _, name := range splitNames(c.Text) {
					p.county(t, r, name, city, seen[c.Address])
				}
				seen[c.Address] = true
			})
		},
	}
}

func splitNames(text string) []string {
	var out []string
	for _, s := range strings.FieldsFunc(Plain(text), func(r rune) bool { return strings.ContainsRune("、,;/\n，；", r) }) {
		if !Blank(s) {
			out = append(out, s)
		}
	}
	return out
}

func (p *Pass) county(t *Table, r *Row, text, city string, told bool) {
	kind, name, owner := p.Places.County(text, city)
	at := t.Place(r, "county")
	shown := cut(text, 20)
	switch {
	case kind == CountyKnown:
		p.countyOfCluster(t, r, name)
	case told:
	case kind == CountyZone:
		p.report(finding.New("county.zone", at).Got(shown, "").Saying("县（市、区）填写为“" + shown + "”，已按" + city + "的功能区或市本级接受。"))
	case kind == CountyForeign && owner != "":
		p.report(finding.New("county.mismatch", at).Got(shown, p.countiesOf(city)).
			Saying(fmt.Sprintf("县（市、区）填写为“%s”，属于%s，不属于%s。", shown, owner, city)))
	case kind == CountyUnknown:
		p.report(finding.New("county.mismatch", at).Got(shown, p.countiesOf(city)).
			Saying(fmt.Sprintf("县（市、区）填写为“%s”，不是%s的县（市、区）。", shown, city)).
			Cured("请改为：" + p.countiesOf(city) + "之一，或所在开发区的名称。"))
	}
}

func (p *Pass) countiesOf(city string) string {
	var names []string
	for _, d := range p.Call.Divisions {
		if Squeeze(d.City) == city {
			names = append(names, d.County)
		}
	}
	return strings.Join(names, "、")
}

// countyOfCluster compares a row's county with the one its cluster was recognised in.
func (p *Pass) countyOfCluster(t *Table, r *Row, name string) {
	if len(r.Match.Clusters) == 0 || r.Match.Kind == OtherCity {
		return
	}
	var registered []string
	for _, k := range r.Match.Clusters {
		if k.County == "" {
			return
		}
		registered = append(registered, Squeeze(k.County))
	}
	known := slices.ContainsFunc(registered, func(s string) bool { return len(p.Places.owners(s)) > 0 })
	if !known || slices.ContainsFunc(registered, func(s string) bool { return strings.Contains(s, name) || stem(s) == stem(name) }) {
		return
	}
	for _, other := range splitNames(r.Text("county")) {
		if _, n, _ := p.Places.County(other, p.cityOf(r)); n != "" && slices.Contains(registered, n) {
			return
		}
	}
	p.report(finding.New("county.cluster-mismatch", t.Place(r, "county")).Got(cut(r.Text("county"), 20), registered[0]).
		Saying(fmt.Sprintf("县（市、区）填写为“%s”，而%s认定时的所在地是%s。", cut(r.Text("county"), 20), r.Match.Name(), registered[0])))
}

func clusterRule() Rule {
	return Rule{
		Codes: []finding.Code{"cluster.unknown", "cluster.near-match", "cluster.other-city", "cluster.level-mismatch", "cluster.year-mismatch", "cluster.expired"},
		Doc: "集群应在已认定的名单内、属于本市并在有效期内（以通知发布之日为准，首尾两日都算）。有无“安徽省”、市名、“中小企业特色产业集群”等字样，空格、括号、异体字都不影响；" +
			"产业名称错漏一两个字按近似名称登记并提示；产业不同则不在名单内，列出相近的名称供核对，不作猜测。级别、年度与名单核对。",
		Run: func(p *Pass) {
			p.rows(func(t *Table, r *Row) { p.cluster(t, r) })
		},
	}
}

func (p *Pass) cluster(t *Table, r *Row) {
	text := cut(r.Text("cluster"), 60)
	at := t.Place(r, "cluster")
	switch r.Match.Kind {
	case NotWritten:
		return
	case NoMatch:
		x := finding.New("cluster.unknown", at).Got(text, strings.Join(r.Match.Nearest, "、")).
			Saying("集群“" + text + "”不在已认定的" + strings.Join(p.Call.Levels, "、") + "名单内。")
		if len(r.Match.Nearest) > 0 {
			x = x.Cured("名单内相近的有：" + strings.Join(r.Match.Nearest, "、") + "。请按认定文件核对名称。")
		}
		p.report(x)
		return
	case OtherCity:
		k := r.Match.Clusters[0]
		p.report(finding.New("cluster.other-city", at).Got(text, "").Saying("集群“" + text + "”是" + k.City + "的集群。"))
		return
	case Near:
		p.report(finding.New("cluster.near-match", at).Got(text, r.Match.Name()).
			Saying("集群名称写作“" + text + "”，已按认定名称“" + r.Match.Name() + "”登记。"))
	}
	p.recognition(t, r)
}

// recognition compares level and year with the register and looks whether the recognition stands. A cluster that is in
// the register at both levels is judged by the entry of the row's level.
func (p *Pass) recognition(t *Table, r *Row) {
	level, _ := Level(r.Text("level"), p.Call.Levels)
	entries := r.Match.Clusters
	atLevel := slices.DeleteFunc(slices.Clone(entries), func(k *call.Cluster) bool { return k.Level != level })
	if level != "" && len(atLevel) == 0 {
		p.report(finding.New("cluster.level-mismatch", t.Place(r, "level")).Got(r.Text("level"), entries[0].Level).
			Saying(fmt.Sprintf("集群级别填写为“%s”，名单上%s是%s。", cut(r.Text("level"), 20), entries[0].Name, entries[0].Level)).
			Cured("请改为“" + entries[0].Level + "”，或核对集群名称。"))
	}
	if len(atLevel) > 0 {
		entries = atLevel
	}
	if !slices.ContainsFunc(entries, p.stands) {
		p.expired(t, r, entries[0])
	}
	p.recognitionYear(t, r, entries)
}

func (p *Pass) recognitionYear(t *Table, r *Row, entries []*call.Cluster) {
	c := r.Cells["year"]
	year, ok := c.Year, c.Year > 0
	if !ok {
		year, ok = Year(c.Text)
	}
	if !ok || c.Lost || slices.ContainsFunc(entries, func(k *call.Cluster) bool { return k.Year == year || k.Year == 0 }) {
		return
	}
	p.report(finding.New("cluster.year-mismatch", t.Place(r, "year")).Got(cut(c.Text, 20), fmt.Sprint(entries[0].Year)).
		Saying(fmt.Sprintf("认定年度填写为“%s”，名单上%s是 %d 年认定。", cut(c.Text, 20), entries[0].Name, entries[0].Year)))
}

// stands reports whether a recognition holds on the day the call was opened, both ends included.
func (p *Pass) stands(k *call.Cluster) bool {
	day := p.Call.Opened
	if day.IsZero() {
		day = p.Call.Deadline
	}
	today := dayNumber(day)
	if !k.ValidFrom.IsZero() && dayNumber(k.ValidFrom) > today || !k.ValidTo.IsZero() && dayNumber(k.ValidTo) < today {
		return false
	}
	return k.Review == "" || k.Review == "通过"
}

// dayNumber orders days as the province's calendar has them.
func dayNumber(t time.Time) int {
	y, m, d := t.In(call.Zone()).Date()
	return y*10000 + int(m)*100 + d
}

func (p *Pass) expired(t *Table, r *Row, k *call.Cluster) {
	why := "复核结果为" + k.Review
	switch {
	case k.Review != "" && k.Review != "通过":
	case !k.ValidTo.IsZero() && k.ValidTo.Before(p.Call.Opened):
		why = "认定有效期至 " + k.ValidTo.In(call.Zone()).Format("2006年1月2日")
	default:
		why = "认定有效期自 " + k.ValidFrom.In(call.Zone()).Format("2006年1月2日") + "起"
	}
	p.report(finding.New("cluster.expired", t.Place(r, "cluster")).Got(cut(r.Text("cluster"), 60), "").
		Saying(k.Name + "的认定不在有效期内（" + why + "）。"))
}
