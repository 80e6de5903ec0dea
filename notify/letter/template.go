package letter

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	htmltemplate "html/template"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	texttemplate "text/template"

	"baosong/ledger"
)

//go:embed templates
var embedded embed.FS

var (
	blankLines = regexp.MustCompile(`\n{3,}`)
	faultPlace = regexp.MustCompile(`template: ?([\w.]+):(\d+)`)
)

// Names are the letters that there are, by the names of their templates.
func Names() []string { return names() }

// names are the letters, each with a .txt and a .html template; layout and parts serve them all.
func names() []string {
	return []string{"receipt", "correction", TopicNoAttachment, "nil", "preview", "query", "decision", "done", "reminder", "alert", "digest"}
}

// name says which template words a letter.
func name(kind ledger.Kind, topic string) (string, error) {
	n := string(kind)
	if kind == ledger.Correction && topic == TopicNoAttachment {
		n = TopicNoAttachment // a question, or material that was forgotten: nothing to be mended yet
	}
	if kind == ledger.Confirmation {
		if n = topic; topic == TopicRefused {
			n = TopicDone
		}
	}
	if !slices.Contains(names(), n) {
		return "", fmt.Errorf("no letter of kind %q, topic %q", kind, topic)
	}
	return n, nil
}

// source returns a template's text: the call's own if its letters folder has it, else the embedded one.
func source(dir, file string) (string, error) {
	if dir != "" {
		b, err := os.ReadFile(filepath.Join(dir, file))
		if err == nil {
			return strings.TrimPrefix(string(b), "\ufeff"), nil
		}
		if !errors.Is(err, fs.ErrNotExist) {
			return "", fmt.Errorf("read letter template: %w", err)
		}
	}
	b, err := embedded.ReadFile("templates/" + file)
	if err != nil {
		return "", fmt.Errorf("read letter template: %w", err)
	}
	return string(b), nil
}

// files of one letter, in the order they are parsed; what comes later may define again what came before.
func files(letter, ext string) []string {
	return []string{"layout" + ext, "parts" + ext, letter + ext}
}

// renderText returns the subject and the text part.
func renderText(dir, letter string, p *Page) (subject, body string, err error) {
	t := texttemplate.New("").Funcs(texttemplate.FuncMap{"join": join, "sentence": sentence}).Option("missingkey=error")
	for _, file := range files(letter, ".txt") {
		src, err := source(dir, file)
		if err != nil {
			return "", "", err
		}
		if _, err := t.New(file).Parse(src); err != nil {
			return "", "", fmt.Errorf("letter template: %w", err)
		}
	}
	var s, b bytes.Buffer
	if err := t.ExecuteTemplate(&s, "subject", p); err != nil {
		return "", "", fmt.Errorf("letter template: %w", err)
	}
	if err := t.ExecuteTemplate(&b, "layout.txt", p); err != nil {
		return "", "", fmt.Errorf("letter template: %w", err)
	}
	text := blankLines.ReplaceAllString(strings.TrimSpace(b.String()), "\n\n") + "\n"
	return oneLine(s.String()), text, nil
}

// renderHTML returns the HTML part.
func renderHTML(dir, letter string, p *Page) (string, error) {
	t := htmltemplate.New("").Funcs(htmltemplate.FuncMap{"join": join, "css": css, "tone": tone, "pct": pct}).Option("missingkey=error")
	for _, file := range files(letter, ".html") {
		src, err := source(dir, file)
		if err != nil {
			return "", err
		}
		if _, err := t.New(file).Parse(src); err != nil {
			return "", fmt.Errorf("letter template: %w", err)
		}
	}
	var b bytes.Buffer
	if err := t.ExecuteTemplate(&b, "layout.html", p); err != nil {
		return "", fmt.Errorf("letter template: %w", err)
	}
	return b.String(), nil
}

func join(names []string) string { return strings.Join(names, "、") }

// Check renders every letter with sample facts from the templates in dir (the call's letters folder; empty or absent:
// the embedded ones) and returns all that is wrong with them, each once, as file:line: fault.
func Check(dir string) error {
	var faults []error
	seen := map[string]bool{}
	add := func(file string, err error) {
		if err = located(dir, file, err); err != nil && !seen[err.Error()] {
			seen[err.Error()] = true
			faults = append(faults, err)
		}
	}
	for _, n := range names() {
		p := sample(n)
		_, _, err := renderText(dir, n, p)
		add(n+".txt", err)
		p.sections = 0
		_, err = renderHTML(dir, n, p)
		add(n+".html", err)
	}
	return errors.Join(append(faults, strangers(dir)...)...)
}

// located puts the file and line in front that the template package names somewhere within.
func located(dir, file string, err error) error {
	if err == nil {
		return nil
	}
	line := ""
	if m := faultPlace.FindStringSubmatch(err.Error()); m != nil {
		file, line = m[1], ":"+m[2]
	}
	return fmt.Errorf("%s%s: %w", filepath.Join(dir, file), line, err)
}

// strangers names files of the letters folder that no letter is made from: most likely a mistyped name.
func strangers(dir string) []error {
	if dir == "" {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return []error{fmt.Errorf("read letters folder: %w", err)}
	}
	var faults []error
	for _, e := range entries {
		ext := filepath.Ext(e.Name())
		stem := strings.TrimSuffix(e.Name(), ext)
		if (ext == ".txt" || ext == ".html") && !slices.Contains(append(names(), "layout", "parts"), stem) {
			faults = append(faults, fmt.Errorf("%s: 没有这种信函，可用的名称：%s、layout、parts", filepath.Join(dir, e.Name()), join(names())))
		}
	}
	return faults
}
