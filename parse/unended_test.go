package parse

import (
	"strings"
	"testing"

	"baosong/parse/finding"
)

// TestCutShort: a table that came as a page, or a letter as RTF, says so when it was cut in sending, and what could be read of
// it is judged.
func TestCutShort(t *testing.T) {
	t.Parallel()
	e := cleanEntry("滁州市", 0)
	rows := "<tr><td>" + strings.Join(headerRow(), "</td><td>") + "</td></tr><tr><td>" + strings.Join(e.row(), "</td><td>") + "</td></tr>"
	const head = `<html><head><meta charset="utf-8"></head><body><table>`
	for name, row := range map[string]struct {
		bytes string
		want  finding.Severity
	}{
		"a.xls":  {head + rows + "</table></body></html>", ""},
		"b.xls":  {head + rows, finding.Warning},
		"c.html": {head + rows + "<tr><td>2</t", finding.Warning},
		"d.rtf":  {`{\rtf1\ansi {\b letter}\par}`, ""},
		"e.rtf":  {`{\rtf1\ansi {\b letter}\par`, finding.Warning},
		"f.rtf":  {`{\rtf1\ansi {\b letter}\par and`, finding.Error},
	} {
		r := check(t, Submission{Unit: "chuzhou", Partial: true, Files: onDisk(t, made{name: name, bytes: []byte(row.bytes)})})
		got, seen := finding.Severity(""), false
		for _, x := range r.Findings {
			if x.Code == "file.unreadable" {
				got = x.Severity
			}
			seen = seen || x.Code == "file.unrecognised"
		}
		if got != row.want {
			t.Errorf("%s: severity %q, want %q:%s", name, got, row.want, show(r.Findings))
		}
		if table := strings.HasPrefix(row.bytes, head); table != (len(r.Rows) == 1) {
			t.Errorf("%s: %d rows", name, len(r.Rows))
		}
		if want := name[0] == 'd' || name[0] == 'e'; seen != want {
			t.Errorf("%s: unrecognised %v, want %v", name, seen, want)
		}
	}
}
