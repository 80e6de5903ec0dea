package mailbox_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"slices"
	"strings"
	"testing"
	"time"

	"baosong/intake/imaptest"
	"baosong/intake/mailbox"
)

// quick are the deadlines of the tests that must run into none.
const quick = 10 * time.Second

func start(t *testing.T, o imaptest.Options) *imaptest.Server {
	t.Helper()
	s, err := imaptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

func options(s *imaptest.Server) mailbox.Options {
	return mailbox.Options{Host: s.Host, Port: s.Port, TLS: "none", Username: s.Username, Password: s.Password, Timeout: quick}
}

func dial(t *testing.T, o mailbox.Options) *mailbox.Client {
	t.Helper()
	c, err := mailbox.Dial(t.Context(), o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { c.Close() })
	return c
}

func open(t *testing.T, c *mailbox.Client, folder string) mailbox.Folder {
	t.Helper()
	f, err := c.Open(t.Context(), folder, false)
	if err != nil {
		t.Fatal(err)
	}
	return f
}

func deliver(t *testing.T, s *imaptest.Server, folder, raw string, at time.Time) uint32 {
	t.Helper()
	uid, err := s.Deliver(folder, []byte(raw), at)
	if err != nil {
		t.Fatal(err)
	}
	return uid
}

func fetch(t *testing.T, c *mailbox.Client, uid uint32) string {
	t.Helper()
	var b bytes.Buffer
	n, err := c.Fetch(t.Context(), uid, &b)
	if err != nil {
		t.Fatalf("Fetch(%d): %v", uid, err)
	}
	if n != int64(b.Len()) {
		t.Errorf("Fetch(%d) says %d bytes, wrote %d", uid, n, b.Len())
	}
	return b.String()
}

func mail(subject, body string) string {
	return "From: <a@city.example>\r\nSubject: " + subject + "\r\n\r\n" + body + "\r\n"
}

// received is a time before and unlike any the test runs at.
var received = time.Date(2024, 6, 21, 23, 59, 59, 0, time.FixedZone("", 8*3600))

func TestReadMailbox(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	first, second := mail("1", "报送"), mail("2", strings.Repeat("x", 100_000))
	u1 := deliver(t, s, "INBOX", first, received)
	u2 := deliver(t, s, "INBOX", second, received.Add(time.Second))
	c := dial(t, options(s))
	f := open(t, c, "INBOX")
	if f.Exists != 2 || f.UIDNext != u2+1 || f.UIDValidity == 0 {
		t.Errorf("Open = %+v", f)
	}
	got, err := c.UIDs(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	if len(got) != 2 || got[0].UID != u1 || got[1].UID != u2 {
		t.Fatalf("UIDs = %+v, want %d and %d", got, u1, u2)
	}
	if !got[0].ReceivedAt.Equal(received) || got[0].Size != int64(len(first)) || got[0].Seen {
		t.Errorf("first entry = %+v", got[0])
	}
	for uid, want := range map[uint32]string{u1: first, u2: second} {
		if got := fetch(t, c, uid); got != want {
			t.Errorf("Fetch(%d) gives %d bytes, want %d", uid, len(got), len(want))
		}
	}
	if got, _ = c.UIDs(t.Context()); got[0].Seen {
		t.Error("reading marked the mail as seen")
	}
	if _, err := c.Fetch(t.Context(), u2+7, &bytes.Buffer{}); !errors.Is(err, mailbox.ErrGone) {
		t.Errorf("Fetch of a missing mail: %v, want ErrGone", err)
	}
	for _, command := range s.Commands() {
		for _, never := range []string{"ENVELOPE", "BODYSTRUCTURE", "SEARCH", "BODY["} {
			if strings.Contains(command, never) {
				t.Errorf("asked %q", command)
			}
		}
	}
}

func TestIDBeforeFirstFolder(t *testing.T) {
	t.Parallel()
	for _, refuse := range []bool{false, true} {
		s := start(t, imaptest.Options{RefuseID: refuse})
		c := dial(t, options(s))
		open(t, c, "INBOX")
		commands := s.Commands()
		id := slices.IndexFunc(commands, func(c string) bool { return strings.HasPrefix(c, "ID (") })
		folder := slices.IndexFunc(commands, func(c string) bool { return strings.HasPrefix(c, "SELECT") })
		login := slices.Index(commands, "LOGIN")
		if login < 0 || id < login || folder < id {
			t.Errorf("refuse=%v: order is %q", refuse, commands)
		}
	}
}

func TestEmptyFolder(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	c := dial(t, options(s))
	open(t, c, "INBOX")
	if got, err := c.UIDs(t.Context()); err != nil || len(got) != 0 {
		t.Errorf("UIDs = %v, %v", got, err)
	}
}

func TestManyMailsInChunks(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	const n = 1203
	for range n {
		deliver(t, s, "INBOX", "Subject: x\r\n\r\n", received)
	}
	c := dial(t, options(s))
	open(t, c, "INBOX")
	got, err := c.UIDs(t.Context())
	if err != nil || len(got) != n {
		t.Fatalf("UIDs lists %d mails, %v; want %d", len(got), err, n)
	}
	if !slices.IsSortedFunc(got, func(a, b mailbox.Entry) int { return int(a.UID) - int(b.UID) }) {
		t.Error("not ascending")
	}
}

func TestMove(t *testing.T) {
	t.Parallel()
	for _, row := range []struct {
		name         string
		o            imaptest.Options
		known        bool
		inboxHolds   int
		goneReported bool
	}{
		{"move", imaptest.Options{}, true, 1, true},
		{"copy and uid expunge", imaptest.Options{NoMove: true}, true, 1, true},
		{"move without UIDPLUS", imaptest.Options{NoPlus: true}, false, 1, false},
	} {
		t.Run(row.name, func(t *testing.T) {
			t.Parallel()
			s := start(t, row.o)
			uid := deliver(t, s, "INBOX", mail("1", "a"), received)
			staff := deliver(t, s, "INBOX", mail("2", "marked deleted by staff"), received)
			c := dial(t, options(s))
			open(t, c, "INBOX")
			moved, err := c.Move(t.Context(), uid, "已收/省级")
			if err != nil {
				t.Fatal(err)
			}
			if moved.Known != row.known {
				t.Errorf("Move = %+v", moved)
			}
			there, err := s.Messages("已收/省级")
			if err != nil || len(there) != 1 || string(there[0].Raw) != mail("1", "a") || !there[0].ReceivedAt.Equal(received) {
				t.Errorf("target holds %+v, %v", there, err)
			}
			if moved.Known && len(there) == 1 && there[0].UID != moved.UID {
				t.Errorf("UID is %d, told %d", there[0].UID, moved.UID)
			}
			here, _ := s.Messages("INBOX")
			if len(here) != row.inboxHolds || !slices.ContainsFunc(here, func(m imaptest.Message) bool { return m.UID == staff }) {
				t.Errorf("INBOX holds %+v", here)
			}
			_, err = c.Move(t.Context(), uid+99, "已收/省级")
			if errors.Is(err, mailbox.ErrGone) != row.goneReported {
				t.Errorf("Move of a missing mail: %v", err)
			}
			names, err := c.List(t.Context())
			if err != nil || !slices.Equal(names, []string{"INBOX", "已收/省级"}) {
				t.Errorf("List = %q, %v", names, err)
			}
		})
	}
}

// TestNoMove: without MOVE and UIDPLUS nothing is touched, neither the mail nor what staff marked deleted.
func TestNoMove(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{NoMove: true, NoPlus: true})
	uid := deliver(t, s, "INBOX", mail("1", "a"), received)
	c := dial(t, options(s))
	open(t, c, "INBOX")
	if _, err := c.Move(t.Context(), uid, "已收"); !errors.Is(err, mailbox.ErrNoMove) || c.Lost() {
		t.Errorf("Move: %v", err)
	}
	if here, err := s.Messages("INBOX"); err != nil || len(here) != 1 || len(here[0].Flags) != 0 {
		t.Errorf("INBOX holds %+v, %v", here, err)
	}
}

func TestExamineDoesNotChange(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	uid := deliver(t, s, "INBOX", mail("1", "a"), received)
	c := dial(t, options(s))
	if _, err := c.Open(t.Context(), "INBOX", true); err != nil {
		t.Fatal(err)
	}
	if err := c.Keyword(t.Context(), uid, "$Filed"); err == nil {
		t.Error("Keyword works on a folder opened read-only")
	}
	if err := c.Create(t.Context(), "异常"); err != nil {
		t.Fatal(err)
	}
	if _, err := c.Move(t.Context(), uid, "异常"); err == nil {
		t.Error("Move works on a folder opened read-only")
	}
}

func TestKeyword(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	uid := deliver(t, s, "INBOX", mail("1", "a"), received)
	c := dial(t, options(s))
	open(t, c, "INBOX")
	for _, bad := range []string{"", "two words", "已收", "a]", "a)", `\Deleted`, strings.Repeat("k", 65)} {
		if err := c.Keyword(t.Context(), uid, bad); !errors.Is(err, mailbox.ErrKeyword) {
			t.Errorf("Keyword(%q) = %v, want ErrKeyword", bad, err)
		}
	}
	if c.Lost() {
		t.Fatal("a bad keyword ended the connection")
	}
	if err := c.Keyword(t.Context(), uid, "$filed"); err != nil {
		t.Fatal(err)
	}
	got, err := c.UIDs(t.Context())
	if err != nil || !slices.Contains(got[0].Flags, "$filed") {
		t.Errorf("flags = %+v, %v", got, err)
	}
	if err := c.Keyword(t.Context(), uid, "$held", "$filed", "$held", "", "no such"); err != nil {
		t.Fatal(err)
	}
	got, err = c.UIDs(t.Context())
	if err != nil || slices.Contains(got[0].Flags, "$filed") || !slices.Contains(got[0].Flags, "$held") {
		t.Errorf("flags after another fate = %+v, %v", got, err)
	}
}

func TestCreateTwiceAndMissingFolder(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	c := dial(t, options(s))
	if _, err := c.Open(t.Context(), "待核实", false); !errors.Is(err, mailbox.ErrNoFolder) {
		t.Errorf("Open of a missing folder: %v, want ErrNoFolder", err)
	}
	for range 2 {
		if err := c.Create(t.Context(), "待核实"); err != nil {
			t.Fatal(err)
		}
	}
	open(t, c, "待核实")
}

// TestOddFolderNames: a folder whose name nobody can decode must not stand in the way of ours.
func TestOddFolderNames(t *testing.T) {
	t.Parallel()
	f := serve(t, hello, 0, func(tag, command string, w io.Writer) (bool, bool) {
		switch {
		case strings.HasPrefix(command, "CREATE"):
			return on("CREATE", "TAG NO folder is there\r\n")(tag, command, w)
		case strings.HasPrefix(command, `LIST "" "*"`):
			return on("LIST", "* LIST () \"/\" \"\xb1\xa8\xcb\xcd\"\r\nTAG OK done\r\n")(tag, command, w)
		case strings.HasPrefix(command, "LIST"):
			return on("LIST", "* LIST () \"/\" \"&XfJlNg-\"\r\nTAG OK done\r\n")(tag, command, w)
		}
		return false, false
	})
	c := dial(t, f.options())
	if err := c.Create(t.Context(), "已收"); err != nil || c.Lost() {
		t.Errorf("Create: %v", err)
	}
	if names, err := c.List(t.Context()); err == nil {
		t.Logf("List = %q", names)
	}
}

func TestAppend(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	c := dial(t, options(s))
	raw := mail("probe", strings.Repeat("试", 9000))
	if err := c.Append(t.Context(), "INBOX", []byte(raw)); err != nil {
		t.Fatal(err)
	}
	got, err := s.Messages("INBOX")
	if err != nil || len(got) != 1 || string(got[0].Raw) != raw {
		t.Errorf("INBOX holds %d mails, %v", len(got), err)
	}
	if err := c.Append(t.Context(), "没有", []byte(raw)); err == nil {
		t.Error("Append to a missing folder worked")
	}
	if c.Lost() {
		t.Error("the refusal ended the connection")
	}
}

func TestIdle(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	c := dial(t, options(s))
	open(t, c, "INBOX")
	if changed, err := c.Idle(t.Context(), 10*time.Millisecond); changed || err != nil {
		t.Errorf("quiet Idle = %v, %v", changed, err)
	}
	deliver(t, s, "INBOX", mail("1", "between Open and Idle"), received)
	if changed, err := c.Idle(t.Context(), quick); !changed || err != nil {
		t.Errorf("Idle after a delivery = %v, %v", changed, err)
	}
	done := make(chan error, 1)
	go func() {
		_, err := s.Deliver("INBOX", []byte(mail("2", "during Idle")), received)
		done <- err
	}()
	if changed, err := c.Idle(t.Context(), quick); !changed || err != nil {
		t.Errorf("Idle during a delivery = %v, %v", changed, err)
	}
	if err := <-done; err != nil {
		t.Fatal(err)
	}
	// The session goes on, and knows of both without being told to look again.
	if got, err := c.UIDs(t.Context()); err != nil || len(got) != 2 {
		t.Errorf("UIDs = %v, %v", got, err)
	}
	ctx, cancel := context.WithCancel(t.Context())
	time.AfterFunc(10*time.Millisecond, cancel)
	if _, err := c.Idle(ctx, quick); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled Idle: %v", err)
	}
	other := start(t, imaptest.Options{NoIdle: true})
	c = dial(t, options(other))
	open(t, c, "INBOX")
	if _, err := c.Idle(t.Context(), quick); !errors.Is(err, mailbox.ErrNoIdle) {
		t.Errorf("Idle without IDLE: %v", err)
	}
}

// TestRemovedMeanwhile: what staff remove between Open and the listing is left out, and nothing else.
func TestRemovedMeanwhile(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	var uids []uint32
	for range 5 {
		uids = append(uids, deliver(t, s, "INBOX", mail("1", "a"), received))
	}
	c := dial(t, options(s))
	open(t, c, "INBOX")
	if err := s.Remove("INBOX", uids[1]); err != nil {
		t.Fatal(err)
	}
	late := deliver(t, s, "INBOX", mail("2", "b"), received)
	got, err := c.UIDs(t.Context())
	var listed []uint32
	for _, e := range got {
		listed = append(listed, e.UID)
	}
	if err != nil || !slices.Equal(listed, []uint32{uids[0], uids[2], uids[3], uids[4], late}) {
		t.Errorf("UIDs = %v, %v", listed, err)
	}
	if got := fetch(t, c, late); got != mail("2", "b") {
		t.Errorf("body %q", got)
	}
}

func TestRecreatedFolder(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	deliver(t, s, "INBOX", mail("1", "a"), received)
	c := dial(t, options(s))
	before := open(t, c, "INBOX")
	if err := s.Recreate("INBOX"); err != nil {
		t.Fatal(err)
	}
	after := open(t, c, "INBOX")
	if before.UIDValidity == after.UIDValidity || after.Exists != 1 {
		t.Errorf("before %+v, after %+v", before, after)
	}
}
