package rule

import (
	"cmp"
	"regexp"
	"slices"
	"strings"

	"baosong/parse/call"
)

// Register finds recognised clusters by county and industry. It is not for use by several goroutines at once.
type Register struct {
	places  *Places
	entries []entry
	found   map[string]Match // by city and written name: a name is looked up many times
}

type entry struct {
	cluster *call.Cluster
	name    clusterName
}

// clusterName is a cluster's name taken apart.
type clusterName struct {
	city     string // named in front, full name; empty if none
	county   string // full name of the county named, empty if none
	industry string
	whole    string // county and industry as written
	suffixed bool   // ended in 集群
}

// NewRegister takes the clusters of a call.
func NewRegister(c *call.Call, p *Places) *Register {
	r := &Register{places: p, found: map[string]Match{}}
	for i := range c.Clusters {
		k := &c.Clusters[i]
		r.entries = append(r.entries, entry{k, p.clusterName(k.Name, k.City)})
	}
	return r
}

// recognitionRemark is what clerks add to a name in brackets: its level, year or batch.
var recognitionRemark = regexp.MustCompile(`[(\[【〔](?:国家级?|省级?|第?[一二三四五六七八九十0-9]+批次?|20\d\d年?度?|认定|获批|[、,\s])+[)\]】〕]`)

// clusterName takes a name apart. city is where it is known to lie, or empty.
func (p *Places) clusterName(name, city string) clusterName {
	s := withoutProvince(Bare(recognitionRemark.ReplaceAllString(Plain(name), "")))
	s = strings.TrimPrefix(strings.TrimPrefix(s, "国家级"), "省级")
	var n clusterName
	for _, suffix := range []string{"集群", "产业", "特色", "中小企业"} {
		rest, ok := strings.CutSuffix(s, suffix)
		if rest == "" {
			break
		}
		n.suffixed = n.suffixed || (ok && suffix == "集群")
		s = rest
	}
	s = strings.Replace(s, "毫州", "亳州", 1)
	for _, c := range p.cities {
		if p.startsJointPark(s) {
			break
		}
		rest, ok := strings.CutPrefix(s, c)
		if !ok {
			if rest, ok = strings.CutPrefix(s, stem(c)); ok && (rest == "" || strings.HasPrefix(rest, "区") || strings.HasPrefix(rest, "县")) {
				ok = false
			}
		}
		if ok && rest != "" {
			n.city, s = c, rest
			break
		}
	}
	n.whole = s
	n.county, n.industry = p.splitCounty(s, cmp.Or(n.city, city))
	return n
}

// splitCounty takes a county's name, full or short, from the front; those of the city are tried first.
func (p *Places) splitCounty(s, city string) (county, industry string) {
	best := ""
	for _, d := range p.divisions {
		if rest, ok := strings.CutPrefix(s, d.County); ok && rest != "" && len(d.County) > len(best) && (city == "" || d.City == city) {
			best, county, industry = d.County, d.County, rest
		}
	}
	if county != "" {
		return county, industry
	}
	for _, d := range p.divisions {
		st := stem(d.County)
		if rest, ok := strings.CutPrefix(s, st); ok && rest != "" && long(st) && (city == "" || d.City == city) {
			return d.County, rest
		}
	}
	if city != "" {
		return p.splitCounty(s, "")
	}
	return "", s
}

// MatchKind says how well a written name fits the register.
type MatchKind int

const (
	NoMatch    MatchKind = iota
	Exact                // the same but for forms that count as equal
	Near                 // a typing mistake away from exactly one
	OtherCity            // the same as a cluster of another city
	NotWritten           // the cell is empty
)

// Match is what the register says to a written name.
type Match struct {
	Kind     MatchKind
	Clusters []*call.Cluster // all entries of that one cluster: it may be recognised at both levels
	Nearest  []string        // names to offer
}

// Name returns the register's name, or "" when nothing matched.
func (m Match) Name() string {
	if len(m.Clusters) == 0 {
		return ""
	}
	return m.Clusters[0].Name
}

// Find looks a written name up. city is the sender's; when it is empty, clusters of all cities count.
func (r *Register) Find(written, city string) Match {
	key := city + "\x00" + written
	m, ok := r.found[key]
	if !ok {
		m = r.find(written, city)
		r.found[key] = m
	}
	return m
}

func (r *Register) find(written, city string) Match {
	if Bare(written) == "" {
		return Match{Kind: NotWritten}
	}
	city = Squeeze(city)
	n := r.places.clusterName(written, city)
	var own, foreign []*call.Cluster
	for _, e := range r.entries {
		if e.same(n) {
			if city == "" || Squeeze(e.cluster.City) == city {
				own = append(own, e.cluster)
			} else {
				foreign = append(foreign, e.cluster)
			}
		}
	}
	switch {
	case len(own) > 0:
		return Match{Kind: Exact, Clusters: firstCity(own)}
	case len(foreign) > 0:
		return Match{Kind: OtherCity, Clusters: firstCity(foreign)}
	}
	return r.near(n, city)
}

func firstCity(list []*call.Cluster) []*call.Cluster {
	var out []*call.Cluster
	for _, k := range list {
		if k.City == list[0].City {
			out = append(out, k)
		}
	}
	return out
}

func (e entry) same(n clusterName) bool {
	if n.city != "" && n.city != Squeeze(e.cluster.City) {
		return false
	}
	if n.whole == e.name.whole {
		return true
	}
	if n.industry != e.name.industry {
		return false
	}
	if n.county == "" && e.name.county == "" {
		return true
	}
	return n.county != "" && (n.county == e.name.county || (e.name.county == "" && n.county == Squeeze(e.cluster.County)))
}

// distance returns how many characters a written name is away from an entry; ok is false when it is no typing mistake.
func (e entry) distance(n clusterName) (int, bool) {
	if n.county != "" && n.county != e.name.county && n.county != Squeeze(e.cluster.County) {
		return 0, false
	}
	if !n.suffixed {
		a, b := []rune(n.whole), []rune(strings.TrimSuffix(Bare(e.cluster.Name), ""))
		for _, cutAt := range []string{e.cluster.City, stem(e.cluster.City)} {
			if rest, ok := strings.CutPrefix(string(b), Bare(cutAt)); ok {
				b = []rune(rest)
				break
			}
		}
		if d := Distance(a, b, 2); d <= 2 {
			return d, true
		}
	}
	switch {
	case n.county != "":
		return typo([]rune(n.industry), []rune(e.name.industry))
	case n.industry == e.name.industry && len([]rune(n.industry)) >= 3:
		return 2, true // the county was left out
	}
	return typo([]rune(n.whole), []rune(e.name.whole))
}

func (r *Register) near(n clusterName, city string) Match {
	best, hits := 99, []*call.Cluster(nil)
	for _, e := range r.entries {
		if (city != "" && Squeeze(e.cluster.City) != city) || (n.city != "" && Squeeze(e.cluster.City) != n.city) {
			continue
		}
		d, ok := e.distance(n)
		switch {
		case !ok || d > best:
		case d < best:
			best, hits = d, []*call.Cluster{e.cluster}
		default:
			hits = append(hits, e.cluster)
		}
	}
	if len(hits) > 0 && !slices.ContainsFunc(hits, func(k *call.Cluster) bool { return k.Name != hits[0].Name }) {
		return Match{Kind: Near, Clusters: hits}
	}
	return Match{Kind: NoMatch, Nearest: r.offer(n, city)}
}

// offer returns up to three names of the register that a written one may have meant: those of the city first.
func (r *Register) offer(n clusterName, city string) []string {
	type scored struct {
		name string
		d    float64
	}
	var list []scored
	for _, e := range r.entries {
		d := Unlike(n.whole, e.name.whole)
		if n.county != "" && n.county == e.name.county {
			d -= 0.3
		}
		if n.industry != "" && n.industry == e.name.industry {
			d -= 0.5
		}
		if city != "" && Squeeze(e.cluster.City) == city {
			d -= 0.2
		}
		if d < 0.6 && !slices.ContainsFunc(list, func(s scored) bool { return s.name == e.cluster.Name }) {
			list = append(list, scored{e.cluster.Name, d})
		}
	}
	slices.SortStableFunc(list, func(a, b scored) int { return cmp.Compare(a.d, b.d) })
	var out []string
	for i := 0; i < len(list) && i < 3; i++ {
		out = append(out, list[i].name)
	}
	return out
}

// Key returns what a written cluster name is identified by: the register's name where it was found, else its own.
func (r *Register) Key(written, city string) string {
	m := r.Find(written, city)
	if name := m.Name(); name != "" {
		written = name
	}
	n := r.places.clusterName(written, "")
	return n.county + n.industry
}
