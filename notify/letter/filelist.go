package letter

import (
	"fmt"
	"slices"
	"strings"

	"baosong/ledger"
	"baosong/parse/call"
	"baosong/parse/finding"
)

const (
	maxFiles = 50 // files in the text of a mail
	maxNames = 20 // names of files in one sentence
)

// FileLine is one file and its verdict.
type FileLine struct {
	No         int
	Name, Part string
	Verdict    string
	Tone       string // ok, fix, look, note
}

// pictureFormats are those of photographs and screenshots.
var pictureFormats = []string{"png", "jpeg", "gif", "bmp", "tiff", "webp", "heic"}

// setFiles lists what the mail brought, each with its verdict, and names what still counts from before. Where there are
// more than the list has room for, those that ask for something come first.
func (p *Page) setFiles(s *ledger.Submission, fs []ledger.Finding, c *call.Call) {
	useful := false
	for i, file := range s.Files {
		if file.Prior {
			if file.Used {
				p.Prior = append(p.Prior, priorName(file, s.Files))
			}
			continue
		}
		p.Pictured = p.Pictured || slices.Contains(pictureFormats, file.Format)
		line := FileLine{No: len(p.Files) + 1, Name: said(shown(file), 100), Part: partName(file.Part, c)}
		if file.Part == string(call.PartUnknown) && unopened(file, fs) {
			line.Part = "未能打开"
		}
		if line.Verdict, line.Tone = verdict(file, fs); file.Copy && line.Tone == "note" {
			line.Verdict = copyWords(i, s.Files)
		}
		p.Files = append(p.Files, line)
		if line.Tone != "fix" && file.Part != string(call.PartCase) && file.Part != string(call.PartUnknown) && !file.Copy &&
			!slices.Contains(p.Parts, line.Part) && file.Part != "" {
			p.Parts = append(p.Parts, line.Part)
		}
		useful = useful || file.Part != "" && file.Part != string(call.PartUnknown) && file.Part != string(call.PartLetter)
	}
	p.Useless = len(p.Files) > 0 && !useful
	p.Prior = few(p.Prior)
	if n := len(p.Files) - maxFiles; n > 0 {
		slices.SortStableFunc(p.Files, func(a, b FileLine) int { return urgency(a.Tone) - urgency(b.Tone) })
		p.Files, p.FilesLeft = p.Files[:maxFiles], n
		slices.SortStableFunc(p.Files, func(a, b FileLine) int { return a.No - b.No })
	}
}

// urgency orders the tones of verdicts by what they ask.
func urgency(tone string) int { return slices.Index([]string{"fix", "look", "note", "ok"}, tone) }

// verdict words what became of one file.
func verdict(file ledger.File, fs []ledger.Finding) (text, tone string) {
	var errors, warnings int
	for _, f := range told(fs) {
		if !f.In(shown(file)) {
			continue
		}
		switch f.Severity {
		case finding.Error:
			errors++
		case finding.Warning:
			warnings++
		}
	}
	switch {
	case errors > 0:
		return fmt.Sprintf("%d 处须更正", errors), "fix"
	case file.Copy:
		return "副本，以可编辑文件为准", "note"
	case file.Part == string(call.PartUnknown) || file.Part == "":
		return "未采用", "note"
	case warnings > 0:
		return fmt.Sprintf("可用，留意 %d 处", warnings), "look"
	case file.Part == string(call.PartLetter):
		return "已收存", "note"
	default:
		return "无误", "ok"
	}
}

// copyWords says what the i-th file is a copy of: a stamped copy of an editable file, or the same bytes as another one.
func copyWords(i int, files []ledger.File) string {
	file := files[i]
	for j, x := range files {
		if j == i || x.SHA256 != file.SHA256 || x.SHA256 == "" || x.Copy {
			continue
		}
		name := baseName(x.Name)
		if name == baseName(file.Name) {
			name = shown(x)
		}
		switch {
		case x.Prior:
			return "与此前报送的内容相同"
		case name == shown(file):
			return "与另一份同名文件内容相同"
		}
		return "与《" + said(name, 60) + "》内容相同"
	}
	return "副本，以可编辑文件为准"
}

// unopened tells whether a file could not be opened at all.
func unopened(file ledger.File, fs []ledger.Finding) bool {
	return slices.ContainsFunc(told(fs), func(f ledger.Finding) bool {
		switch f.Code {
		case "file.unreadable", "file.encrypted", "file.limit", "file.unsupported":
			return f.Severity == finding.Error && f.In(shown(file))
		}
		return false
	})
}

// passedFiles names the case files of this mail that are right though their case is not yet: what is wrong stands in the
// summary sheet, so that they need not be sent again.
func passedFiles(s *ledger.Submission, fs []ledger.Finding) []string {
	var names []string
	for _, file := range s.Files {
		_, tone := verdict(file, fs)
		if file.Prior || file.Copy || !file.Used || file.Part != string(call.PartCase) || tone == "fix" || !isDocument(file.Name) ||
			disputed(file, fs) || slices.ContainsFunc(s.Cases, func(c ledger.Case) bool { return c.OK && c.SHA256 == file.SHA256 }) {
			continue
		}
		names = append(names, said(shown(file), 80))
	}
	return few(names)
}

// disputed tells whether the sheet and the file differ, so that it is open which of them is right.
func disputed(file ledger.File, fs []ledger.Finding) bool {
	return slices.ContainsFunc(told(fs), func(f ledger.Finding) bool {
		return f.Code == "case.mismatch" && (strings.Contains(f.Where, "《"+baseName(file.Name)+"》") || strings.Contains(f.Where, "《"+shown(file)+"》"))
	})
}

// priorName is the name of a file that came before, with its folder when another one bears the same.
func priorName(file ledger.File, files []ledger.File) string {
	n := 0
	for _, x := range files {
		if x.Prior && x.Used && x.Name == file.Name {
			n++
		}
	}
	if n > 1 {
		return said(shown(file), 80)
	}
	return said(file.Name, 80)
}

// few cuts a list of names to what a sentence bears.
func few(names []string) []string {
	if n := len(names) - maxNames; n > 0 {
		return append(slices.Clone(names[:maxNames]), fmt.Sprintf("另有 %d 个", n))
	}
	return names
}

// shown is the file's name with the archive it came in.
func shown(file ledger.File) string {
	if file.Path != "" {
		return file.Path
	}
	return file.Name
}

// baseName is the last part of a path with / or \.
func baseName(name string) string { return name[strings.LastIndexAny(name, `/\`)+1:] }
