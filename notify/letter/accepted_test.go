package letter

import (
	"fmt"
	"strings"
	"testing"

	"baosong/ledger"
	"baosong/parse/finding"
)

// noAttachmentFacts answers a mail that brought nothing, from a unit that stands so.
func noAttachmentFacts(state string) Facts {
	f := baseFacts()
	f.Kind, f.Topic, f.Subject = ledger.Correction, TopicNoAttachment, "请问案例可以报几个"
	f.Said = Said{Report: &Report{Verdict: "correct", Findings: []finding.Finding{finding.New("mail.no-attachment", finding.Place{Where: "附件"})}}}
	f.Standing = &ledger.UnitStanding{State: state, Deadline: f.Call.Deadline}
	switch state {
	case ledger.StateNone:
		f.Standing.Owed = []string{"summary", "case", "measures"}
	case ledger.StatePartial, ledger.StateCorrect:
		f.Standing.Owed, f.Standing.Receipt = []string{"measures"}, "BS-2024-0007"
	}
	return f
}

// acceptedFacts is what the unit of correctionFacts is told once staff have accepted its material as it is.
func acceptedFacts() Facts {
	f := correctionFacts()
	f.Kind, f.Topic, f.Previous = ledger.Confirmation, TopicDecision, nil
	f.Said = Said{Text: "贵单位报送的材料已按现状接收，不必再报。\n说明：领导同意", AsIs: true}
	f.Submission.State = ledger.Accepted
	f.Standing.State, f.Standing.ErrorsOpen, f.Standing.Owed = ledger.StateAccepted, 0, nil
	return f
}

// TestAccepted: once staff have accepted what is there, the letter asks for nothing and brings no marked workbook.
func TestAccepted(t *testing.T) {
	t.Parallel()
	c, err := Compose(acceptedFacts())
	if err != nil {
		t.Fatal(err)
	}
	if len(c.Attachments) > 0 {
		t.Errorf("attached: %s", c.Attachments[0].Name)
	}
	for _, words := range []string{"待更正", "尚缺", "需要更正的内容", "现在写的"} {
		if strings.Contains(c.Text, words) || strings.Contains(c.HTML, words) {
			t.Errorf("the letter says %q:\n%s", words, c.Text)
		}
	}
	if !strings.Contains(c.Text, "按现状接收的有：汇总表、典型案例 2 个。此前指出的 41 处不再要求更正。没有报送的培育举措不再要求补报。") {
		t.Errorf("what was accepted is not said:\n%s", c.Text)
	}
}

// TestNoAttachment: a question is not a fault. 零报告 is offered to those only who have sent nothing.
func TestNoAttachment(t *testing.T) {
	t.Parallel()
	for _, state := range []string{ledger.StateNone, ledger.StatePartial, ledger.StateCorrect, ledger.StateAccepted, ledger.StateNil} {
		c, err := Compose(noAttachmentFacts(state))
		if err != nil {
			t.Fatal(err)
		}
		if !strings.HasPrefix(c.Subject, "来信收到：Re: ") || strings.Contains(c.Text, "需要更正") {
			t.Errorf("%s: %s\n%s", state, c.Subject, c.Text)
		}
		if offers := strings.Contains(c.Text, "请回复“零报告”"); offers != (state == ledger.StateNone) {
			t.Errorf("%s: offers 零报告: %v", state, offers)
		}
		asks, done := strings.Contains(c.Text, "· 培育举措"), state == ledger.StateAccepted || state == ledger.StateNil
		if asks == done {
			t.Errorf("%s: asks for what is owed: %v", state, asks)
		}
	}
}

// TestManyFiles: the table of files ends after fifty lines, and those that want mending are among them.
func TestManyFiles(t *testing.T) {
	t.Parallel()
	f := correctionFacts()
	f.Submission.Files = nil
	for i := range 120 {
		f.Submission.Files = append(f.Submission.Files, ledger.File{Name: fmt.Sprintf("案例%d.docx", i), Part: "case", Used: true})
	}
	f.Submission.Findings = []ledger.Finding{{Finding: finding.New("case.too-short", finding.Place{File: "案例119.docx"})}}
	c, err := Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	if !strings.Contains(c.Text, "120. 案例119.docx（典型案例）：1 处须更正") || !strings.Contains(c.Text, "其余 70 个文件不再列出。") || strings.Contains(c.Text, "案例80.docx（") {
		t.Errorf("files:\n%s", c.Text)
	}
}

// TestCopies: the same bytes again are told from a stamped copy of an editable file; a damaged one belongs to no part.
func TestCopies(t *testing.T) {
	t.Parallel()
	f := correctionFacts()
	f.Submission.Files = []ledger.File{
		{Name: "案例1.docx", Part: "case", SHA256: "a", Used: true},
		{Name: "案例1（2）.docx", Part: "case", SHA256: "a", Copy: true},
		{Name: "案例1.docx", Path: "材料.zip/案例1.docx", Part: "case", SHA256: "a", Copy: true},
		{Name: "案例1盖章.pdf", Part: "case", SHA256: "b", Copy: true, Used: true},
		{Name: "案例2.docx", Part: "unknown", SHA256: "c"},
	}
	f.Submission.Findings = []ledger.Finding{{Finding: finding.New("file.unreadable", finding.Place{File: "案例2.docx"})}}
	c, err := Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{
		"2. 案例1（2）.docx（典型案例）：与《案例1.docx》内容相同",
		"3. 材料.zip/案例1.docx（典型案例）：与《案例1.docx》内容相同",
		"4. 案例1盖章.pdf（典型案例）：副本，以可编辑文件为准",
		"5. 案例2.docx（未能打开）：1 处须更正",
		"· 案例文件：案例1.docx\n",
	} {
		if !strings.Contains(c.Text, line) {
			t.Errorf("missing %q in\n%s", line, c.Text)
		}
	}
}

// TestFilesOfOneName: two case files bear one name; the fault is told of the right one, with its folder.
func TestFilesOfOneName(t *testing.T) {
	t.Parallel()
	f := correctionFacts()
	f.Submission.Files = []ledger.File{
		{Name: "案例.docx", Path: "材料.zip/一/案例.docx", Part: "case", SHA256: "a", Used: true},
		{Name: "案例.docx", Path: "材料.zip/二/案例.docx", Part: "case", SHA256: "b", Used: true},
	}
	at := finding.Place{File: "案例.docx", Path: "材料.zip/二/案例.docx"}
	f.Submission.Findings = []ledger.Finding{{Finding: finding.New("case.too-short", at)}}
	c, err := Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, line := range []string{"1. 材料.zip/一/案例.docx（典型案例）：无误", "2. 材料.zip/二/案例.docx（典型案例）：1 处须更正", "《材料.zip/二/案例.docx》"} {
		if !strings.Contains(c.Text, line) {
			t.Errorf("missing %q in\n%s", line, c.Text)
		}
	}
}
