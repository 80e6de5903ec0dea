package main

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"slices"

	"baosong/intake/message"
	"baosong/ledger"
	"baosong/ledger/export"
)

// finish shows how the call stands and leaves letters, digest and package in the folder.
func (d *demo) finish(ctx context.Context) error {
	h := d.house
	r, err := h.status(ctx, h.current(), d.now)
	if err != nil {
		return err
	}
	fmt.Fprintln(d.t.out)
	r.print(d.t, h.zone)
	if err := d.leaveLetters(ctx); err != nil {
		return err
	}
	composed, err := h.runner.Digest(ctx, h.current().ID)
	if err != nil {
		return err
	}
	if err := os.WriteFile(filepath.Join(d.dir, "digest.html"), []byte(composed.HTML), 0o644); err != nil {
		return err
	}
	m, err := export.Build(ctx, h.db, h.blobs, h.current(), filepath.Join(d.dir, "package"), false, d.now)
	if err != nil {
		return err
	}
	fmt.Fprintf(d.t.out, `
演示完成。结果在 %[1]s：
  digest.html            工作人员每天看的日报（用浏览器打开，先看这个）
  letters/               发出的每封信，.eml 用邮件程序打开，.html 用浏览器打开
  package/               上报材料：案例 %[2]d 个，文件 %[3]d 个；package/汇总表.xlsx 是合并的汇总表
还可以试试：
  baosong status --config %[1]s/baosong.toml
  baosong held --config %[1]s/baosong.toml
`, d.dir, m.Cases, len(m.Files))
	return nil
}

// leaveLetters writes each sent letter as .eml and its page as .html.
func (d *demo) leaveLetters(ctx context.Context) error {
	dir := filepath.Join(d.dir, "letters")
	if err := os.MkdirAll(dir, 0o755); err != nil {
		return err
	}
	letters, err := d.house.db.Letters(ctx, ledger.Sent)
	if err != nil {
		return err
	}
	slices.SortFunc(letters, func(a, b ledger.Letter) int { return a.SentAt.Compare(b.SentAt) })
	for i, l := range letters {
		base := filepath.Join(dir, fmt.Sprintf("%03d_%s_%s", i+1, l.Kind, orStaff(l.Unit)))
		if err := copyFile(d.house.blobs.Path(l.Blob), base+".eml"); err != nil {
			return err
		}
		if err := d.leavePage(base); err != nil {
			return err
		}
	}
	return nil
}

func (d *demo) leavePage(base string) error {
	scratch, err := os.MkdirTemp("", "baosong-demo-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	m, err := message.ReadFile(base+".eml", scratch, message.Limits{})
	if err != nil {
		return err
	}
	return os.WriteFile(base+".html", []byte(m.HTML), 0o644)
}

func orStaff(unit string) string {
	if unit == "" {
		return "staff"
	}
	return unit
}
