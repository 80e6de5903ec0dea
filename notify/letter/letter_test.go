package letter

import (
	"bytes"
	"encoding/base64"
	"encoding/json"
	"io"
	"mime"
	"mime/multipart"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"baosong/ledger"
	"baosong/parse/finding"
)

// hostileEnvelope carries everything a sender could try in a header.
func hostileEnvelope() Envelope {
	return Envelope{
		From: "省中小企业局 <box@example.org>", To: []string{"gxj@hefei.example"}, CC: []string{`"局, 办" <office@hefei.example>`},
		MessageID: "<a1@box.example.org>", InReplyTo: "<x@y.example>\r\nBcc: spy@example.org",
		References: "<r1@y.example> junk\r\nX-Evil: 1 <r2@y.example>", Date: at(18, 9, 40), Auto: AutoReplied,
	}
}

func TestBuildParsesBack(t *testing.T) {
	t.Parallel()
	c := Composed{
		Subject: "回执 BS-2024-0007：Re: 材料\r\nBcc: spy@example.org", Text: "正文\n", HTML: "<p>正文</p>",
		Attachments: []Attachment{{Name: "合肥市\r\n汇总/表（已标注）与一个很长很长很长很长很长很长很长的名字 final.xlsx", ContentType: xlsxType, Bytes: []byte("PK\x03\x04")}},
	}
	raw, err := Build(c, hostileEnvelope())
	if err != nil {
		t.Fatal(err)
	}
	again, _ := Build(c, hostileEnvelope())
	if !bytes.Equal(raw, again) {
		t.Error("the same letter gives other bytes")
	}
	m, err := mail.ReadMessage(bytes.NewReader(raw))
	if err != nil {
		t.Fatal(err)
	}
	for name, want := range map[string]string{
		"Bcc": "", "X-Evil": "", "Auto-Submitted": "auto-replied", "X-Auto-Response-Suppress": "All", "Message-Id": "<a1@box.example.org>",
		"In-Reply-To": "<x@y.example>", "References": "<r1@y.example> <r2@y.example> <x@y.example>", "Date": "Tue, 18 Jun 2024 09:40:00 +0800",
	} {
		if got := m.Header.Get(name); got != want {
			t.Errorf("%s: got %q, want %q", name, got, want)
		}
	}
	subject, err := new(mime.WordDecoder).DecodeHeader(m.Header.Get("Subject"))
	if want := "回执 BS-2024-0007：Re: 材料 Bcc: spy@example.org"; err != nil || subject != want {
		t.Errorf("subject: got %q %v, want %q", subject, err, want)
	}
	if from, err := m.Header.AddressList("From"); err != nil || from[0].Name != "省中小企业局" {
		t.Errorf("from: got %v %v", from, err)
	}
	if cc, err := m.Header.AddressList("Cc"); err != nil || len(cc) != 1 || cc[0].Address != "office@hefei.example" {
		t.Errorf("cc: got %v %v", cc, err)
	}
	checkParts(t, m)
	for _, line := range strings.Split(string(raw), "\r\n") {
		if len(line) > 998 || strings.ContainsAny(line, "\r\n") {
			t.Errorf("line of %d bytes: %.60q", len(line), line)
		}
	}
}

func checkParts(t *testing.T, m *mail.Message) {
	t.Helper()
	kind, params, err := mime.ParseMediaType(m.Header.Get("Content-Type"))
	if err != nil || kind != "multipart/mixed" {
		t.Fatalf("got %q %v", kind, err)
	}
	r := multipart.NewReader(m.Body, params["boundary"])
	alt, err := r.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	_, inner, _ := mime.ParseMediaType(alt.Header.Get("Content-Type"))
	texts := multipart.NewReader(alt, inner["boundary"])
	for _, want := range []string{"正文\n", "<p>正文</p>"} {
		p, err := texts.NextRawPart()
		if err != nil {
			t.Fatal(err)
		}
		if got := decoded(t, p); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	file, err := r.NextRawPart()
	if err != nil {
		t.Fatal(err)
	}
	const name = "合肥市 汇总_表（已标注）与一个很长很长很长很长很长很长很长的名字 final.xlsx"
	_, typeParams, err := mime.ParseMediaType(file.Header.Get("Content-Type"))
	if err != nil {
		t.Fatal(err)
	}
	if got, err := new(mime.WordDecoder).DecodeHeader(typeParams["name"]); got != name {
		t.Errorf("name=: got %q %v, want %q", got, err, name)
	}
	_, dispParams, err := mime.ParseMediaType(file.Header.Get("Content-Disposition"))
	if err != nil || dispParams["filename"] != name {
		t.Errorf("filename*=: got %q %v, want %q", dispParams["filename"], err, name)
	}
	if got := decoded(t, file); got != "PK\x03\x04" {
		t.Errorf("attachment: got %q", got)
	}
}

func decoded(t *testing.T, r io.Reader) string {
	t.Helper()
	b, err := io.ReadAll(base64.NewDecoder(base64.StdEncoding, r))
	if err != nil {
		t.Fatal(err)
	}
	return string(b)
}

func TestBuildRefuses(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(*Envelope){
		"no recipient":       func(e *Envelope) { e.To = nil },
		"address with lines": func(e *Envelope) { e.To = []string{"a@b.example\r\nBcc: c@d.example"} },
		"not ASCII":          func(e *Envelope) { e.To = []string{"合肥@例.example"} },
		"no Message-ID":      func(e *Envelope) { e.MessageID = "" },
		"bad sender":         func(e *Envelope) { e.From = "box" },
	} {
		e := hostileEnvelope()
		change(&e)
		if raw, err := Build(Composed{Subject: "x"}, e); err == nil {
			t.Errorf("%s: got\n%s", name, raw)
		}
	}
}

// TestNothingHostileGetsThrough fills every field a sender can write with mark-up, template actions, controls and numbers.
func TestNothingHostileGetsThrough(t *testing.T) {
	t.Parallel()
	evil := "<script>alert(1)</script>{{.Office}}\r\nBcc: x@y\u202e 11010519491231002X 13812345678"
	f := correctionFacts()
	f.Subject = evil
	for i := range f.Submission.Files {
		f.Submission.Files[i].Name = evil + ".xlsx"
	}
	for i := range f.Submission.Cases {
		f.Submission.Cases[i].Title, f.Submission.Cases[i].Cluster = evil, evil
	}
	for i := range f.Submission.Findings {
		x := &f.Submission.Findings[i]
		x.File, x.Where, x.Found, x.Wanted, x.Message, x.Hint = evil+".xlsx", evil, evil, evil, evil, evil
	}
	f.Stands = f.Submission.Cases
	c, err := Compose(f)
	if err != nil {
		t.Fatal(err)
	}
	for _, bad := range []string{"<script", "11010519491231002X", "13812345678", "\u202e"} {
		if strings.Contains(c.HTML, bad) {
			t.Errorf("%q got into the HTML", bad)
		}
		if bad != "<script" && (strings.Contains(c.Text, bad) || strings.Contains(c.Subject, bad)) {
			t.Errorf("%q got into the text", bad)
		}
		for _, a := range c.Attachments {
			if strings.Contains(a.Name, bad) {
				t.Errorf("%q got into the name %q", bad, a.Name)
			}
		}
	}
	if strings.ContainsAny(c.Subject, "\r\n") {
		t.Errorf("subject %q", c.Subject)
	}
}

func TestMask(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"身份证11010519491231002X。":  "身份证110105********002X。",
		"440524188001010014":      "440524********0014",
		"１１０１０５１９４９１２３１００２Ｘ":      "110105********002X",
		"电话13812345678":           "电话138****5678",
		"卡号 6222021234567890128":  "卡号 6222***********0128",
		"91350100M000100Y43":      "91350100M000100Y43",
		"1380013":                 "1380013",
		"110105194912310021":      "110105194912310021",
		"BS-2024-0007 2024年6月18日": "BS-2024-0007 2024年6月18日",
	} {
		if got := Mask(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// TestGroups: like findings are one entry, and no more than twenty entries stand in the mail.
func TestGroups(t *testing.T) {
	t.Parallel()
	f := correctionFacts()
	g := group(told(f.Submission.Findings), finding.Error, f.Call)
	if g.Total != 41 || len(g.Groups) != 5 || g.Groups[2].N != 37 || !strings.HasPrefix(g.Groups[2].Others, "J5、J6") {
		t.Errorf("got %d findings in %d groups: %+v", g.Total, len(g.Groups), g.Groups)
	}
	var many []ledger.Finding
	for i := range 50 {
		many = append(many, ledger.Finding{Finding: finding.New("case.file-missing", finding.Place{Row: i + 1}).Saying(strings.Repeat("x", i)).Cured(strings.Repeat("y", i))})
	}
	many[0].Trial, many[1].Waived = true, true
	if g = group(told(many), finding.Error, f.Call); g.Total != 48 || len(g.Groups) != 20 || g.Left != 28 {
		t.Errorf("got total %d, groups %d, left %d", g.Total, len(g.Groups), g.Left)
	}
	for i := range many {
		many[i].Hint = "the same"
	}
	if g = group(told(many[:5]), finding.Error, f.Call); len(g.Groups) != 3 {
		t.Errorf("three that differ in words came to %d groups", len(g.Groups))
	}
	if g = group(told(many), finding.Error, f.Call); g.Total != 48 || len(g.Groups) != 1 || g.Groups[0].N != 48 || !strings.HasPrefix(g.Groups[0].Others, "第 4 行、第 5 行") {
		t.Errorf("got %+v", g)
	}
}

// TestWorkbook: a sheet that can be marked goes back under its own name, others as a list that says why.
func TestWorkbook(t *testing.T) {
	t.Parallel()
	rows := []struct {
		format, name string
		marked       bool
		why          string
	}{
		{"xlsx", "附件2：汇总表（合肥市）（已标注）.xlsx", true, ""},
		{"xls", "问题清单.xlsx", false, "是旧版 Excel 格式（xls）"},
	}
	for _, r := range rows {
		f := correctionFacts()
		f.Submission.Files[0].Format = r.format
		p := page(f)
		a, err := workbooks(f, p)
		if err != nil {
			t.Fatal(err)
		}
		if len(a) != 1 || p.Workbook.Marked != r.marked || !strings.Contains(p.Workbook.Why, r.why) || p.Workbook.Name != fileName(r.name) || len(a[0].Bytes) == 0 {
			t.Errorf("%s: got %+v, %d attachments", r.format, p.Workbook, len(a))
		}
	}
	f := noFilesFacts()
	if a, err := workbooks(f, page(f)); err != nil || a != nil {
		t.Errorf("a mail without files: got %d attachments, %v", len(a), err)
	}
}

func TestChangesCountByContent(t *testing.T) {
	t.Parallel()
	f := correctionFacts()
	c := changes(f.Previous, f.Submission)
	if len(c.New) != 3 || len(c.Gone) != 1 || len(c.Changed) != 0 || c.Settled != 1 || c.Open != 1 || c.Arisen != 40 {
		t.Errorf("got %+v", c)
	}
	if changes(nil, f.Submission).Any() || c.Words() != "上一次的已改好 1 处，仍未改 1 处，新出现 40 处" {
		t.Errorf("got %q", c.Words())
	}
}

func TestParseSaid(t *testing.T) {
	t.Parallel()
	bare, _ := json.Marshal(Report{Verdict: "correct", Owed: []string{"case"}})
	for in, want := range map[string]bool{`{"text":"x"}`: false, `{"report":{"verdict":"accept"}}`: true, string(bare): true, "": false} {
		if s, err := ParseSaid(in); err != nil || (s.Report != nil) != want {
			t.Errorf("%s: got %+v %v", in, s, err)
		}
	}
	if _, err := ParseSaid("{"); err == nil {
		t.Error("broken JSON passes")
	}
}

func TestCheck(t *testing.T) {
	t.Parallel()
	if err := Check(""); err != nil {
		t.Errorf("embedded templates: %v", err)
	}
	if err := Check(filepath.Join(t.TempDir(), "absent")); err != nil {
		t.Errorf("absent folder: %v", err)
	}
	dir := t.TempDir()
	write := func(name, text string) {
		if err := os.WriteFile(filepath.Join(dir, name), []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	write("receipt.txt", "{{define \"subject\"}}收到 {{.Receipt}}{{end}}{{define \"body\"}}\n\n{{.NoSuchField}}{{end}}")
	write("nil.html", "{{define \"title\"}}零{{end}}\n{{if}}")
	write("recipt.html", "x")
	err := Check(dir)
	if err == nil {
		t.Fatal("faults pass")
	}
	for _, want := range []string{filepath.Join(dir, "receipt.txt") + ":3:", filepath.Join(dir, "nil.html") + ":2:", filepath.Join(dir, "recipt.html")} {
		if !strings.Contains(err.Error(), want) {
			t.Errorf("want %q in\n%v", want, err)
		}
	}
}

func TestOwnTemplates(t *testing.T) {
	t.Parallel()
	f := receiptFacts(true)
	own := *f.Call
	own.LettersDir = t.TempDir()
	f.Call = &own
	text := "\ufeff{{define \"subject\"}}收讫 {{.Receipt}}{{end}}{{define \"body\"}}已收讫。{{end}}"
	if err := os.WriteFile(filepath.Join(own.LettersDir, "receipt.txt"), []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	c, err := Compose(f)
	if err != nil || c.Subject != "收讫 BS-2024-0007" || !strings.Contains(c.Text, "您好！已收讫。") || !strings.Contains(c.HTML, "回　执") {
		t.Errorf("got %q, %v\n%s", c.Subject, err, c.Text)
	}
}

func TestWords(t *testing.T) {
	t.Parallel()
	now := at(18, 9, 0)
	for got, want := range map[string]string{
		deadline(at(21, 17, 0), now):                                    "6月21日（星期五）17:00",
		deadline(time.Date(2025, 1, 3, 23, 59, 59, 0, shanghai()), now): "2025年1月3日（星期五）",
		moment(at(18, 9, 5), now):                                       "6月18日 09:05",
		numeral(10) + numeral(12):                                       "十十二",
		chinese("有误,请改:好 a,b 12:30"):                                    "有误，请改：好 a,b 12:30",
		daysLeft(-2):                                                    "已过截止时间 2 个工作日",
		clip("一二三四", 3):                                                 "一二…",
		oneLine(" a\r\n\tb\x00 "):                                       "a b",
	} {
		if got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
}

func TestOriginal(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"报送材料": "报送材料", "Re: 报送材料": "报送材料", "回复：RE[2]: Fwd: 报送材料": "报送材料", "Re:": "Re:", "": "",
		"Re: 补正通知 BS-2024-0004：Re: 滁州报送":       "滁州报送",
		"回复: 回执 BS-2024-0012：Re: 【预审】典型案例：第二批": "【预审】典型案例：第二批",
		"答复：查询结果：待补正：Re: 查询":                   "查询", "关于回执：的说明": "关于回执：的说明",
	} {
		if got := original(in); got != want {
			t.Errorf("%q: got %q, want %q", in, got, want)
		}
	}
}

// FuzzBuild: whatever stands in a subject or a file's name, the header has its own fields and no others.
func FuzzBuild(f *testing.F) {
	f.Add("回执", "表.xlsx", "<a@b>")
	f.Add("\x9ed", "0\xa1.xlsx", "<0\x00\x10>")
	f.Add("a\r\nBcc: x", "a\";\r\nX: y\x00.xlsx", "<a@b>\r\nX-Evil: 1")
	f.Fuzz(func(t *testing.T, subject, name, reply string) {
		e := hostileEnvelope()
		e.InReplyTo, e.References = reply, reply
		raw, err := Build(Composed{Subject: subject, Text: "x", HTML: "x", Attachments: []Attachment{{Name: name, ContentType: xlsxType}}}, e)
		if err != nil {
			t.Fatal(err)
		}
		m, err := mail.ReadMessage(bytes.NewReader(raw))
		if err != nil {
			t.Fatal(err)
		}
		for k := range m.Header {
			switch k {
			case "From", "To", "Cc", "Subject", "Date", "Message-Id", "In-Reply-To", "References", "Auto-Submitted", "X-Auto-Response-Suppress", "Mime-Version", "Content-Type":
			default:
				t.Errorf("field %q from %q %q %q", k, subject, name, reply)
			}
		}
		for _, line := range bytes.Split(raw, []byte("\r\n")) {
			if len(line) > 998 || bytes.ContainsAny(line, "\r\n\x00") {
				t.Errorf("line %.80q", line)
			}
		}
	})
}
