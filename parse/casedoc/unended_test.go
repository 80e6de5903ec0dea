package casedoc

import (
	"errors"
	"os"
	"testing"

	"baosong/parse/container"
)

// TestRTFCutShort cuts a file that LibreOffice wrote at 400 places: none of them may pass for the whole.
func TestRTFCutShort(t *testing.T) {
	t.Parallel()
	for _, name := range []string{"testdata/case.rtf", "testdata/review.rtf"} {
		whole, err := os.ReadFile(name)
		if err != nil {
			t.Fatal(err)
		}
		if d := mustRead(t, whole, container.RTF); d.Unended {
			t.Errorf("%s is whole but said to lack its end", name)
		}
		refused := 0
		for i := 1; i < 400; i++ {
			at := len(whole) * i / 400
			d, err := readBytes(t, whole[:at], container.RTF, Limits{})
			switch {
			case errors.Is(err, container.ErrDamaged):
				refused++
			case err != nil:
				t.Errorf("%s cut at %d: %v", name, at, err)
			case !d.Unended:
				t.Errorf("%s cut at %d passes for the whole", name, at)
			}
		}
		if refused < 300 {
			t.Errorf("%s: only %d of 399 cuts refused", name, refused)
		}
	}
}

// TestRTFEnd: what programs write at the end of a file, sloppy ones included.
func TestRTFEnd(t *testing.T) {
	t.Parallel()
	for tail, want := range map[string]string{
		"}": "", "}\r\n\x00": "", "}}": "", `\par}`: "", "}junk": "", `\par\par }`: "",
		`\par`: "unended", "\\par\r\n": "unended", `\par{\b b}` + "\n\x00\x00": "unended", `\row `: "unended",
		"": "damaged", "text": "damaged", `\par{\b b`: "damaged", `\par{`: "damaged", `\par\'b`: "damaged", `\pard\intbl a\cell`: "damaged",
		`{\pict\pngblip 8950}`: "unended", `{\pict\pngblip\bin99 xx}`: "damaged",
	} {
		d, err := readBytes(t, []byte(`{\rtf1\ansi a`+tail), container.RTF, Limits{})
		got := ""
		switch {
		case errors.Is(err, container.ErrDamaged):
			got = "damaged"
		case err == nil && d.Unended:
			got = "unended"
		}
		if got != want {
			t.Errorf("%q: got %q want %q: %v", tail, got, want, err)
		}
	}
}

// TestPageEnd: a page cut short is told from one that lacks nothing, and from a mere fragment.
func TestPageEnd(t *testing.T) {
	t.Parallel()
	const head = `<html><head><title>x</title></head><body>`
	for page, want := range map[string]bool{
		head + `<p>一</p></body></html>`:                                         false,
		head + `<table><tr><td>一</table></body></html>`:                         false,
		head + `<table><tr><td>一</html>`:                                        false, // sloppy, but here is its end
		head + `<table><tr><td>一</td></tr></table></body>`:                      false,
		`<table><tr><td>1 < 2</td></tr></table>`:                                false,
		`<p>一<p>二`:                                                              false,
		"<table><tr><td>a</td></tr></table>\r\n":                                false,
		head + "<p>一</p></body>\n</html":                                        false,
		head + `<p>一</p>`:                                                       true,
		head + "<h1>题</h1><table><tr><td>一</td></tr></table>\r\n":               false, // as programs export that write no end
		head + `<div><form><table><tr><td>一</td></tr></table></form></div>`:     false,
		head + `<table><tr><td>一</td></tr></table>` + "<p>二":                    true,
		head + `<table><tr><td><table><tr><td>一</td></tr></table>`:              true,
		head + `<table><tr><td>一</td></tr><tr><td>二`:                            true,
		`<table><tr><td>一</td></tr><tr><td>二</td></tr>`:                         true,
		`<table><tr><td>一</td></tr></table><p cla`:                              true,
		head + `<style>p {}`:                                                    true,
		head + `<p>一</p></body></html>` + "\n<!-- made by a program -->":        false,
		head + `<p>二</p></body></html><div style="display:none">` + "footprint": false,
	} {
		if got := mustRead(t, []byte(page), container.HTML).Unended; got != want {
			t.Errorf("%q: unended %v, want %v", page, got, want)
		}
	}
}

// TestArchiveEnd: a web archive ends with its last boundary.
func TestArchiveEnd(t *testing.T) {
	t.Parallel()
	const page = "MIME-Version: 1.0\r\nContent-Type: multipart/related; boundary=\"b\"\r\n\r\n--b\r\nContent-Type: text/html; charset=utf-8\r\n\r\n<html><body><p>a</p></body></html>\r\n" +
		"--b\r\nContent-Location: i.png\r\nContent-Transfer-Encoding: base64\r\nContent-Type: image/png\r\n\r\niVBORw0KGgo=\r\n--b--\r\n"
	for n, want := range map[int]bool{0: false, 2: false, 5: true, 8: true, 12: true} {
		d := mustRead(t, []byte(page[:len(page)-n]), container.MHTML)
		if d.Unended != want || d.Text() != "a" {
			t.Errorf("%d bytes short: unended %v, want %v; text %q", n, d.Unended, want, d.Text())
		}
	}
}
