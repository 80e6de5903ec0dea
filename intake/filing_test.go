package intake

import (
	"slices"
	"testing"
	"time"

	"baosong/ledger"
)

// flags are those of a folder's mails, in order.
func (b *bench) flags(folder string) [][]string {
	b.t.Helper()
	ms, err := b.imap.Messages(folder)
	if err != nil {
		b.t.Fatal(err)
	}
	var all [][]string
	for _, m := range ms {
		all = append(all, m.Flags)
	}
	return all
}

// TestKeywordPerFate files a mail by keyword alone, by keyword and folder, and gives it another keyword when its fate changes.
func TestKeywordPerFate(t *testing.T) {
	t.Parallel()
	keywords := Fates{Filed: "$filed", Held: "$held"}
	for _, row := range []struct {
		name  string
		fates Fates
		held  string // the folder of a held mail
		filed string // and of a filed one
	}{
		{"keyword only", Fates{}, "INBOX", "INBOX"},
		{"folder and keyword", fates, fates.Held, fates.Filed},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			b := newBench(t)
			b.poller.Fates, b.poller.Keywords = row.fates, keywords
			m := b.mail("hefei", "报送", b.now, b.files("hefei", 1, nil)...)
			m.From = "someone@private.example"
			b.deliver("INBOX", m)
			b.mustPoll()
			if got := b.flags(row.held); len(got) != 1 || !slices.Contains(got[0], "$held") {
				t.Fatalf("flags of the held mail %v, want $held", got)
			}
			if err := b.db.Assign(t.Context(), b.messages()[0].ID, "hefei", false, "staff"); err != nil {
				t.Fatal(err)
			}
			b.now = b.now.Add(time.Minute)
			b.mustPoll()
			got := b.flags(row.filed)
			if len(got) != 1 || !slices.Contains(got[0], "$filed") || slices.Contains(got[0], "$held") {
				t.Errorf("flags of the filed mail %v, want $filed instead of $held", got)
			}
			if ms := b.messages(); len(ms) != 1 || ms[0].State != ledger.Filed || ms[0].Folder != row.filed {
				t.Errorf("messages %+v, want one filed in %s", ms, row.filed)
			}
		})
	}
}

// TestKeywordRefused files mail all the same on a server that will not mark it.
func TestKeywordRefused(t *testing.T) {
	t.Parallel()
	b := newBench(t)
	b.poller.Keywords = Fates{Filed: "not a keyword"}
	b.deliver("INBOX", b.mail("hefei", "报送", b.now, b.files("hefei", 1, nil)...))
	b.mustPoll()
	if ms := b.messages(); len(ms) != 1 || ms[0].Folder != fates.Filed || b.count(fates.Filed) != 1 {
		t.Errorf("messages %+v, want one in %s", ms, fates.Filed)
	}
}
