package main

import (
	"bufio"
	"fmt"
	"os"
	"os/exec"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"baosong/sample"
)

// powerCut follows the system calls of a run and knows at each what a power cut would take away: bytes written and not synced,
// names given and not synced with their folder.
type powerCut struct {
	t       *testing.T
	cwd     string
	dirty   map[string]bool            // files with bytes that can still be lost
	fresh   map[string]map[string]bool // folders with names that can still be lost, or come back
	placed  map[string]bool            // files that a rename or a link has given the name by which the ledger, or a letter, knows them
	told    map[string]bool
	commits int
	sends   int // writes to sockets
}

// traced is what powerCut wants to see; some processors do not have all of it.
const traced = "openat,fsync,fdatasync,?rename,?renameat,renameat2,linkat,?mkdir,mkdirat,?unlink,unlinkat,write,pwrite64,ftruncate"

// strace is a command under strace, threads and children included.
func (s *site) strace(options []string, args ...string) *exec.Cmd {
	s.t.Helper()
	strace, err := exec.LookPath("strace")
	if err == nil { // a container may forbid it
		err = exec.Command(strace, "-qq", "-o", "/dev/null", "true").Run()
	}
	if err != nil {
		if os.Getenv("CI") == "true" {
			s.t.Fatalf("STRACE MISSING, and CI must not go without: %v", err)
		}
		s.t.Skipf("STRACE MISSING: what a power cut or a kill leaves at each system call was NOT tried: %v", err)
	}
	cmd := s.command(args...)
	cmd.Args = slices.Concat([]string{strace, "-f", "-qq", "-e", "signal=none"}, options, []string{cmd.Path}, args)
	cmd.Path = strace
	return cmd
}

// traced runs a command under strace and judges its system calls.
func (s *site) traced(args ...string) *powerCut {
	s.t.Helper()
	log := filepath.Join(s.t.TempDir(), "trace")
	cmd := s.strace([]string{"-y", "-s", "0", "-e", "trace=" + traced, "-o", log}, args...)
	if out, err := cmd.CombinedOutput(); err != nil {
		s.t.Fatalf("%v under strace: %v\n%s", args, err, out)
	}
	d := &powerCut{t: s.t, cwd: s.dir, dirty: map[string]bool{}, fresh: map[string]map[string]bool{}, placed: map[string]bool{}, told: map[string]bool{}}
	d.read(log)
	d.ended()
	return d
}

var (
	callLine = regexp.MustCompile(`^(\d+) +(\w+)\((.*)$`)
	resumed  = regexp.MustCompile(`^(\d+) +<\.\.\. (\w+) resumed>(.*)$`)
	result   = regexp.MustCompile(`\) += (-?\d+)`)
	onFile   = regexp.MustCompile(`^\d+<(.*?)>`)
	quoted   = regexp.MustCompile(`(?:(?:AT_FDCWD|\d+)<([^>]*)>, )?"((?:[^"\\]|\\.)*)"`)
)

func (d *powerCut) read(log string) {
	d.t.Helper()
	f, err := os.Open(log)
	if err != nil {
		d.t.Fatal(err)
	}
	defer f.Close()
	pending := map[string]string{} // arguments of calls that have not returned, by process and name
	lines := bufio.NewScanner(f)
	for lines.Scan() {
		line := lines.Text()
		if m := resumed.FindStringSubmatch(line); m != nil {
			d.returned(m[2], pending[m[1]+m[2]]+m[3])
			continue
		}
		m := callLine.FindStringSubmatch(line)
		if m == nil {
			continue
		}
		d.called(m[2], m[3])
		if args, cut := strings.CutSuffix(m[3], " <unfinished ...>"); cut {
			pending[m[1]+m[2]] = args
			continue
		}
		d.returned(m[2], m[3])
	}
	if err := lines.Err(); err != nil {
		d.t.Fatal(err)
	}
}

// called sees a call begin: what it writes may be lost from now on, and what it tells the world must not be.
func (d *powerCut) called(name, args string) {
	file := onFile.FindStringSubmatch(args)
	if file == nil {
		return
	}
	switch name {
	case "write", "pwrite64", "ftruncate":
		if strings.HasPrefix(file[1], "socket:") {
			d.sends++
			for f := range d.dirty {
				if strings.HasSuffix(f, "ledger.db-wal") {
					d.fault("something is sent while %s is not synced", f)
				}
			}
			return
		}
		d.dirty[file[1]] = true
	case "fsync", "fdatasync":
		if strings.HasSuffix(file[1], "ledger.db-wal") {
			d.commits++
			d.beforeCommit()
		}
	}
}

// returned sees a call end. A failed one has done nothing.
func (d *powerCut) returned(name, args string) {
	if r := result.FindStringSubmatch(args); r == nil || strings.HasPrefix(r[1], "-") {
		return
	}
	var paths []string
	for _, m := range quoted.FindAllStringSubmatch(args, 2) {
		p := m[2]
		if !filepath.IsAbs(p) {
			at := m[1]
			if at == "" {
				at = d.cwd
			}
			p = filepath.Join(at, p)
		}
		paths = append(paths, p)
	}
	switch name {
	case "fsync", "fdatasync":
		if file := onFile.FindStringSubmatch(args); file != nil {
			delete(d.dirty, file[1])
			delete(d.fresh, file[1])
		}
	case "openat":
		if strings.Contains(args, "O_CREAT") {
			d.enters(paths[0])
		}
	case "mkdir", "mkdirat":
		d.enters(paths[0])
	case "linkat":
		d.named(paths[0], paths[1])
		d.enters(paths[1])
		d.placed[paths[1]] = true
	case "rename", "renameat", "renameat2":
		d.named(paths[0], paths[1])
		d.moved(paths[0], paths[1])
	case "unlink", "unlinkat":
		d.leaves(paths[0])
		d.enters(paths[0]) // its absence may be lost too
	}
}

// named asks that a file has its bytes before it has its name.
func (d *powerCut) named(from, to string) {
	if d.dirty[from] {
		d.fault("%s gets its name before its bytes are synced", to)
	}
}

func (d *powerCut) enters(path string) {
	dir := filepath.Dir(path)
	if d.fresh[dir] == nil {
		d.fresh[dir] = map[string]bool{}
	}
	d.fresh[dir][filepath.Base(path)] = true
}

// moved gives a file, or a folder with all in it, another name.
func (d *powerCut) moved(from, to string) {
	for f := range d.dirty {
		if rest, ok := strings.CutPrefix(f, from+"/"); ok {
			d.dirty[filepath.Join(to, rest)] = true
			delete(d.dirty, f)
		}
	}
	for dir, names := range d.fresh {
		if rest, ok := strings.CutPrefix(dir+"/", from+"/"); ok {
			d.fresh[filepath.Join(to, rest)] = names
			delete(d.fresh, dir)
		}
	}
	d.leaves(from)
	d.enters(from) // where its end may be lost
	d.enters(to)
	d.placed[to] = true
}

func (d *powerCut) leaves(path string) {
	delete(d.dirty, path)
	delete(d.fresh, path) // of a folder
	delete(d.placed, path)
	if dir := d.fresh[filepath.Dir(path)]; dir != nil {
		delete(dir, filepath.Base(path))
	}
}

// beforeCommit asks that what the ledger is about to name, or to leave unnamed, lasts.
func (d *powerCut) beforeCommit() {
	for path := range d.placed {
		for p := path; p != d.cwd && p != "/"; p = filepath.Dir(p) {
			if d.fresh[filepath.Dir(p)][filepath.Base(p)] {
				d.fault("the ledger commits while %s has no lasting name", p)
			}
		}
	}
}

// ended asks that nothing can be lost of what a finished run has left, SQLite's own passing files aside.
func (d *powerCut) ended() {
	kept := func(path string) bool {
		return strings.HasPrefix(path, d.cwd+"/") && !strings.Contains(path, "/scratch") && !strings.HasSuffix(path, "-shm") &&
			!strings.HasSuffix(path, "-wal") && !strings.HasSuffix(path, "-journal") && !strings.Contains(path, "/.") && !strings.HasSuffix(path, "/data/lock")
	}
	for f := range d.dirty {
		if kept(f) {
			d.fault("%s is left with bytes that are not synced", f)
		}
	}
	for dir, names := range d.fresh {
		for n := range names {
			if kept(filepath.Join(dir, n)) {
				d.fault("the name %s, or its end, is not synced", filepath.Join(dir, n))
			}
		}
	}
}

// fault tells once of each file.
func (d *powerCut) fault(what, path string) {
	what = fmt.Sprintf(what, strings.TrimPrefix(path, d.cwd+"/"))
	if !d.told[what] {
		d.t.Error(what)
	}
	d.told[what] = true
}

// TestPowerCut: whenever the ledger commits, the files it names are on the disk, bytes and names; whenever something is said to a
// server, the ledger is; and when a command has ended, so is all that it has made.
func TestPowerCut(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.deliver("hefei", on("06-17", "16:00"), true)
	s.deliver("wuhu", on("06-17", "16:01"), false)
	d := s.traced("serve", "--once", "--at", on("06-18", "09:00").Format(time.RFC3339))
	if len(d.placed) < 5 || d.commits < 20 || d.sends < 50 {
		t.Errorf("%d files, %d commits, %d sends: the trace was not understood", len(d.placed), d.commits, d.sends)
	}
	secret := sample.Mail{From: "gxj@bengbu.example", To: "box@example.org", Subject: "机密★5年 案例", Text: "请查收。", Date: on("06-18", "09:01")}
	s.put(secret.Bytes(), secret.Date)
	s.traced("serve", "--once", "--at", on("06-18", "09:10").Format(time.RFC3339))
	s.traced("backup", filepath.Join(s.dir, "backup.tar"))
	s.traced("restore", filepath.Join(s.dir, "backup.tar"), filepath.Join(s.dir, "restored"))
	s.traced("export", "--zip", "--out", filepath.Join(s.dir, "packages", "package"))
	s.traced("prune", shippedCall, "--apply", "--why", "保存期满")
	s.whole(3)
	all := schemas(t)
	s.downgrade(len(all)-1, all[len(all)-2])
	s.traced("status")
}
