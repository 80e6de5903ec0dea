package sheet

import (
	"errors"
	"io"
	"regexp"
	"strings"

	"baosong/parse/sheet/grid"
)

// readCSV reads separated text as one sheet. The encoding and the separator are told from the content. A row's number
// is that of the record, as contract.md has it; blank lines count, as they do in Excel.
func readCSV(k *grid.Builder, b []byte) error {
	k.Open("Sheet1", false)
	text := decodeText(b)
	sep, text := separator(text)
	if strings.Contains(text, "\r") {
		text = strings.NewReplacer("\r\n", "\n", "\r", "\n").Replace(text)
	}
	r := csvRecords{text: text, sep: sep}
	number := 0
	for {
		record, err := r.next()
		if err == io.EOF {
			break
		}
		if err != nil {
			return err
		}
		number++
		if err := addRecord(k, number, record); errors.Is(err, grid.ErrCut) {
			break
		} else if err != nil {
			return err
		}
	}
	return k.Close()
}

func addRecord(k *grid.Builder, number int, record []string) error {
	if number > grid.MaxRow {
		return k.Cut()
	}
	if err := k.Start(number, false); err != nil {
		return err
	}
	for i, s := range record {
		if i >= grid.MaxCol {
			break
		}
		if err := k.Add(grid.TextCell(i+1, guarded(s))); err != nil {
			return err
		}
	}
	return nil
}

// guarded takes off what systems put around a long number lest a spreadsheet program shorten it: ="13812345678" is a formula
// that shows the text within.
func guarded(s string) string {
	inner, ok := strings.CutPrefix(strings.TrimSpace(s), `="`)
	if !ok || !strings.HasSuffix(inner, `"`) {
		return s
	}
	inner = strings.TrimSuffix(inner, `"`)
	if strings.Contains(strings.ReplaceAll(inner, `""`, ""), `"`) { // more than one text
		return s
	}
	return strings.ReplaceAll(inner, `""`, `"`)
}

// separator finds the mark between fields: the one that a "sep=" line names, else the one that cuts the first lines
// into the most even records.
func separator(text string) (rune, string) {
	if m := sepLine.FindStringSubmatch(text[:min(len(text), 32)]); m != nil {
		return rune(m[1][0]), text[len(m[0]):]
	}
	best, score := ',', 0
	sample := sampleLines(text)
	for _, sep := range []rune{',', '\t', ';', '，', '|'} {
		tried := sample
		if sep == '\t' { // behind a value it only keeps Excel from taking a number for one
			tried = strings.NewReplacer("\t,", ",", "\t\r", "\r", "\t\n", "\n").Replace(sample)
		}
		if s := evenness(tried, sep); s > score {
			best, score = sep, s
		}
	}
	return best, text
}

// sepLine is the line by which a file tells Excel its separator.
var sepLine = regexp.MustCompile(`^(?i:"?sep=)([\t!-~])"?[ \t]*(?:\r\n|\n|\r)`)

// sampleLines returns the first lines, at most 64 KiB, cut at a line's end.
func sampleLines(text string) string {
	if len(text) > 64<<10 {
		text = text[:64<<10]
		if i := strings.LastIndexByte(text, '\n'); i > 0 {
			text = text[:i]
		}
	}
	return text
}

// evenness is how many fields the records have in common under a separator: fields of the most frequent width above
// one, times the records of that width.
func evenness(sample string, sep rune) int {
	r := csvRecords{text: strings.ReplaceAll(sample, "\r", "\n"), sep: sep}
	widths := map[int]int{}
	for range 50 {
		rec, err := r.next()
		if err != nil {
			break
		}
		if len(rec) > 1 {
			widths[len(rec)]++
		}
	}
	best := 0
	for w, n := range widths {
		best = max(best, n*(w-1))
	}
	return best
}

// numbers that letters name, and joins the rest of a file into one field after a stray quotation mark.
type csvRecords struct {
	text   string
	sep    rune
	wasted int // bytes looked through for the ends of stray marks
}

func (r *csvRecords) next() ([]string, error) {
	if r.text == "" {
		return nil, io.EOF
	}
	var rec []string
	for {
		field, more := r.field()
		rec = append(rec, field)
		if !more || len(rec) > grid.MaxCol {
			return rec, nil
		}
	}
}

// field takes one field off the front; more is false when it ended the record.
func (r *csvRecords) field() (field string, more bool) {
	if strings.HasPrefix(r.text, `"`) {
		if f, rest, ok := r.quoted(); ok {
			return f, r.after(rest)
		}
	}
	end := strings.IndexFunc(r.text, func(c rune) bool { return c == r.sep || c == '\n' })
	if end < 0 {
		field, r.text = r.text, ""
		return field, false
	}
	field = r.text[:end]
	return field, r.after(r.text[end:])
}

// after steps over the separator or the end of the line.
func (r *csvRecords) after(rest string) bool {
	if strings.HasPrefix(rest, string(r.sep)) {
		r.text = rest[len(string(r.sep)):]
		return true
	}
	r.text = strings.TrimPrefix(rest, "\n")
	return false
}

const (
	maxQuoted = 96 << 10 // a quoted field longer than this is a stray mark
	maxWasted = 8 << 20  // after so many bytes of vain search marks are trusted for a short way only
)

// quoted reads a field in quotation marks. It fails when the mark is never closed where a field can end: then the
// mark is text.
func (r *csvRecords) quoted() (field, rest string, ok bool) {
	s := r.text[1:]
	most := min(len(s), maxQuoted)
	if r.wasted > maxWasted {
		most = min(most, 256)
	}
	for i := 0; i < most; {
		j := strings.IndexByte(s[i:most], '"')
		if j < 0 {
			break
		}
		i += j
		if strings.HasPrefix(s[i:], `""`) {
			i += 2
			continue
		}
		tail := s[i+1:]
		if blank := strings.TrimLeft(tail, " "); blank == "" || blank[0] == '\n' || strings.HasPrefix(blank, string(r.sep)) {
			return strings.ReplaceAll(s[:i], `""`, `"`), blank, true
		}
		i++ // a mark inside the field, not doubled
	}
	r.wasted += most
	return "", "", false
}
