package message

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"
	"time"

	"baosong/parse/finding"
	"baosong/sample/corpus"
)

// generated gives a mail that is never in memory as a whole: n bytes of base64 in one attachment.
func generated(n int64) io.Reader {
	line := bytes.Repeat([]byte("QUJDREVGR0hJSktMTU5PUFFSU1RVVldY"), 3)[:76]
	return io.MultiReader(
		strings.NewReader("From: a@city.example\r\nSubject: big\r\nContent-Type: multipart/mixed; boundary=BB\r\n\r\n--BB\r\n\r\nhello\r\n--BB\r\n"+
			"Content-Type: application/zip; name=big.zip\r\nContent-Transfer-Encoding: base64\r\n\r\n"),
		&repeated{line: append(line, '\r', '\n'), left: n},
		strings.NewReader("--BB--\r\n"))
}

type repeated struct {
	line []byte
	at   int
	left int64
}

func (r *repeated) Read(p []byte) (n int, err error) {
	for n < len(p) {
		if r.left <= 0 && r.at == 0 {
			if n == 0 {
				return 0, io.EOF
			}
			return n, nil
		}
		k := copy(p[n:], r.line[r.at:])
		n, r.at, r.left = n+k, (r.at+k)%len(r.line), r.left-int64(k)
	}
	return n, nil
}

// allocated runs f and returns how many bytes it allocated in all, which bounds what it can have held.
func allocated(f func()) uint64 {
	var before, after runtime.MemStats
	runtime.GC()
	runtime.ReadMemStats(&before)
	f()
	runtime.ReadMemStats(&after)
	return after.TotalAlloc - before.TotalAlloc
}

// TestBigMailStreams is not parallel: it measures what is allocated.
func TestBigMailStreams(t *testing.T) {
	const n = int64(200 << 20)
	var m *Message
	var err error
	dir := t.TempDir()
	start := time.Now()
	bytes := allocated(func() { m, err = Read(generated(n), dir, Limits{}) })
	if err != nil {
		t.Fatal(err)
	}
	if len(m.Attachments) != 1 || m.Attachments[0].Size < n/4*3*95/100 || m.Text != "hello" {
		t.Fatalf("read %v", m.Attachments)
	}
	if bytes > 4<<20 {
		t.Errorf("allocated %d bytes for a mail of %d", bytes, n)
	}
	t.Logf("%d MB in %v, %d KB allocated in all", n>>20, time.Since(start).Round(time.Millisecond), bytes>>10)
}

// TestHostile: each of these is read in bounded time and memory, without losing what comes before the limit.
func TestHostile(t *testing.T) {
	head := "From: a@city.example\r\nSubject: t\r\n"
	manyParts := func(n int, part string) string {
		return head + "Content-Type: multipart/mixed; boundary=BB\r\n\r\n" + strings.Repeat("--BB\r\n"+part+"\r\n", n) + "--BB--\r\n"
	}
	var deep strings.Builder
	deep.WriteString(head)
	for i := range 10000 {
		fmt.Fprintf(&deep, "Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n", i, i)
	}
	deep.WriteString("Content-Type: application/x; name=deep.bin\r\n\r\nDEEP\r\n")
	for _, c := range []struct {
		name, raw string
		want      string // code and where of a finding, or ""
		check     func(m *Message) bool
	}{
		{"5,000 parts", manyParts(5000, "Content-Type: application/x; name=a.bin\r\n\r\nDATA"), "file.limit " + string(defectParts), func(m *Message) bool { return len(m.Attachments) > 1990 && len(m.Attachments) <= 2000 }},
		{"20,000 empty texts", manyParts(20000, "\r\n"), "file.limit " + string(defectParts), nil},
		{"10,000 deep", deep.String(), "file.limit " + string(defectDepth), func(m *Message) bool { return len(m.Attachments) == 1 }},
		{"header of 2 MB", head[:22] + "X-Long: " + strings.Repeat("x", 2<<20) + "\r\nSubject: after\r\n\r\nbody", "mail.defect " + string(defectHeaderSize), func(m *Message) bool { return m.Subject == "after" && m.Text == "body" }},
		{"100,000 fields", head + strings.Repeat("X-A: b\r\n", 100000) + "\r\nbody", "mail.defect " + string(defectHeaderSize), func(m *Message) bool { return m.Text == "body" }},
		{"one line of 40 MB", manyParts(1, "Content-Type: application/x; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"+strings.Repeat("QUJD", 10<<20)), "", func(m *Message) bool { return m.Attachments[0].Size == 30<<20 }},
		{"junk in base64", manyParts(1, "Content-Type: application/x; name=a.bin\r\nContent-Transfer-Encoding: base64\r\n\r\n"+strings.Repeat("QUJD!!\r\n", 1<<20)), "mail.defect " + string(defectBase64Junk), nil},
		{"unclosed comments in From", "From: " + strings.Repeat("(", 250<<10) + "\r\n\r\nx", "", nil},
		{"unclosed quotes in To", "To: \"" + strings.Repeat(`\"`, 120<<10) + "\r\n\r\nx", "", nil},
		{"angle brackets in To", "To: " + strings.Repeat("<", 250<<10) + "\r\n\r\nx", "", nil},
		{"half encoded words", "Subject: " + strings.Repeat("=?", 120<<10) + "\r\nTo: " + strings.Repeat("=?a?b?", 40<<10) + "\r\n\r\nx", "", nil},
		{"quotes in a name", manyParts(1, "Content-Disposition: attachment; filename=\""+strings.Repeat(`"a\"`, 60<<10)+"\r\n\r\nx"), "", nil},
		{"parameters without end", manyParts(1, "Content-Type: text/plain"+strings.Repeat("; a*0*=x", 30<<10)+"\r\n\r\nx"), "", nil},
		{"text of 30 MB", head + "\r\n" + strings.Repeat("正文内容 (1.2M, ) \r\n", 1<<20), "mail.defect " + string(defectText), func(m *Message) bool { return len(m.Attachments) == 1 && len(m.Text) <= 2<<20 }},
		{"100 texts of 1 MB", manyParts(100, "\r\n"+strings.Repeat("words and words\r\n", 1<<16)), "mail.defect " + string(defectText), func(m *Message) bool { return len(m.Text) <= 2<<20 }},
		{"tags without end", head + "Content-Type: text/html\r\n\r\n" + strings.Repeat(`<a href="`, 200<<10), "", nil},
		{"tags with open quotes", head + "Content-Type: text/html\r\n\r\n" + strings.Repeat(`<a b='><a c=">`, 100<<10), "", nil},
		{"styles without end", head + "Content-Type: text/html\r\n\r\n" + strings.Repeat(`<style></x>`, 100<<10), "", nil},
		{"anchors to large attachments", head + "Content-Type: text/html\r\n\r\n" + strings.Repeat(`<a href="https://pan.baidu.com/s/1">a.zip</a><br>`, 30<<10), "", func(m *Message) bool { return len(m.Links) == 1 }},
		{"many different links", head + "\r\n" + strings.Repeat("https://pan.baidu.com/s/12 ", 1000) + manyLinks(20000), "", func(m *Message) bool { return len(m.Links) <= maxLinks }},
		{"uuencode in every line", head + "\r\n" + strings.Repeat("begin 644 a\r\n#0V%T\r\n`\r\nend\r\n", 20000), "", func(m *Message) bool { return len(m.Attachments) <= 2000 }},
		{"reports without end", head + "Content-Type: multipart/report; boundary=BB\r\n\r\n" + strings.Repeat("--BB\r\nContent-Type: message/delivery-status\r\n\r\n"+strings.Repeat("x", 4000)+"\r\n", 1500), "", func(m *Message) bool { return len(m.Report) < 300<<10 }},
	} {
		t.Run(c.name, func(t *testing.T) {
			var m *Message
			var err error
			dir := t.TempDir()
			start := cpuTime(t)
			bytes := allocated(func() { m, err = Read(strings.NewReader(c.raw), dir, Limits{}) })
			if err != nil {
				t.Fatal(err)
			}
			took := cpuTime(t) - start
			if took > slack*5*time.Second {
				t.Errorf("took %v", took)
			}
			if bytes > slack*200<<20 {
				t.Errorf("allocated %d MB for %d KB", bytes>>20, len(c.raw)>>10)
			}
			if c.want != "" && !slices.ContainsFunc(m.Findings, func(f finding.Finding) bool { return string(f.Code)+" "+f.Where == c.want }) {
				t.Errorf("no finding %q among %v", c.want, m.Findings)
			}
			if c.check != nil && !c.check(m) {
				t.Errorf("read as %d files, subject %.20q, text of %d bytes, %d links", len(m.Attachments), m.Subject, len(m.Text), len(m.Links))
			}
			t.Logf("%d KB in %v, %d MB allocated in all", len(c.raw)>>10, took.Round(time.Millisecond), bytes>>20)
		})
	}
}

// cpuTime is what the process has worked so far: the machine may be busy with other things.
func cpuTime(t *testing.T) time.Duration {
	t.Helper()
	var u syscall.Rusage
	if err := syscall.Getrusage(syscall.RUSAGE_SELF, &u); err != nil {
		t.Fatal(err)
	}
	return time.Duration(u.Utime.Nano() + u.Stime.Nano())
}

func manyLinks(n int) string {
	var b strings.Builder
	for i := range n {
		fmt.Fprintf(&b, "a%d.zip (%dM)\r\nhttps://pan.baidu.com/s/%d\r\n", i, i, i)
	}
	return b.String()
}

// TestBytesLimit: what goes over is not written, and the sender is asked to send otherwise.
func TestBytesLimit(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	m, err := Read(generated(1<<20), dir, Limits{Bytes: 100 << 10})
	if err != nil {
		t.Fatal(err)
	}
	if m.Attachments[0].Size > 100<<10 || !slices.ContainsFunc(m.Findings, func(f finding.Finding) bool { return f.Code == "file.limit" }) {
		t.Errorf("wrote %d bytes, findings %v", m.Attachments[0].Size, m.Findings)
	}
	if st, err := os.Stat(m.Attachments[0].Path); err != nil || st.Size() != m.Attachments[0].Size {
		t.Errorf("file: %v, %v", st, err)
	}
}

type failing struct{ after int }

func (f *failing) Read(p []byte) (int, error) {
	if f.after <= 0 {
		return 0, io.ErrClosedPipe
	}
	n := min(len(p), f.after)
	f.after -= n
	for i := range p[:n] {
		p[i] = "X: y\n"[i%5]
	}
	return n, nil
}

// TestOurErrors: a reader that fails and a folder that is not there are errors, and nothing is left behind.
func TestOurErrors(t *testing.T) {
	t.Parallel()
	if _, err := Read(&failing{after: 1000}, t.TempDir(), Limits{}); err == nil {
		t.Error("a reader that fails gives no error")
	}
	if _, err := Read(strings.NewReader("Content-Type: application/pdf\n\nx"), filepath.Join(t.TempDir(), "none"), Limits{}); err == nil {
		t.Error("a folder that is not there gives no error")
	}
	if _, err := ReadFile(filepath.Join(t.TempDir(), "none"), t.TempDir(), Limits{}); err == nil {
		t.Error("a file that is not there gives no error")
	}
	dir := t.TempDir()
	raw := "Content-Type: multipart/mixed; boundary=B\n\n--B\nContent-Type: application/x; name=a\n\n" + strings.Repeat("x\n", 200000)
	if _, err := Read(io.MultiReader(strings.NewReader(raw), &failing{}), dir, Limits{}); err == nil {
		t.Error("a reader that fails late gives no error")
	}
	if left, _ := os.ReadDir(dir); len(left) != 0 {
		t.Errorf("%d files left behind", len(left))
	}
}

// TestCorpusWhole reads every file of the collection as if it were a mail: nothing panics, nothing takes long or much.
func TestCorpusWhole(t *testing.T) {
	root := corpus.Dir(t)
	files, worst, most := 0, time.Duration(0), uint64(0)
	for _, part := range []string{"mime", "dsn", "generated", "tnef"} {
		err := filepath.WalkDir(filepath.Join(root, part), func(path string, d os.DirEntry, err error) error {
			if err != nil || !d.Type().IsRegular() {
				return err
			}
			dir := t.TempDir()
			start := cpuTime(t)
			var readErr error
			bytes := allocated(func() { _, readErr = ReadFile(path, dir, Limits{}) })
			if readErr != nil {
				t.Errorf("%s: %v", path, readErr)
			}
			files, worst, most = files+1, max(worst, cpuTime(t)-start), max(most, bytes)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	if worst > slack*5*time.Second || most > 300<<20 {
		t.Errorf("worst time %v, most bytes %d MB", worst, most>>20)
	}
	t.Logf("%d files, at most %v and %d MB allocated for one", files, worst.Round(time.Millisecond), most>>20)
}

func BenchmarkRead(b *testing.B) {
	for _, size := range []int64{100 << 10, 10 << 20} {
		b.Run(fmt.Sprintf("%dKB", size>>10), func(b *testing.B) {
			raw, err := io.ReadAll(generated(size))
			if err != nil {
				b.Fatal(err)
			}
			dir := b.TempDir()
			b.SetBytes(int64(len(raw)))
			b.ReportAllocs()
			for b.Loop() {
				m, err := Read(bytes.NewReader(raw), dir, Limits{})
				if err != nil {
					b.Fatal(err)
				}
				_ = os.Remove(m.Attachments[0].Path)
			}
			b.ReportMetric(float64(b.N)/b.Elapsed().Seconds(), "messages/s")
		})
	}
}

// FuzzRead: whatever the bytes, the reader neither panics nor fails, its texts are UTF-8 on one line, and its sums are
// true.
func FuzzRead(f *testing.F) {
	seeds, err := filepath.Glob("testdata/*.eml")
	if err != nil {
		f.Fatal(err)
	}
	for _, path := range seeds {
		b, err := os.ReadFile(path)
		if err != nil {
			f.Fatal(err)
		}
		f.Add(b)
	}
	f.Add([]byte(base64.StdEncoding.EncodeToString([]byte("x"))))
	dir := f.TempDir()
	f.Fuzz(func(t *testing.T, raw []byte) {
		m, err := Read(bytes.NewReader(raw), dir, Limits{})
		if err != nil {
			t.Fatal(err)
		}
		checkSane(t, m)
		for _, a := range m.Attachments {
			_ = os.Remove(a.Path)
		}
	})
}
