package main

import (
	"context"
	"fmt"
	"log/slog"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"baosong/config"
	"baosong/ledger"
	"baosong/parse/call"
)

// rehearse runs one round on a copy of the ledger, with the mailbox only looked at and nothing sent, and says what
// would have been done.
func rehearse(ctx context.Context, t *terminal, cfg *config.Config, calls []*call.Call, at string, log *slog.Logger) error {
	scratch, err := os.MkdirTemp("", "baosong-rehearsal-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	dir := filepath.Join(scratch, "data")
	if err := copyLedger(ctx, cfg.DataDir, dir, filepath.Join(scratch, "copy.tar")); err != nil {
		return err
	}
	h, err := assemble(ctx, cfg, calls, dir, time.Now, log)
	if err != nil {
		return err
	}
	defer h.close()
	if err := h.actAs(ctx, at); err != nil {
		return err
	}
	before, err := h.db.Messages(ctx, "")
	if err != nil {
		return err
	}
	h.poller.ReadOnly = true
	began := h.now()
	if err := h.poller.Once(ctx); err != nil {
		return describeFailure(err)
	}
	h.planner.MailboxRead(began)
	if _, err := h.planner.Plan(ctx, h.now()); err != nil {
		return err
	}
	known := map[int64]bool{}
	for _, m := range before {
		known[m.ID] = true
	}
	return h.tellRehearsal(ctx, t, known)
}

// copyLedger copies ledger and blobs of a data directory that may be in use, or of none, by way of a backup file that
// must not lie in the new directory: restoring fills only an empty one.
func copyLedger(ctx context.Context, from, to, backup string) error {
	if _, err := os.Stat(filepath.Join(from, "ledger.db")); os.IsNotExist(err) {
		return nil
	}
	db, err := ledger.Open(ctx, from, ledger.Options{ReadOnly: true})
	if err != nil {
		return fmt.Errorf("reading the ledger: %w", err)
	}
	defer db.Close()
	if err := db.Backup(ctx, backup); err != nil {
		return fmt.Errorf("copying the ledger: %w", err)
	}
	if err := ledger.Restore(ctx, backup, to); err != nil {
		return fmt.Errorf("copying the ledger: %w", err)
	}
	return os.Remove(backup)
}

func (h *house) tellRehearsal(ctx context.Context, t *terminal, known map[int64]bool) error {
	ms, err := h.db.Messages(ctx, "")
	if err != nil {
		return err
	}
	letters, err := h.db.Letters(ctx, ledger.Due)
	if err != nil {
		return err
	}
	fresh := slices.DeleteFunc(ms, func(m ledger.Message) bool { return known[m.ID] })
	composed, err := h.db.Letters(ctx, ledger.Composed)
	if err != nil {
		return err
	}
	letters = append(composed, letters...)
	fmt.Fprintf(t.out, "演练：邮箱和发件箱都没有改动。\n将新登记 %d 封来信：\n", len(fresh))
	printMessages(t, fresh, h.zone)
	fmt.Fprintf(t.out, "\n将发出 %d 封信：\n", len(letters))
	rows := [][]string{{"类别", "单位", "收件人"}}
	for _, l := range letters {
		rows = append(rows, []string{kindWords[l.Kind], l.Unit, strings.Join(l.To, ",")})
	}
	printTable(t.out, rows)
	return nil
}
