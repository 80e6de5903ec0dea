package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"flag"
	"fmt"
	"io"
	"net"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"baosong/parse/charset"
)

var update = flag.Bool("update", false, "write the generated pages of docs/ anew")

// TestMain makes the test binary stand for baosong: under that name in scripts, and with the hidden command that the
// pool of caged readers starts from os.Executable.
func TestMain(m *testing.M) {
	if len(os.Args) > 1 && os.Args[1] == readerName {
		main()
	}
	testscript.Main(m, map[string]func(){"baosong": main})
}

// TestScripts runs the command lines of testdata/script, one file for each part of the contract. Besides testscript's own
// commands there are:
//
//	status N baosong ...         the command ends with exit status N
//	shape stdout|FILE SHAPE      exactly one JSON value, with at least the fields of the shape and of its types
//	value stdout|FILE PATH JSON  the value at a path such as units.0.owed is this
//	sample UNIT DIR [FAULT]      material of a unit as files; see script_world_test.go
//	mail FILE UNIT ...           a mail of a unit
//	servers                      starts IMAP and SMTP in this process and writes baosong.toml and calls/
//	deliver TIME FILE [FOLDER]   puts a mail into the mailbox
//	received N [ADDRESS]         so many letters have gone out, to anybody or to one address
//	connected COMMAND            waits until a client has given the IMAP server this command
//	refuse [ADDRESS CODE]        letters to the address are refused from now on; without arguments none is
func TestScripts(t *testing.T) {
	t.Parallel()
	testscript.Run(t, testscript.Params{
		Dir:                 filepath.Join("testdata", "script"),
		RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Values[worldKey] = &world{dir: e.WorkDir}
			return nil
		},
		Cmds: map[string]func(*testscript.TestScript, bool, []string){
			"status": scriptStatus, "shape": scriptShape, "value": scriptValue, "sample": scriptSample, "gb18030": scriptGB18030,
			"mail": scriptMail, "servers": scriptServers, "deliver": scriptDeliver, "received": scriptReceived, "refuse": scriptRefuse, "connected": scriptConnected,
		},
	})
}

// scriptStatus runs a command and compares its exit status; stdout and stderr are kept for the next lines.
func scriptStatus(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) < 2 {
		ts.Fatalf("usage: status N command ...")
	}
	want, err := strconv.Atoi(args[0])
	ts.Check(err)
	got, err := 0, ts.Exec(args[1], args[2:]...)
	var ended *exec.ExitError
	if errors.As(err, &ended) {
		got = ended.ExitCode()
	} else {
		ts.Check(err)
	}
	if got != want {
		ts.Fatalf("exit status %d, want %d", got, want)
	}
}

// scriptGB18030 rewrites a file in GB18030: gb18030 FROM TO.
func scriptGB18030(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: gb18030 FROM TO")
	}
	ts.Check(os.WriteFile(ts.MkAbs(args[1]), charset.GB18030(ts.ReadFile(args[0])), 0o600))
}

func scriptShape(ts *testscript.TestScript, neg bool, args []string) {
	if neg || len(args) != 2 {
		ts.Fatalf("usage: shape stdout|FILE SHAPE")
	}
	var shape any
	ts.Check(json.Unmarshal([]byte(ts.ReadFile(args[1])), &shape))
	got := oneJSON(ts, args[0])
	if faults := misshapen(got, shape, "."); len(faults) > 0 {
		ts.Fatalf("%s", strings.Join(faults, "\n"))
	}
}

// oneJSON reads a file that must hold exactly one JSON value and nothing else.
func oneJSON(ts *testscript.TestScript, name string) any {
	d := json.NewDecoder(strings.NewReader(ts.ReadFile(name)))
	d.UseNumber()
	var v any
	ts.Check(d.Decode(&v))
	if _, err := d.Token(); err != io.EOF {
		ts.Fatalf("more than one JSON value in %s", name)
	}
	return v
}

// misshapen lists where a value differs from a shape. A shape is an object with the fields that must be there, an array
// with the shape of every element, or a text: types (string, int, bool, null, object) or "=constant", joined by |.
func misshapen(v, shape any, at string) []string {
	switch s := shape.(type) {
	case map[string]any:
		got, ok := v.(map[string]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %T, want an object", at, v)}
		}
		var faults []string
		for key, inner := range s {
			field, ok := got[key]
			if !ok {
				faults = append(faults, at+key+" is absent")
				continue
			}
			faults = append(faults, misshapen(field, inner, at+key+".")...)
		}
		return faults
	case []any:
		got, ok := v.([]any)
		if !ok {
			return []string{fmt.Sprintf("%s is %v, want an array", at, v)}
		}
		var faults []string
		for i, e := range got {
			faults = append(faults, misshapen(e, s[0], fmt.Sprintf("%s%d.", at, i))...)
		}
		return faults
	}
	for _, want := range strings.Split(fmt.Sprint(shape), "|") {
		if typeOf(v) == want || "="+fmt.Sprint(v) == want {
			return nil
		}
	}
	return []string{fmt.Sprintf("%s is %v (%s), want %v", at, v, typeOf(v), shape)}
}

func typeOf(v any) string {
	switch v := v.(type) {
	case nil:
		return "null"
	case string:
		return "string"
	case bool:
		return "bool"
	case json.Number:
		if _, err := v.Int64(); err == nil {
			return "int"
		}
		return "number"
	case []any:
		return "array"
	}
	return "object"
}

func TestMisshapen(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		value, shape string
		faults       int
	}{
		{`{"a":1,"b":[]}`, `{"a":"int","b":["string"]}`, 0},
		{`{"a":null}`, `{"a":"int|null"}`, 0},
		{`{"a":"x"}`, `{"a":"=x|=y"}`, 0},
		{`{"a":"z"}`, `{"a":"=x|=y"}`, 1},
		{`{"a":"1"}`, `{"a":"int"}`, 1},
		{`{"a":null}`, `{"a":["string"]}`, 1},
		{`{}`, `{"a":"int"}`, 1},
		{`{"a":[{"b":1},{}]}`, `{"a":[{"b":"int"}]}`, 1},
		{`[]`, `{"a":"int"}`, 1},
	} {
		var value, shape any
		d := json.NewDecoder(strings.NewReader(c.value))
		d.UseNumber()
		if err := errors.Join(d.Decode(&value), json.Unmarshal([]byte(c.shape), &shape)); err != nil {
			t.Fatal(err)
		}
		if got := misshapen(value, shape, "."); len(got) != c.faults {
			t.Errorf("%s against %s: %q, want %d faults", c.value, c.shape, got, c.faults)
		}
	}
}

// scriptValue compares one value of a JSON file; with ! it must differ or be absent.
func scriptValue(ts *testscript.TestScript, neg bool, args []string) {
	if len(args) != 3 {
		ts.Fatalf("usage: value stdout|FILE PATH JSON")
	}
	var want any
	d := json.NewDecoder(strings.NewReader(args[2]))
	d.UseNumber()
	ts.Check(d.Decode(&want))
	got := at(oneJSON(ts, args[0]), strings.Split(args[1], "."))
	same := slices.Equal(encoded(got), encoded(want))
	if same == neg {
		ts.Fatalf("%s is %s, want %s", args[1], encoded(got), args[2])
	}
}

// at follows a path into a JSON value; the step "len" is the length of an array, and an element of an array of objects may
// be named by its id or code instead of its number.
func at(v any, path []string) any {
	for _, step := range path {
		switch inner := v.(type) {
		case map[string]any:
			v = inner[step]
		case []any:
			v = element(inner, step)
		default:
			return nil
		}
	}
	return v
}

func element(list []any, step string) any {
	if step == "len" {
		return json.Number(strconv.Itoa(len(list)))
	}
	if i, err := strconv.Atoi(step); err == nil && i < len(list) {
		return list[i]
	}
	for _, e := range list {
		if o, ok := e.(map[string]any); ok && (o["id"] == step || o["code"] == step || o["kind"] == step) {
			return o
		}
	}
	return nil
}

func encoded(v any) []byte {
	b, err := json.Marshal(v)
	if err != nil {
		return []byte(err.Error())
	}
	return b
}

// TestExitStatus is the table of exit statuses, through run itself.
func TestExitStatus(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	good := filepath.Join(dir, "good")
	if code := run(t.Context(), []string{"init", "--dir", good}, quietTerminal()); code != exitOK {
		t.Fatalf("init: exit status %d", code)
	}
	file := writeConfig(t, good)
	csv := filepath.Join(dir, "x.csv")
	if err := os.WriteFile(csv, []byte("序号,集群名称\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		want int
		args string
	}{
		{exitUsage, ""}, {exitOK, "--help"}, {exitOK, "help"}, {exitOK, "help serve"}, {exitOK, "--version"}, {exitUsage, "nonsense"}, {exitUsage, "help nonsense"},
		{exitUsage, "status --nonsense"}, {exitUsage, "status stray"}, {exitUsage, "serve --at 2024-06-18T10:00:00+08:00"},
		{exitUsage, "serve --at never --once CONFIG"}, {exitUsage, "unpack"}, {exitUsage, "unpack " + dir}, {exitError, "unpack /does/not/exist.eml"},
		{exitUsage, "check"}, {exitError, "check /does/not/exist.xlsx"}, {exitUsage, "check " + dir}, {exitFindings, "check " + csv},
		{exitNotFound, "check --unit nowhere " + csv}, {exitUsage, "check --call /does/not/exist " + csv},
		{exitUsage, "form"}, {exitNotFound, "form --unit nowhere --out " + dir + "/f.xlsx"}, {exitOK, "form --out " + dir + "/f.xlsx"},
		{exitConflict, "init --dir " + good},
		{exitUsage, "config"}, {exitUsage, "config nonsense"}, {exitOK, "config describe"}, {exitOK, "config test CONFIG"},
		{exitUsage, "config test --config /does/not/exist.toml"}, {exitUsage, "status --config /does/not/exist.toml"},
		{exitOK, "status CONFIG"}, {exitNotFound, "status --unit nowhere CONFIG"}, {exitNotFound, "status --call nothing CONFIG"},
		{exitOK, "messages CONFIG"}, {exitUsage, "messages --state nonsense CONFIG"}, {exitOK, "held CONFIG"},
		{exitOK, "letters CONFIG"}, {exitUsage, "letters --state nonsense CONFIG"}, {exitNotFound, "letters show 1 CONFIG"}, {exitUsage, "letters show x CONFIG"},
		{exitUsage, "show CONFIG"}, {exitNotFound, "show nowhere CONFIG"}, {exitNotFound, "show --message 1 CONFIG"}, {exitNotFound, "show --submission 1 CONFIG"},
		{exitUsage, "assign 1 CONFIG"}, {exitUsage, "assign x hefei CONFIG"}, {exitNotFound, "assign 1 hefei CONFIG"}, {exitNotFound, "assign 1 nowhere CONFIG"},
		{exitNotFound, "ignore 1 CONFIG"}, {exitUsage, "release CONFIG"}, {exitNotFound, "release 1 CONFIG"}, {exitNotFound, "release --letter 1 CONFIG"},
		{exitUsage, "waive 1 CONFIG"}, {exitNotFound, "waive 1 --why x CONFIG"}, {exitUsage, "accept 1 CONFIG"}, {exitNotFound, "accept 1 --why x CONFIG"},
		{exitUsage, "withdraw 1 CONFIG"}, {exitNotFound, "withdraw 1 --why x CONFIG"},
		{exitUsage, "extend hefei --why x CONFIG"}, {exitUsage, "extend hefei --until 2024-06-25 CONFIG"}, {exitNotFound, "extend nowhere --until 2024-06-25 --why x CONFIG"},
		{exitOK, "extend hefei --until 2024-06-25 --why x CONFIG"}, {exitOK, "postpone hefei --until 2024-06-25 --why x CONFIG"},
		{exitUsage, "replay CONFIG"}, {exitUsage, "replay 1 --all CONFIG"}, {exitNotFound, "replay 1 CONFIG"}, {exitOK, "replay --all CONFIG"},
		{exitUsage, "export CONFIG"}, {exitOK, "digest CONFIG"}, {exitUsage, "digest --at never CONFIG"},
		{exitUsage, "backup CONFIG"}, {exitOK, "verify CONFIG"}, {exitError, "verify /does/not/exist.tar"}, {exitUsage, "restore x"},
		{exitError, "restore /does/not/exist.tar " + dir + "/r"},
		{exitError, "serve --once CONFIG"}, // nobody listens there
		{exitFindings, "doctor --no-probe CONFIG"},
	} {
		args := strings.Fields(c.args)
		if n := len(args); n > 0 && args[n-1] == "CONFIG" {
			args = append(args[:n-1], "--config", file)
		}
		var stdout, stderr bytes.Buffer
		got := run(t.Context(), args, &terminal{in: strings.NewReader(""), out: &stdout, err: &stderr})
		if got != c.want {
			t.Errorf("baosong %s: exit status %d, want %d\n%s%s", c.args, got, c.want, &stdout, &stderr)
		}
		if (got == exitError || got == exitUsage || got == exitNotFound || got == exitConflict) && !strings.Contains(stderr.String(), "提示：") && c.args != "" {
			t.Errorf("baosong %s fails without a hint on stderr: %q", c.args, &stderr)
		}
	}
}

// TestInterrupted ends commands by a signal's context.
func TestInterrupted(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	run(t.Context(), []string{"init", "--dir", dir}, quietTerminal())
	file := writeConfig(t, dir)
	csv := filepath.Join(dir, "x.csv")
	if err := os.WriteFile(csv, []byte("序号,集群名称\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	silent, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	defer silent.Close()
	ctx, stop := context.WithCancel(t.Context())
	go func() { // ends with the listener
		if conn, err := silent.Accept(); err == nil {
			defer conn.Close()
			stop()
			<-t.Context().Done()
		}
	}()
	waiting := writeConfigFor(t, dir, silent.Addr().(*net.TCPAddr).Port)
	if got := run(ctx, []string{"serve", "--once", "--config", waiting}, quietTerminal()); got != exitInterrupted {
		t.Errorf("serve --once, interrupted while a server is silent: exit status %d, want %d", got, exitInterrupted)
	}
	stop()
	for _, args := range [][]string{{"check", csv}, {"serve", "--once", "--config", file}, {"status", "--config", file}} {
		if got := run(ctx, args, quietTerminal()); got != exitInterrupted {
			t.Errorf("baosong %v, interrupted: exit status %d, want %d", args, got, exitInterrupted)
		}
	}
}

func quietTerminal() *terminal {
	return &terminal{in: strings.NewReader(""), out: io.Discard, err: io.Discard}
}

// writeConfig writes a configuration for the call that init has laid out in dir, with servers that are not there.
func writeConfig(t *testing.T, dir string) string {
	t.Helper()
	return writeConfigFor(t, dir, 1)
}

func writeConfigFor(t *testing.T, dir string, imapPort int) string {
	t.Helper()
	file := filepath.Join(dir, fmt.Sprintf("imap-%d.toml", imapPort))
	if err := os.WriteFile(file, []byte(configText("data", imapPort, 1)), 0o600); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(dir, "imap.password"), []byte("secret\n"), 0o600); err != nil {
		t.Fatal(err)
	}
	return file
}

// TestFlagFaults words what is wrong with an option in Chinese.
func TestFlagFaults(t *testing.T) {
	t.Parallel()
	for args, want := range map[string]string{
		"status --nonsense": "没有这个选项：--nonsense", "status --unit": "选项后面缺少内容：--unit", "status ---x": "选项的写法不对：---x",
		"status --json=maybe": `选项的内容不对："maybe"`, "show --message x": `选项的内容不对："x"`,
	} {
		var stderr bytes.Buffer
		code := run(t.Context(), strings.Fields(args), &terminal{in: strings.NewReader(""), out: io.Discard, err: &stderr})
		if code != exitUsage || !strings.Contains(stderr.String(), want) || !strings.Contains(stderr.String(), "提示") {
			t.Errorf("baosong %s: exit status %d, says %q; want %d and %q with a hint", args, code, &stderr, exitUsage, want)
		}
	}
}

// TestHelp holds every command to the contract: purpose, examples, exit status, all of it on stdout.
func TestHelp(t *testing.T) {
	t.Parallel()
	for _, c := range commands() {
		if c.hidden {
			continue
		}
		var stdout, stderr bytes.Buffer
		if got := run(t.Context(), []string{c.name, "--help"}, &terminal{in: strings.NewReader(""), out: &stdout, err: &stderr}); got != exitOK || stderr.Len() > 0 {
			t.Errorf("%s --help: exit status %d, stderr %q", c.name, got, &stderr)
		}
		text := stdout.String()
		for _, want := range []string{"用法：baosong " + c.name, "示例：", "baosong " + c.name, "EXIT STATUS", "130"} {
			if !strings.Contains(text, want) {
				t.Errorf("%s --help does not say %q:\n%s", c.name, want, text)
			}
		}
	}
}

// TestCommandsPage keeps docs/命令.md equal to the commands' own help.
func TestCommandsPage(t *testing.T) {
	t.Parallel()
	var b, overview bytes.Buffer
	b.WriteString("# 命令\n\n本页由程序生成（`go test ./cmd/baosong -run CommandsPage -update`），内容即各命令的 `--help`，请勿手工修改。\n\n")
	run(t.Context(), []string{"--help"}, &terminal{in: strings.NewReader(""), out: &overview, err: io.Discard})
	fmt.Fprintf(&b, "```\n%s```\n", overview.String())
	for _, c := range commands() {
		if c.hidden {
			continue
		}
		var help bytes.Buffer
		run(t.Context(), []string{c.name, "--help"}, &terminal{in: strings.NewReader(""), out: &help, err: io.Discard})
		fmt.Fprintf(&b, "\n## baosong %s\n\n```\n%s```\n", c.name, help.String())
	}
	samePage(t, "命令.md", b.Bytes())
}

// TestConfigPage keeps docs/config.toml equal to what config describe prints.
func TestConfigPage(t *testing.T) {
	t.Parallel()
	var b bytes.Buffer
	run(t.Context(), []string{"config", "describe"}, &terminal{in: strings.NewReader(""), out: &b, err: io.Discard})
	samePage(t, "config.toml", b.Bytes())
}

// samePage compares a page of docs/ with what the code says, or writes it with -update.
func samePage(t *testing.T, name string, want []byte) {
	t.Helper()
	path := filepath.Join("..", "..", "docs", name)
	if *update {
		if err := os.WriteFile(path, want, 0o644); err != nil {
			t.Fatal(err)
		}
		return
	}
	got, err := os.ReadFile(path)
	if err != nil || !bytes.Equal(got, want) {
		t.Errorf("docs/%s is out of date (%v); run: go test ./cmd/baosong -update", name, err)
	}
}
