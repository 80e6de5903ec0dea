package imaptest_test

import (
	"bufio"
	"fmt"
	"net"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"baosong/intake/imaptest"
)

func start(t *testing.T, o imaptest.Options) *imaptest.Server {
	t.Helper()
	s, err := imaptest.Start(o)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { s.Close() })
	return s
}

// talk sends commands one after the other and gives all lines that came.
func talk(t *testing.T, s *imaptest.Server, commands ...string) []string {
	t.Helper()
	conn, err := net.Dial("tcp", s.Addr)
	if err != nil {
		t.Fatal(err)
	}
	defer conn.Close()
	if err := conn.SetDeadline(time.Now().Add(10 * time.Second)); err != nil {
		t.Fatal(err)
	}
	r := bufio.NewReader(conn)
	greeting, err := r.ReadString('\n')
	lines := []string{greeting}
	for i, c := range append([]string{"LOGIN box@example.org secret"}, commands...) {
		fmt.Fprintf(conn, "a%d %s\r\n", i, c)
		for err == nil {
			var line string
			if line, err = r.ReadString('\n'); err != nil {
				break
			}
			lines = append(lines, strings.TrimRight(line, "\r\n"))
			if strings.HasPrefix(line, fmt.Sprintf("a%d ", i)) {
				break
			}
		}
	}
	return lines
}

func has(lines []string, part string) bool {
	return slices.ContainsFunc(lines, func(l string) bool { return strings.Contains(l, part) })
}

func TestID(t *testing.T) {
	t.Parallel()
	if got := talk(t, start(t, imaptest.Options{}), `ID ("name" "x")`, "NOOP"); !has(got, "* ID (") || !has(got, "a1 OK") || !has(got, "a2 OK") {
		t.Errorf("answered: %q", got)
	}
	if got := talk(t, start(t, imaptest.Options{RefuseID: true}), `ID ("name" "x")`, "NOOP"); !has(got, "a1 BAD") || !has(got, "a2 OK") {
		t.Errorf("refused: %q", got)
	}
}

func TestFaults(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	s.SetFault(imaptest.Fault{Refuse: map[string]string{"SELECT": "NO Unsafe Login"}})
	if got := talk(t, s, "SELECT INBOX", "NOOP"); !has(got, "a1 NO Unsafe Login") || !has(got, "a2 OK") {
		t.Errorf("refuse: %q", got)
	}
	s.SetFault(imaptest.Fault{DropOn: "SELECT"})
	if got := talk(t, s, "SELECT INBOX"); has(got, "a1") || !has(got, "a0 OK") {
		t.Errorf("drop: %q", got)
	}
	s.SetFault(imaptest.Fault{CutAfter: 20})
	if got := talk(t, s); len(strings.Join(got, "")) != 20 {
		t.Errorf("cut: %q", got)
	}
	s.SetFault(imaptest.Fault{})
	if got := talk(t, s, "SELECT INBOX"); !has(got, "a1 OK") {
		t.Errorf("no fault: %q", got)
	}
	for _, c := range s.Commands() {
		if strings.Contains(c, "secret") {
			t.Errorf("password recorded in %q", c)
		}
	}
}

func TestExamineIsReadOnly(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	if _, err := s.Deliver("INBOX", []byte("a"), time.Now()); err != nil {
		t.Fatal(err)
	}
	if err := s.AddMailbox("b"); err != nil {
		t.Fatal(err)
	}
	got := talk(t, s, "EXAMINE INBOX", `STORE 1 +FLAGS (\Deleted)`, "EXPUNGE", "MOVE 1 b")
	for _, want := range []string{"a2 NO", "a3 NO", "a4 NO"} {
		if !has(got, want) {
			t.Errorf("no %q in %q", want, got)
		}
	}
}

// TestOppositeMoves: in imapmemserver two moves in opposite directions can wait for each other for ever.
func TestOppositeMoves(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	if err := s.AddMailbox("b"); err != nil {
		t.Fatal(err)
	}
	for _, folder := range []string{"INBOX", "b"} {
		if _, err := s.Deliver(folder, []byte("x"), time.Now()); err != nil {
			t.Fatal(err)
		}
	}
	var all sync.WaitGroup
	for _, way := range [][2]string{{"INBOX", "b"}, {"b", "INBOX"}} {
		all.Go(func() {
			commands := []string{"SELECT " + way[0]}
			for range 200 {
				commands = append(commands, "UID MOVE 1:* "+way[1])
			}
			if got := talk(t, s, commands...); !has(got, "a201 OK") {
				t.Errorf("%v: ended with %q", way, got[len(got)-1])
			}
		})
	}
	all.Wait()
}

func TestRecreateKeepsMails(t *testing.T) {
	t.Parallel()
	s := start(t, imaptest.Options{})
	at := time.Date(2024, 6, 1, 8, 0, 0, 0, time.UTC)
	for _, raw := range []string{"first", "second"} {
		if _, err := s.Deliver("INBOX", []byte(raw), at); err != nil {
			t.Fatal(err)
		}
	}
	before, err := s.UIDValidity("INBOX")
	if err != nil {
		t.Fatal(err)
	}
	if err := s.Recreate("INBOX"); err != nil {
		t.Fatal(err)
	}
	after, _ := s.UIDValidity("INBOX")
	mails, err := s.Messages("INBOX")
	if err != nil || len(mails) != 2 || string(mails[1].Raw) != "second" || !mails[0].ReceivedAt.Equal(at) || before == after {
		t.Errorf("%+v, %v, UIDVALIDITY %d then %d", mails, err, before, after)
	}
}
