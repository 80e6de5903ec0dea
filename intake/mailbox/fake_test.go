package mailbox_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"strings"
	"sync/atomic"
	"testing"

	"baosong/intake/mailbox"
)

// fake is a server that says what its script says. Every connection gets the same script, unless the script counts.
type fake struct {
	ln    net.Listener
	dials atomic.Int64
}

// answer gets a command without its tag and writes what it likes; it returns false to have the plain answer added:
// "tag OK". hangUp ends the connection.
type answer func(tag, command string, w io.Writer) (answered bool, hangUp bool)

// serve starts a scripted server with one folder of exists mails.
func serve(t testing.TB, greeting string, exists int, script answer) *fake {
	t.Helper()
	ln, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	f := &fake{ln: ln}
	t.Cleanup(func() { ln.Close() })
	go func() {
		for {
			conn, err := ln.Accept()
			if err != nil {
				return
			}
			f.dials.Add(1)
			go talk(conn, greeting, exists, script)
		}
	}()
	return f
}

func talk(conn net.Conn, greeting string, exists int, script answer) {
	defer conn.Close()
	io.WriteString(conn, greeting)
	r := bufio.NewReader(conn)
	for {
		line, err := r.ReadString('\n')
		if err != nil {
			return
		}
		tag, command, _ := strings.Cut(strings.TrimRight(line, "\r\n"), " ")
		answered, hangUp := script(tag, command, conn)
		if hangUp {
			return
		}
		if answered {
			continue
		}
		switch word, _, _ := strings.Cut(command, " "); word {
		case "CAPABILITY":
			fmt.Fprint(conn, "* CAPABILITY IMAP4rev1 UIDPLUS MOVE IDLE\r\n")
		case "SELECT", "EXAMINE":
			fmt.Fprintf(conn, "* %d EXISTS\r\n* OK [UIDVALIDITY 7] x\r\n* OK [UIDNEXT 99] x\r\n* FLAGS (\\Seen)\r\n", exists)
		}
		fmt.Fprintf(conn, "%s OK done\r\n", tag)
	}
}

func (f *fake) options() mailbox.Options {
	addr := f.ln.Addr().(*net.TCPAddr)
	return mailbox.Options{Host: "127.0.0.1", Port: addr.Port, TLS: "none", Username: "box", Password: "secret", Timeout: quick}
}

const hello = "* OK hello\r\n"

// plain answers nothing itself.
func plain(string, string, io.Writer) (bool, bool) { return false, false }

// on answers a command that begins with prefix by text, in which TAG stands for the tag.
func on(prefix, text string) answer {
	return func(tag, command string, w io.Writer) (bool, bool) {
		if !strings.HasPrefix(command, prefix) {
			return false, false
		}
		io.WriteString(w, strings.ReplaceAll(text, "TAG", tag))
		return true, false
	}
}
