package rule

import (
	"slices"
	"strings"

	"baosong/parse/call"
)

// Places knows the cities of the call and their county-level units.
type Places struct {
	divisions []call.Division
	cities    []string
}

// NewPlaces takes the divisions of a call.
func NewPlaces(c *call.Call) *Places {
	p := &Places{}
	for _, d := range c.Divisions {
		p.divisions = append(p.divisions, call.Division{City: Squeeze(d.City), County: Squeeze(d.County)})
		if city := Squeeze(d.City); !slices.Contains(p.cities, city) {
			p.cities = append(p.cities, city)
		}
	}
	return p
}

func stem(name string) string {
	for _, s := range []string{"市", "县", "区"} {
		if rest, ok := strings.CutSuffix(name, s); ok {
			return rest
		}
	}
	return name
}

// long reports whether a name is long enough to be told from a chance hit.
func long(s string) bool { return len([]rune(s)) >= 2 }

func withoutProvince(s string) string {
	for _, p := range []string{"安徽省", "安徽"} {
		if rest, ok := strings.CutPrefix(s, p); ok && rest != "" {
			return rest
		}
	}
	return s
}

// City reads the text of a city cell: the city's full name, whether it was mistyped (毫州), and whether it was
// understood. A county-level unit's name stands for its city.
func (p *Places) City(text string) (city string, mistyped, ok bool) {
	s := withoutProvince(Bare(text))
	if strings.HasPrefix(s, "毫州") {
		s, mistyped = "亳州"+strings.TrimPrefix(s, "毫州"), true
	}
	for _, c := range p.cities {
		if s == c || s == stem(c) || strings.HasPrefix(s, c) {
			return c, mistyped, true
		}
	}
	for _, c := range p.cities {
		if rest, has := strings.CutPrefix(s, stem(c)); has && p.beginsPlace(rest, c) {
			return c, mistyped, true
		}
	}
	if d := p.owners(s); len(d) == 1 {
		return d[0].City, mistyped, true
	}
	return "", mistyped, false
}

// beginsPlace reports whether rest, which follows a city's name without 市, is a place within it.
func (p *Places) beginsPlace(rest, city string) bool {
	for _, d := range p.divisions {
		if d.City == city && (strings.HasPrefix(rest, d.County) || (long(stem(d.County)) && strings.HasPrefix(rest, stem(d.County)))) {
			return true
		}
	}
	return zone(rest) && !strings.HasPrefix(rest, "区") && !strings.HasPrefix(rest, "县")
}

// owners returns the divisions that a county's name, with or without its last character, may mean.
func (p *Places) owners(s string) []call.Division {
	var out []call.Division
	for _, d := range p.divisions {
		if d.County == s {
			out = append(out, d)
		}
	}
	if len(out) > 0 {
		return out
	}
	for _, d := range p.divisions {
		if st := stem(d.County); long(st) && (s == st || (stem(s) == st && s != st)) {
			out = append(out, d)
		}
	}
	return out
}

// CountyKind says how a county cell was understood.
type CountyKind int

const (
	CountyKnown   CountyKind = iota // a county-level unit of the city
	CountyZone                      // a functional zone of the city, or the city itself
	CountyForeign                   // belongs to another city
	CountyUnknown                   // no place that is known
	CountySilent                    // says nothing (郊区)
)

// County reads the text of a county cell for a city. name is the full name of the county that was understood, owner
// the city it belongs to where that is another.
func (p *Places) County(text, city string) (kind CountyKind, name, owner string) {
	s := p.withoutCity(withoutProvince(Bare(text)), city)
	if s == "" || s == "市" || s == "市本级" || s == "市直" || s == "市辖区" || s == "本级" || s == stem(city) {
		return CountyZone, "", ""
	}
	found := p.owners(s)
	for _, d := range found {
		if d.City == city {
			return CountyKnown, d.County, ""
		}
	}
	if s == "郊区" {
		return CountySilent, "", ""
	}
	if len(found) > 0 {
		return CountyForeign, found[0].County, found[0].City
	}
	if strings.Contains(s, "市本级") || strings.Contains(s, "市直") || zone(s) {
		return p.zoneOwner(s, city)
	}
	for _, d := range p.divisions {
		if d.City == city && len([]rune(d.County)) > 1 && strings.HasPrefix(s, d.County) {
			return CountyKnown, d.County, ""
		}
	}
	for _, c := range p.cities {
		if c != city && (s == c || s == stem(c)) {
			return CountyForeign, "", c
		}
	}
	return CountyUnknown, "", ""
}

// withoutCity strips the city's own name, full or short, from the front; a short name stays where 区 or 县 follows, as
// in 黄山区.
func (p *Places) withoutCity(s, city string) string {
	if city == "" {
		return s
	}
	if rest, ok := strings.CutPrefix(s, city); ok {
		return rest
	}
	if rest, ok := strings.CutPrefix(s, stem(city)); ok && p.beginsPlace(rest, city) {
		return rest
	}
	return s
}

// zoneOwner tells whose zone a text names by what it begins with: the park 阜阳合肥现代产业园区 is of 阜阳.
func (p *Places) zoneOwner(s, city string) (CountyKind, string, string) {
	if strings.HasPrefix(s, stem(city)) {
		return CountyZone, "", ""
	}
	for _, d := range p.divisions {
		if st := stem(d.County); d.City == city && (strings.HasPrefix(s, d.County) || (long(st) && strings.HasPrefix(s, st))) {
			return CountyZone, "", ""
		}
	}
	for _, c := range p.cities {
		if c != city && strings.HasPrefix(s, stem(c)) && !p.jointPark(s, city) {
			return CountyForeign, "", c
		}
	}
	for _, d := range p.divisions {
		if st := stem(d.County); d.City != city && long(st) && strings.HasPrefix(s, st) {
			return CountyForeign, d.County, d.City
		}
	}
	return CountyZone, "", ""
}

// jointPark reports whether a park that begins with another city's name is known by a longer name of this city, once
// the city's own prefix was stripped: 马鞍山现代产业园区 is of 宿州.
func (p *Places) jointPark(s, city string) bool {
	for _, j := range jointParks() {
		if j.city == city && strings.HasPrefix(s, j.park) {
			return true
		}
	}
	return false
}

// startsJointPark reports whether a text begins with the name of a park that bears another city's name.
func (p *Places) startsJointPark(s string) bool {
	for _, j := range jointParks() {
		if strings.HasPrefix(s, j.park) {
			return true
		}
	}
	return false
}

type joint struct{ city, park string }

// jointParks are parks of one city that bear another's name.
func jointParks() []joint {
	return []joint{{"宿州市", "马鞍山现代产业园"}, {"阜阳市", "合肥现代产业园"}, {"淮南市", "合肥现代产业园"}, {"六安市", "合肥高新技术产业"}}
}

func zone(s string) bool {
	for _, w := range []string{"开发区", "高新区", "经开区", "新站区", "示范区", "新区", "园区", "产业园", "工业园", "合作区", "集聚区", "集中区", "保税区",
		"管委会", "度假区", "风景区", "实验区", "试验区", "示范园", "功能区", "新城", "高新技术", "市本级", "市直"} {
		if strings.Contains(s, w) {
			return true
		}
	}
	return false
}

// Mentioned returns how often each city is named in a text, by its full or short name, the longest name first: the
// district 黄山区 is no mention of another city, a joint park is one of the city it lies in, 郊区 of none.
func (p *Places) Mentioned(text string) map[string]int {
	s := strings.ReplaceAll(Bare(text), "毫州", "亳州")
	out := map[string]int{}
	for _, j := range jointParks() {
		for _, park := range []string{stem(j.city) + j.park, j.park} {
			if n := strings.Count(s, park); n > 0 {
				out[j.city] += n
				s = strings.ReplaceAll(s, park, " ")
			}
		}
	}
	for _, full := range []bool{true, false} {
		for _, d := range p.divisions {
			name := d.County
			if !full || name == "郊区" {
				continue
			}
			if n := strings.Count(s, name); n > 0 && len([]rune(name)) > 2 {
				out[d.City] += n
				s = strings.ReplaceAll(s, name, " ")
			}
		}
		for _, c := range p.cities {
			name := c
			if !full {
				name = stem(c)
			}
			if n := strings.Count(s, name); n > 0 {
				out[c] += n
				s = strings.ReplaceAll(s, name, " ")
			}
		}
	}
	return out
}
