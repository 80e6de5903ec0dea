package mailbox_test

import (
	"bytes"
	"errors"
	"fmt"
	"io"
	"strings"
	"sync/atomic"
	"testing"

	"baosong/intake/mailbox"
)

// listing answers FETCH lo:hi for a folder of n mails (UID is 10 times the number); bad says how the answer about a mail
// looks for which it is not "".
func listing(bad func(number int, command string) string) answer {
	return func(tag, command string, w io.Writer) (bool, bool) {
		var lo, hi int
		if n, _ := fmt.Sscanf(command, "FETCH %d:%d", &lo, &hi); n == 1 {
			hi = lo
		} else if n != 2 {
			return false, false
		}
		for i := lo; i <= hi; i++ {
			if b := bad(i, command); b != "" {
				if b == "hang up" {
					return true, true
				}
				if b != "nothing" {
					io.WriteString(w, strings.ReplaceAll(b, "TAG", tag))
				}
				if strings.HasPrefix(b, "TAG") {
					return true, false
				}
				continue
			}
			fmt.Fprintf(w, "* %d FETCH (UID %d", i, 10*i)
			if strings.Contains(command, "RFC822.SIZE") {
				fmt.Fprintf(w, " RFC822.SIZE %d", 100*i)
			}
			if strings.Contains(command, "INTERNALDATE") {
				fmt.Fprint(w, ` INTERNALDATE "21-Jun-2024 23:59:59 +0800"`)
			}
			if strings.Contains(command, "FLAGS") {
				fmt.Fprint(w, ` FLAGS (\Seen)`)
			}
			fmt.Fprint(w, ")\r\n")
		}
		fmt.Fprintf(w, "%s OK done\r\n", tag)
		return true, false
	}
}

// asked gives text for one mail when the command asks for an item.
func asked(number int, item, text string) func(int, string) string {
	return func(n int, command string) string {
		if n == number && strings.Contains(command, item) {
			return text
		}
		return ""
	}
}

// TestListRoundBadAnswers: one mail whose answer ends the connection costs that mail's date or flags, not the listing.
func TestListRoundBadAnswers(t *testing.T) {
	t.Parallel()
	const n = 20
	for _, row := range []struct {
		name      string
		bad       func(int, string) string
		undated   int // mails without a date
		unsized   int
		unflagged int
		dials     int64 // at most
	}{
		{"all good", func(int, string) string { return "" }, 0, 0, 0, 1},
		{"INTERNALDATE NIL", asked(7, "INTERNALDATE", "* 7 FETCH (UID 70 RFC822.SIZE 700 INTERNALDATE NIL)\r\n"), 1, 0, 1, 9},
		{"INTERNALDATE in words", asked(20, "INTERNALDATE", "* 20 FETCH (UID 200 INTERNALDATE \"yesterday\")\r\n"), 1, 0, 1, 9},
		{"flag with a bracket", asked(1, "FLAGS", "* 1 FETCH (UID 10 FLAGS (\\Seen a]))\r\n"), 0, 0, 1, 9},
		{"hangs up over size", asked(3, "RFC822.SIZE", "hang up"), 1, 1, 1, 12},
		{"refuses dates", func(_ int, command string) string {
			if strings.Contains(command, "INTERNALDATE") {
				return "TAG NO no dates here\r\n"
			}
			return ""
		}, n, 0, n, 1},
		{"every date is NIL", func(i int, command string) string {
			if strings.Contains(command, "INTERNALDATE") {
				return fmt.Sprintf("* %d FETCH (UID %d INTERNALDATE NIL)\r\n", i, 10*i)
			}
			return ""
		}, n, n, n, 40},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			f := serve(t, hello, n, listing(row.bad))
			c := dial(t, f.options())
			open(t, c, "INBOX")
			got, err := c.UIDs(t.Context())
			if err != nil {
				t.Fatal(err)
			}
			if len(got) != n {
				t.Fatalf("listed %d of %d", len(got), n)
			}
			undated, unsized, unflagged := 0, 0, 0
			for i, e := range got {
				if e.UID != uint32(10*(i+1)) {
					t.Errorf("entry %d is %+v", i, e)
				}
				if e.ReceivedAt.IsZero() {
					undated++
				} else if !e.ReceivedAt.Equal(received) {
					t.Errorf("entry %d is %+v", i, e)
				}
				if e.Size < 0 {
					unsized++
				}
				if !e.Seen {
					unflagged++
				}
			}
			if undated > row.undated || unsized > row.unsized || unflagged > row.unflagged {
				t.Errorf("%d undated, %d unsized, %d unflagged", undated, unsized, unflagged)
			}
			if d := f.dials.Load(); d > row.dials {
				t.Errorf("%d connections, at most %d", d, row.dials)
			}
		})
	}
}

// TestListNeverPassesOver: when the server leaves a mail out, there is no list rather than one that makes it look gone.
func TestListNeverPassesOver(t *testing.T) {
	t.Parallel()
	for name, bad := range map[string]func(int, string) string{
		"left out":         asked(4, "FETCH", "nothing"),
		"without its UID":  asked(4, "FETCH", "* 4 FETCH (RFC822.SIZE 5)\r\n"),
		"unknown item":     asked(4, "FETCH", "* 4 FETCH (UID 40 X-FOO 5)\r\n"),
		"UID 0":            asked(4, "FETCH", "* 4 FETCH (UID 0)\r\n"),
		"an expunge":       asked(4, "FETCH", "* 4 EXPUNGE\r\n"),
		"refused entirely": asked(4, "FETCH", "TAG NO no\r\n"),
	} {
		f := serve(t, hello, 5, listing(bad))
		c := dial(t, f.options())
		open(t, c, "INBOX")
		got, err := c.UIDs(t.Context())
		var fault *mailbox.Error
		if !errors.As(err, &fault) || got != nil {
			t.Errorf("%s: %+v, %v", name, got, err)
		}
	}
}

// TestBodies: every shape of answer to a body gives the body or an error, never another's body or a part of it.
func TestBodies(t *testing.T) {
	t.Parallel()
	const body = "From: a\r\n\r\nbody\r\n"
	lit := fmt.Sprintf("{%d}\r\n%s", len(body), body)
	for _, row := range []struct {
		name   string
		answer string
		is     error // nil with ok false: any error
		ok     bool
	}{
		{"as it should be", "* 1 FETCH (UID 10 BODY[] " + lit + ")\r\nTAG OK done\r\n", nil, true},
		{"UID after the body", "* 1 FETCH (BODY[] " + lit + " UID 10)\r\nTAG OK done\r\n", nil, true},
		{"flags of others between", "* 2 FETCH (UID 20 FLAGS (\\Seen))\r\n* 1 FETCH (UID 10 BODY[] " + lit + ")\r\nTAG OK done\r\n", nil, true},
		{"twice", "* 1 FETCH (UID 10 BODY[] " + lit + ")\r\n* 1 FETCH (UID 10 BODY[] " + lit + ")\r\nTAG OK done\r\n", nil, true},
		{"quoted", "* 1 FETCH (UID 10 BODY[] \"" + "abc" + "\")\r\nTAG OK done\r\n", nil, true},
		{"another's UID after the body", "* 1 FETCH (BODY[] " + lit + " UID 20)\r\nTAG OK done\r\n", nil, false},
		{"another's UID before the body", "* 1 FETCH (UID 20 BODY[] " + lit + ")\r\nTAG OK done\r\n", nil, false},
		{"one UID before and another after", "* 1 FETCH (UID 10 BODY[] " + lit + " UID 20)\r\nTAG OK done\r\n", nil, false},
		{"no UID at all", "* 1 FETCH (BODY[] " + lit + ")\r\nTAG OK done\r\n", nil, false},
		{"NIL", "* 1 FETCH (UID 10 BODY[] NIL)\r\nTAG OK done\r\n", nil, false},
		{"RFC822", "* 1 FETCH (UID 10 RFC822 " + lit + ")\r\nTAG OK done\r\n", mailbox.ErrMalformed, false},
		{"shorter than said", "* 1 FETCH (UID 10 BODY[] {99}\r\n" + body + ")\r\nTAG OK done\r\n", nil, false},
		{"longer than said", "* 1 FETCH (UID 10 BODY[] {3}\r\n" + body + ")\r\nTAG OK done\r\n", mailbox.ErrMalformed, false},
		{"negative length", "* 1 FETCH (UID 10 BODY[] {-3}\r\n" + body + ")\r\nTAG OK done\r\n", mailbox.ErrMalformed, false},
		{"overflowing length", "* 1 FETCH (UID 10 BODY[] {99999999999999999999}\r\n" + body + ")\r\nTAG OK done\r\n", mailbox.ErrMalformed, false},
		{"refused", "TAG NO [SERVERBUG] cannot read it\r\n", nil, false},
		{"unknown item", "* 1 FETCH (UID 10 X-FOO 5 BODY[] " + lit + ")\r\nTAG OK done\r\n", mailbox.ErrMalformed, false},
		{"vanished meanwhile", "* VANISHED (EARLIER) 3:5\r\nTAG OK done\r\n", mailbox.ErrMalformed, false},
		{"nothing", "TAG OK done\r\n", nil, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			list := listing(func(int, string) string { return "" })
			f := serve(t, hello, 3, func(tag, command string, w io.Writer) (bool, bool) {
				if strings.Contains(command, "BODY.PEEK[]") {
					io.WriteString(w, strings.ReplaceAll(row.answer, "TAG", tag))
					// Nothing more comes: what is missing stays missing.
					return true, row.name == "shorter than said"
				}
				return list(tag, command, w)
			})
			c := dial(t, f.options())
			open(t, c, "INBOX")
			for range 2 { // the second time the way round is known
				var b bytes.Buffer
				n, err := c.Fetch(t.Context(), 10, &b)
				if row.ok {
					if err != nil || b.String() != body && row.name != "quoted" || n != int64(b.Len()) {
						t.Fatalf("%d, %q, %v", n, b.String(), err)
					}
					continue
				}
				var fault *mailbox.Error
				if !errors.As(err, &fault) || row.is != nil && !errors.Is(err, row.is) {
					t.Fatalf("%q, %v", b.String(), err)
				}
				if errors.Is(err, mailbox.ErrGone) {
					t.Fatalf("a mail that is listed counts as gone: %v", err)
				}
				break
			}
		})
	}
}

func TestGoneOnlyWhenNotListed(t *testing.T) {
	t.Parallel()
	list := listing(func(int, string) string { return "" })
	f := serve(t, hello, 3, func(tag, command string, w io.Writer) (bool, bool) {
		if strings.Contains(command, "BODY.PEEK[]") {
			fmt.Fprintf(w, "%s OK done\r\n", tag)
			return true, false
		}
		return list(tag, command, w)
	})
	c := dial(t, f.options())
	open(t, c, "INBOX")
	if _, err := c.Fetch(t.Context(), 15, io.Discard); !errors.Is(err, mailbox.ErrGone) {
		t.Errorf("UID 15 is not listed: %v", err)
	}
	if _, err := c.Fetch(t.Context(), 20, io.Discard); err == nil || errors.Is(err, mailbox.ErrGone) {
		t.Errorf("UID 20 is listed: %v", err)
	}
}

// FuzzAnswers feeds any bytes as the answers to a whole session: no panic, no hang, no body but the one that was sent.
func FuzzAnswers(f *testing.F) {
	for _, seed := range []string{
		"* 1 FETCH (UID 10 BODY[] {3}\r\nabc)\r\n",
		"* 1 FETCH (UID 10 RFC822.SIZE 3 INTERNALDATE \"21-Jun-2024 23:59:59 +0800\" FLAGS (\\Seen))\r\n",
		"* 1 FETCH (BODY[] {3}\r\nabc UID 10)\r\n", "* OK [UIDVALIDITY 1] \"(((\r\n", "* BYE {9}\r\n", "+ idling\r\n",
		"* 1 FETCH (UID 10 BODYSTRUCTURE ((((((\"a\r\n", "* ID (\"name\" NIL)\r\n", "* LIST (\\HasNoChildren) \"/\" \"&V4NXPp-\"\r\n", "T3 OK\r\n",
	} {
		f.Add([]byte(seed), uint8(3))
		f.Add([]byte(seed), uint8(6))
	}
	f.Fuzz(func(t *testing.T, raw []byte, at uint8) {
		var commands atomic.Int64
		s := serve(t, hello, 1, func(_, _ string, w io.Writer) (bool, bool) {
			n := commands.Add(1)
			if n%8 == int64(at%8) {
				w.Write(raw)
			}
			return false, n > 60
		})
		o := s.options()
		o.Timeout, o.PollLimit = short, 2*short
		got, err := session(t.Context(), o)
		if err == nil && !bytes.Contains(raw, []byte(got)) {
			t.Errorf("body %q out of nowhere", got)
		}
	})
}
