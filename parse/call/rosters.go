package call

import (
	"fmt"
	"regexp"
	"slices"
	"strconv"
	"strings"
)

var (
	idPattern      = regexp.MustCompile(`^[a-z0-9][a-z0-9_-]*$`)
	addressPattern = regexp.MustCompile(`^[^\s@<>()\[\],;:"]*@[a-z0-9]([a-z0-9.-]*[a-z0-9])?$`)
)

func (c *Call) readDivisions(t *table) error {
	if err := t.header([]string{"code", "city", "county"}, []string{"city", "county"}); err != nil {
		return err
	}
	for _, r := range t.lines {
		d := Division{r.get("city"), r.get("county")}
		if d.City == "" || d.County == "" {
			return r.fault("city", "市或县（市、区）为空。", "每行应有市和县（市、区）的全称。")
		}
		if slices.Contains(c.Divisions, d) {
			return r.fault("county", d.City+d.County+" 出现两次。", "请删除重复的行。")
		}
		c.Divisions = append(c.Divisions, d)
	}
	if len(c.Divisions) == 0 {
		return &Error{File: t.path, Line: 1, Column: 1, Message: "区划表是空的。", Hint: "请填写各市的县（市、区），或删除此文件以采用内置的安徽省区划。"}
	}
	return nil
}

func (c *Call) cities() []string {
	var out []string
	for _, d := range c.Divisions {
		if !slices.Contains(out, d.City) {
			out = append(out, d.City)
		}
	}
	return out
}

func (c *Call) readUnits(t *table) error {
	known := []string{"id", "name", "city", "addresses", "cc", "active", "tile", "county"}
	if err := t.header(known, []string{"id", "name", "city", "addresses"}); err != nil {
		return err
	}
	ids, owner := map[string]int{}, map[string]string{}
	cities := c.cities()
	for _, r := range t.lines {
		u, err := readUnit(r, cities)
		if err != nil {
			return err
		}
		if line, twice := ids[u.ID]; twice {
			return r.fault("id", fmt.Sprintf("单位代号 %s 与第 %d 行重复。", u.ID, line), "每个单位的代号必须不同，请改用别的代号。")
		}
		ids[u.ID] = r.line
		for _, a := range u.Addresses {
			if other, twice := owner[a]; twice {
				return r.fault("addresses", fmt.Sprintf("邮箱 %s 出现两次，已属于 %s。", a, other), "一个邮箱只能属于一个单位，请删除其中一处。")
			}
			owner[a] = u.Name
		}
		c.Units = append(c.Units, u)
	}
	if len(c.Units) == 0 {
		return &Error{File: t.path, Line: 1, Column: 1, Message: "报送单位名单是空的。", Hint: "请每行填写一个单位：" + strings.Join(known[:7], ",") + "。"}
	}
	if len(c.ActiveUnits()) == 0 {
		return &Error{File: t.path, Line: 2, Column: 1, Message: "没有启用的报送单位。", Hint: "请把需要报送的单位的 active 改为 true。"}
	}
	c.markCounties()
	return nil
}

func readUnit(r record, cities []string) (Unit, error) {
	u := Unit{ID: r.get("id"), Name: r.get("name"), City: r.get("city"), County: r.get("county"), Active: true, Tile: [2]int{-1, -1}}
	switch {
	case !idPattern.MatchString(u.ID):
		return u, r.fault("id", "单位代号“"+u.ID+"”不能使用。", "代号由小写字母、数字和连字符组成，例如 hefei。")
	case u.Name == "":
		return u, r.fault("name", "单位名称为空。", "请填写单位全称。")
	case !contains(cities, u.City):
		return u, r.fault("city", "市名“"+u.City+"”不在区划表内。", "请填写全称，例如 合肥市；外省请在 divisions.csv 中列出。")
	}
	var err error
	if u.Addresses, err = readAddresses(r, "addresses"); err != nil {
		return u, err
	}
	if u.CC, err = readAddresses(r, "cc"); err != nil {
		return u, err
	}
	switch strings.ToLower(r.get("active")) {
	case "", "true", "1", "yes", "是":
	case "false", "0", "no", "否":
		u.Active = false
	default:
		return u, r.fault("active", "active 的值“"+r.get("active")+"”读不懂。", "请填写 true 或 false。")
	}
	u.Tile, err = readTile(r)
	return u, err
}

func readAddresses(r record, name string) ([]string, error) {
	var out []string
	for _, a := range strings.FieldsFunc(strings.ToLower(r.get(name)), func(c rune) bool { return strings.ContainsRune(" \t\r\n,;，；、", c) }) {
		if !addressPattern.MatchString(a) || (name == "cc" && strings.HasPrefix(a, "@")) {
			return nil, r.fault(name, "邮箱地址“"+a+"”格式不对。", "请写作 name@example.org；整个域名写作 @example.org；多个之间用空格隔开。")
		}
		if !slices.Contains(out, a) {
			out = append(out, a)
			continue
		}
		return nil, r.fault(name, "邮箱 "+a+" 在同一行出现两次。", "请删除其中一处。")
	}
	return out, nil
}

func readTile(r record) ([2]int, error) {
	s := r.get("tile")
	if s == "" {
		return [2]int{-1, -1}, nil
	}
	a, b, ok := strings.Cut(strings.ReplaceAll(s, "，", ","), ",")
	row, err1 := strconv.Atoi(strings.TrimSpace(a))
	col, err2 := strconv.Atoi(strings.TrimSpace(b))
	if !ok || err1 != nil || err2 != nil || row < 0 || col < 0 || row > 99 || col > 99 {
		return [2]int{-1, -1}, r.fault("tile", "tile 的值“"+s+"”读不懂。", "请写作 \"行,列\"，从 0 起，例如 \"2,1\"；没有则留空。")
	}
	return [2]int{row, col}, nil
}

// markCounties finds the units of a county among those of a city: their name begins with the county's.
func (c *Call) markCounties() {
	for i := range c.Units {
		u := &c.Units[i]
		for _, d := range c.Divisions {
			if u.County == "" && d.City == u.City && strings.HasPrefix(u.Name, d.County) {
				u.County = d.County
			}
		}
	}
}

func (c *Call) readClusters(t *table) error {
	known := []string{"name", "level", "year", "city", "county", "valid_from", "valid_to", "review"}
	if err := t.header(known, []string{"name", "level", "year", "city"}); err != nil {
		return err
	}
	seen := map[string]int{}
	cities := c.cities()
	for _, r := range t.lines {
		k, err := c.readCluster(r, cities)
		if err != nil {
			return err
		}
		key := k.Name + "\x00" + k.Level
		if line, twice := seen[key]; twice {
			return r.fault("name", fmt.Sprintf("集群 %s（%s）与第 %d 行重复。", k.Name, k.Level, line), "请删除重复的行。")
		}
		seen[key] = r.line
		c.Clusters = append(c.Clusters, k)
	}
	if len(c.Clusters) == 0 {
		return &Error{File: t.path, Line: 1, Column: 1, Message: "集群名单是空的。", Hint: "请每行填写一个已认定的集群：" + strings.Join(known, ",") + "。"}
	}
	return nil
}

func (c *Call) readCluster(r record, cities []string) (Cluster, error) {
	k := Cluster{Name: r.get("name"), Level: r.get("level"), City: r.get("city"), County: r.get("county"), Review: r.get("review")}
	if k.Name == "" {
		return k, r.fault("name", "集群名称为空。", "请按认定文件填写集群全称。")
	}
	if !contains(c.Levels, k.Level) {
		return k, r.fault("level", "级别“"+k.Level+"”不在 levels 之内。", "可填写："+strings.Join(c.Levels, "、")+"。")
	}
	year, err := strconv.Atoi(strings.TrimSuffix(r.get("year"), "年"))
	if err != nil || year < 1990 || year > 2100 {
		return k, r.fault("year", "认定年度“"+r.get("year")+"”读不懂。", "请填写四位数字，例如 2022。")
	}
	k.Year = year
	if !contains(cities, k.City) {
		return k, r.fault("city", "市名“"+k.City+"”不在区划表内。", "请填写全称，例如 滁州市。")
	}
	if owner := c.countyOwner(k.County); owner != "" && owner != k.City && !slices.Contains(c.Divisions, Division{k.City, k.County}) {
		return k, r.fault("county", k.County+"属于"+owner+"，不属于"+k.City+"。", "请核对市和县（市、区）。")
	}
	if k.ValidFrom, err = r.date("valid_from"); err != nil {
		return k, err
	}
	if k.ValidTo, err = r.date("valid_to"); err != nil {
		return k, err
	}
	if !k.ValidTo.IsZero() && k.ValidTo.Before(k.ValidFrom) {
		return k, r.fault("valid_to", "有效期的终止日期早于起始日期。", "请核对 valid_from 和 valid_to。")
	}
	if !slices.Contains([]string{"", "通过", "未通过", "撤销"}, k.Review) {
		return k, r.fault("review", "复核结果“"+k.Review+"”读不懂。", "可填写：通过、未通过、撤销，没有则留空。")
	}
	return k, nil
}

func (c *Call) countyOwner(county string) string {
	for _, d := range c.Divisions {
		if d.County == county {
			return d.City
		}
	}
	return ""
}
