package main

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"baosong/config"
	"baosong/parse/call"
)

// notices lists what a valid configuration will do that its operator may not have meant.
func notices(cfg *config.Config, calls []*call.Call, now time.Time) []string {
	var all []string
	if len(cfg.Staff.DigestTo) == 0 {
		all = append(all, "[staff] 的 digest_to 是空的，日报不会发给任何人。")
	}
	if len(cfg.Staff.AlertTo) == 0 {
		all = append(all, "[staff] 的 alert_to 是空的，出现异常时不会告知任何人。")
	}
	if len(cfg.Sender.AuthservID) == 0 && !cfg.Sender.Require {
		all = append(all, "[sender] 的 authserv_id 是空的，冒用名册地址的来信查不出来。请打开邮箱里一封外单位来信的原文，把最上面一行 Authentication-Results 开头、分号之前的名称填入；没有这一行的，可设 require = true，这时来信要有能验证的 DKIM 签名，否则转人工核实。")
	}
	own := []string{strings.ToLower(cfg.IMAP.Username), strings.ToLower(cfg.SMTP.From.Address)}
	for _, c := range calls {
		if now.After(c.Deadline) {
			all = append(all, fmt.Sprintf("征集 %s 已过截止时间，现在收到的材料会记为逾期。", c.ID))
		}
		for _, u := range c.ActiveUnits() {
			for _, a := range slices.Concat(u.Addresses, u.CC) {
				if slices.Contains(own, a) {
					all = append(all, fmt.Sprintf("征集 %s 的名册里，%s的地址 %s 就是收件邮箱自己，从它发来的信会当作本程序的信，不作处理。", c.ID, u.Name, a))
				}
			}
		}
		if examples := sampleUnits(c); len(examples) > 0 {
			all = append(all, fmt.Sprintf("征集 %s 的名册里，%s的地址还是样例（.example），请改成实际的地址。", c.ID, listing(examples)))
		}
	}
	return all
}

// sampleUnits are the units none of whose addresses can exist: those that init lays out (RFC 2606, 2).
func sampleUnits(c *call.Call) []string {
	var names []string
	for _, u := range c.ActiveUnits() {
		usable := slices.ContainsFunc(u.Addresses, func(a string) bool { return !strings.HasSuffix(a, ".example") })
		if len(u.Addresses) > 0 && !usable {
			names = append(names, u.Name)
		}
	}
	return names
}

// listing names the first three and counts the rest.
func listing(names []string) string {
	if len(names) <= 3 {
		return strings.Join(names, "、")
	}
	return fmt.Sprintf("%s等 %d 个单位", strings.Join(names[:3], "、"), len(names))
}
