package notify

import (
	"bytes"
	"context"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/synctest"
	"time"

	"baosong/ledger"
	"baosong/parse/sheet/workbook"
)

// withWorkbook is a faulty submission whose summary sheet is there to be marked.
func (b *bench) withWorkbook() ledger.Submission {
	b.t.Helper()
	path := filepath.Join(b.t.TempDir(), "sheet.xlsx")
	var rows [][]any
	for range 400 { // large enough for the attachment to weigh something
		rows = append(rows, []any{"案例", strings.Repeat("某", 10), len(rows)})
	}
	if err := workbook.WriteTables(path, []workbook.Table{{Name: "Sheet1", Header: []string{"标题", "主体", "序号"}, Widths: []float64{9, 9, 9}, Rows: rows}}); err != nil {
		b.t.Fatal(err)
	}
	f, err := os.Open(path)
	if err != nil {
		b.t.Fatal(err)
	}
	defer f.Close()
	ref, size, err := b.Blobs.Put(context.Background(), f)
	if err != nil {
		b.t.Fatal(err)
	}
	s := faulty()
	s.Files[0].SHA256, s.Files[0].Size = ref, size
	return s
}

// decoded is a letter with its base64 lines read.
func decoded(t *testing.T, raw []byte) string {
	t.Helper()
	var text []byte
	for _, part := range bytes.Split(raw, []byte("\r\n\r\n")) {
		body, _, _ := bytes.Cut(part, []byte("\r\n--"))
		b, _ := base64.StdEncoding.DecodeString(string(bytes.ReplaceAll(body, []byte("\r\n"), nil)))
		text = append(text, b...)
	}
	return string(text)
}

// TestRunnerTooLarge: a letter that the provider finds too large goes once more, at once, with the list in place of the
// sender's workbook; the others are not kept waiting.
func TestRunnerTooLarge(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	id, _ := b.submit("hefei", ledger.Correction, b.withWorkbook())
	other := b.queue("wuhu", "r1")
	b.smtp.fail = func(n int, _ []string) error {
		if n == 1 {
			return &refusal{final: true, large: true}
		}
		return nil
	}
	if n := b.due(); n != 2 || b.letter(id).State != ledger.Sent || b.letter(other).State != ledger.Sent {
		t.Fatalf("sent %d: %s, %s", n, b.letter(id).State, b.letter(other).State)
	}
	kept, err := b.Runner.Compose(context.Background(), id)
	if err != nil || string(kept) != string(b.smtp.mails[0].raw) {
		t.Errorf("the bytes kept are not those sent: %v", err)
	}
	text := decoded(t, b.smtp.mails[0].raw)
	if !strings.Contains(text, "附件：问题清单.xlsx") || !strings.Contains(text, "较大，不便随信退回") || strings.Contains(text, "已标注") {
		t.Errorf("the smaller letter says\n%s", text)
	}
	if b.alerts() != "" {
		t.Errorf("alerts %q", b.alerts())
	}
}

// TestRunnerTooLargeWhateverWeDo: when the smaller one is refused too, or there is nothing to leave out, the letter ends and staff
// are told.
func TestRunnerTooLargeWhateverWeDo(t *testing.T) {
	t.Parallel()
	b := newBench(t, "2024-06-18 09:00")
	id, _ := b.submit("hefei", ledger.Correction, b.withWorkbook())
	reminder := b.queue("wuhu", "r1")
	b.smtp.fail = func(_ int, to []string) error {
		if to[0] != "staff@example.org" {
			return &refusal{final: true, large: true}
		}
		return nil
	}
	if n := b.due(); n != 2 || len(b.smtp.tries) != 5 {
		t.Errorf("sent %d in %d tries", n, len(b.smtp.tries))
	}
	if got := b.alerts(); got != "dead:1 dead:2" || b.letter(id).State != ledger.Dead || b.letter(reminder).State != ledger.Dead {
		t.Errorf("alerts %q; %s, %s", got, b.letter(id).State, b.letter(reminder).State)
	}
}

// TestRunnerRefusedLetterDoesNotBlock: a letter that is refused as if our account were at fault waits for the breaker, the
// alert about it overtakes it, and the others pass.
func TestRunnerRefusedLetterDoesNotBlock(t *testing.T) {
	t.Parallel()
	synctest.Test(t, func(t *testing.T) {
		b := newRunningBench(t, "2024-06-18 09:00")
		poison, other := b.queue("hefei", "r1"), b.queue("wuhu", "r2")
		b.smtp.fail = func(_ int, to []string) error {
			if to[0] == "gxj@hefei.example" {
				return &refusal{ours: true}
			}
			return nil
		}
		ctx, cancel := context.WithTimeout(context.Background(), 70*time.Second)
		defer cancel()
		if err := b.Run(ctx); err != nil {
			t.Fatal(err)
		}
		if l := b.letter(other); l.State != ledger.Sent {
			t.Errorf("the other letter is %s after %d attempts", l.State, l.Attempts)
		}
		if l := b.letter(poison); !l.NextAttempt.After(b.clock()) {
			t.Errorf("the refused letter is due at %s, now %s", l.NextAttempt, b.clock())
		}
		if len(b.smtp.tries) < 2 || b.smtp.tries[1].to != "staff@example.org" {
			t.Errorf("tries %v", b.smtp.tries)
		}
		b.Ledger.Close()
	})
}
