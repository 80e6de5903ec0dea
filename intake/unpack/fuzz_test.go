package unpack

import (
	"bytes"
	"context"
	"errors"
	"os"
	"path/filepath"
	"testing"
	"time"

	"baosong/intake/message"
	"baosong/parse/container"
)

// FuzzWalk walks any bytes as what they look like: an error of ours, a file outside the folder, or more bytes than allowed
// is a fault.
func FuzzWalk(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.*")
	if err != nil {
		f.Fatal(err)
	}
	for _, name := range seeds {
		b, err := os.ReadFile(name)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add(rar4(0, 0, "a.doc", "b.doc"))
	f.Add([]byte("From: a@example.org\r\nTo: b@example.org\r\nContent-Type: message/rfc822\r\n\r\nFrom: c@example.org\r\n\r\nx"))
	f.Fuzz(func(t *testing.T, b []byte) {
		format := container.Sniff(bytes.NewReader(b), int64(len(b)))
		if !format.HoldsFiles() {
			return
		}
		dir := t.TempDir()
		path := filepath.Join(dir, "in")
		if err := os.WriteFile(path, b, 0o600); err != nil {
			t.Fatal(err)
		}
		ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
		defer cancel()
		lim := Limits{Files: 50, Bytes: 1 << 20}
		nodes, _, err := Walk(ctx, []*message.Attachment{{Name: "in", Path: path, Size: int64(len(b)), Type: string(format)}}, dir, lim, nil)
		if err != nil && !errors.Is(err, context.DeadlineExceeded) {
			t.Fatal(err)
		}
		if err != nil {
			t.Fatalf("slow: %v", err)
		}
		stored := 0
		every(nodes[0], func(n *Node) {
			if n.Children == nil {
				t.Fatalf("%q: nil children", n.Name)
			}
			stored++
		})
		if stored > lim.Files+1 {
			t.Fatalf("%d nodes", stored)
		}
		Leaves(nodes)
	})
}

func FuzzTNEF(f *testing.F) {
	small := newTNEF()
	small.file("内.doc", "里面的案例.doc", []byte("inner"))
	small.add(1, attMsgProps, 0x0006, propList(variableProp(mapiBinary, 0x1009, storedRTF(`{\rtf1 hello}`))))
	f.Add(small.b)
	f.Add([]byte("\x78\x9F\x3E\x22\x01\x00\x02\x05\x90\x06\x00\x04\x00\x00\x00\x01\x00\x00\x00\x01\x00"))
	f.Fuzz(func(t *testing.T, b []byte) {
		m, _ := parseTNEF(b)
		total := len(m.rtf)
		for i, a := range m.attachments {
			total += len(a.data)
			_ = a.fileName(i, m.codepage)
		}
		if total > 20*len(b)+1000 {
			t.Fatalf("%d bytes out of %d", total, len(b))
		}
	})
}

func FuzzUnpackRTF(f *testing.F) {
	f.Add([]byte("\x2d\x00\x00\x00\x2b\x00\x00\x00\x4c\x5a\x46\x75\xf1\xc5\xc7\xa7\x03\x00\x0a\x00\x72\x63\x70\x67\x31\x32\x35\x42\x32\x0a\xf3\x20\x68\x65\x6c\x09\x00\x20\x62\x77\x05\xb0\x6c\x64\x7d\x0a\x80\x0f\xa0"))
	f.Add(storedRTF("x"))
	f.Fuzz(func(t *testing.T, b []byte) {
		if out, _ := unpackRTF(b); len(out) > 9*len(b) {
			t.Fatalf("%d bytes out of %d", len(out), len(b))
		}
	})
}
