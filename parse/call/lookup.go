package call

import (
	"fmt"
	"hash/fnv"
	"slices"
	"strings"

	"baosong/parse/finding"
)

// Off is the severity that switches a rule off.
const Off finding.Severity = "off"

// Unit returns the unit with this id.
func (c *Call) Unit(id string) (*Unit, bool) {
	for i := range c.Units {
		if c.Units[i].ID == id {
			return &c.Units[i], true
		}
	}
	return nil, false
}

// UnitByAddress returns the unit that an address belongs to: by the exact address first, then by its domain. A
// county-level unit that is not active stands for its city's unit; any other inactive unit is nobody.
func (c *Call) UnitByAddress(addr string) (*Unit, bool) {
	addr = strings.ToLower(strings.TrimSpace(addr))
	if addr == "" {
		return nil, false
	}
	_, domain, _ := strings.Cut(addr, "@")
	for _, want := range []string{addr, "@" + domain} {
		for i := range c.Units {
			if slices.Contains(c.Units[i].Addresses, want) {
				if u, ok := c.standsFor(&c.Units[i]); ok {
					return u, true
				}
			}
		}
	}
	return nil, false
}

func (c *Call) standsFor(u *Unit) (*Unit, bool) {
	if u.Active {
		return u, true
	}
	if u.County == "" {
		return nil, false
	}
	return c.UnitByCity(u.City)
}

// UnitByCity returns the active unit of a city itself, given its full name.
func (c *Call) UnitByCity(city string) (*Unit, bool) {
	for i := range c.Units {
		if u := &c.Units[i]; u.Active && u.City == city && u.County == "" {
			return u, true
		}
	}
	return nil, false
}

// ActiveUnits returns the units that are asked, in the roster's order.
func (c *Call) ActiveUnits() []Unit {
	var out []Unit
	for _, u := range c.Units {
		if u.Active {
			out = append(out, u)
		}
	}
	return out
}

// Part returns the part with this id.
func (c *Call) Part(id PartID) (Part, bool) {
	for _, p := range c.Parts {
		if p.ID == id {
			return p, true
		}
	}
	return Part{}, false
}

// Column returns the summary sheet's column with this id.
func (c *Call) Column(id string) (Column, bool) {
	for _, col := range c.Columns {
		if col.ID == id {
			return col, true
		}
	}
	return Column{}, false
}

// Severity returns the severity that this call gives a code: dflt unless call.toml says otherwise; Off switches it off.
func (c *Call) Severity(code finding.Code, dflt finding.Severity) finding.Severity {
	if s, ok := c.Rules[code]; ok {
		return s
	}
	return dflt
}

// ClustersOf returns the clusters of a city whose recognition holds as of the call's date; of all cities when city is empty.
func (c *Call) ClustersOf(city string) []Cluster {
	var out []Cluster
	for _, k := range c.Clusters {
		begun := k.ValidFrom.IsZero() || !k.ValidFrom.After(c.Opened)
		lasts := k.ValidTo.IsZero() || !k.ValidTo.Before(c.Opened)
		if (city == "" || k.City == city) && begun && lasts && (k.Review == "" || k.Review == "通过") {
			out = append(out, k)
		}
	}
	return out
}

// FormVersion names the summary form that this call asks for: its id and a checksum of the columns and choices, so that a
// form handed out before they changed is known for an old one.
func (c *Call) FormVersion() string {
	h := fnv.New32a()
	for _, col := range c.Columns {
		fmt.Fprintf(h, "%s=%s\n", col.ID, col.Header) // a hash never fails
	}
	fmt.Fprintf(h, "%q %q", c.Directions, c.Levels)
	return fmt.Sprintf("%s/%08x", c.ID, h.Sum32())
}

// OnProbation reports whether findings of this code are shown to staff only.
func (c *Call) OnProbation(code finding.Code) bool { return slices.Contains(c.Probation, code) }

// Mailboxes are the unit's addresses that a letter can go to: entries that stand for a whole domain are left out.
func (u *Unit) Mailboxes() []string {
	var out []string
	for _, a := range u.Addresses {
		if !strings.HasPrefix(a, "@") {
			out = append(out, a)
		}
	}
	return out
}
