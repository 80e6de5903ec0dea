package letter

import (
	"fmt"
	"slices"
	"strings"
	"time"

	"baosong/parse/call"
)

const (
	maxArrived  = 20
	maxDecision = 30
	maxRefused  = 3
)

// DigestPage is a digest ready to be set.
type DigestPage struct {
	Day, At       string
	Loud          []string // what must be seen first
	Decisions     []DecisionLine
	Links         bool // there are one-click answers
	Even          bool
	BalanceText   string
	OutboxText    string
	Summary       string
	Done, Units   int
	Map           [][]Tile
	Legend        []Tile
	Parts         []string
	Lines         []CityLine
	Questions     []QuestionLine
	QuestionsLeft int
	Arrived       []ArrivedLine
	ArrivedTotal  int
	ArrivedLeft   int
	Corrections   []OpenCorrection
	Trials        []TrialLine
	Directions    []Bar
	Trend         []Bar
	Unreached     []UnreachedLine
}

// DecisionLine is one thing that waits for staff.
type DecisionLine struct {
	What, Detail, Age string
	Warning           string // what to bear in mind before deciding
	Grave             bool
	Commands          []string
	Links             []Link
}

// Tile is one city on the picture of the province, or one entry of its legend; an empty City is a gap.
type Tile struct {
	City, State, Word, Fill string
	Late                    bool
	N                       int
}

// CityLine is one city's progress.
type CityLine struct {
	City, Word, State string
	Late              bool
	Cases, Errors     int
	Owed              string
	Bar               []Tile // one per required part
}

// Bar is a named number drawn as a bar, Width in percent of the largest.
type Bar struct {
	Name  string
	N     int
	Width int
}

// ArrivedLine is one mail that came.
type ArrivedLine struct{ At, Unit, Subject, State, Receipt string }

// QuestionLine is one mail that brought nothing: most likely a question, which a person must answer.
type QuestionLine struct {
	No                int64
	At, Unit, Subject string
}

// UnreachedLine is one address that was not reached.
type UnreachedLine struct{ Unit, Address, Why, At string }

func digestPage(f Facts) *DigestPage {
	d := f.Digest
	p := &DigestPage{
		Day: shortDate(f.Now) + "（" + weekday(f.Now) + "）",
		At:  moment(f.Now, f.Now), Even: d.Balance.Even(), Corrections: slices.Clone(d.Corrections),
	}
	p.setLoud(f)
	p.setDecisions(f)
	p.setBalance(d.Balance, f.Now)
	p.setUnits(f)
	p.setArrived(f)
	p.setQuestions(f)
	slices.SortStableFunc(p.Corrections, func(a, b OpenCorrection) int { return b.Days - a.Days })
	p.Trials = trials(d.Findings)
	p.Directions, p.Trend = bars(d.Directions), bars(d.Trend)
	for _, u := range d.Unreached {
		line := UnreachedLine{Unit: u.Unit, Address: said(u.Address, 80), Why: said(u.Why, 100)}
		if !u.At.IsZero() {
			line.At = moment(u.At, f.Now)
		}
		p.Unreached = append(p.Unreached, line)
	}
	return p
}

// setLoud puts first what must not be overlooked: books that differ, a mailbox that cannot be read, guessed holidays.
func (p *DigestPage) setLoud(f Facts) {
	b := f.Digest.Balance
	if !b.Even() {
		more, by := "多", b.Server-b.Ledger
		if by < 0 {
			more, by = "少", -by
		}
		p.Loud = append(p.Loud, fmt.Sprintf("账实不符：邮箱中有 %d 封，台账中应有 %d 封，邮箱%s %d 封。请运行 baosong verify 查明。", b.Server, b.Ledger, more, by))
	}
	if b.LastPollError != "" {
		p.Loud = append(p.Loud, "最近一次收信没有成功："+said(b.LastPollError, 120)+"。请运行 baosong doctor 检查。")
	}
	for _, s := range f.Digest.Refused[:min(len(f.Digest.Refused), maxRefused)] {
		p.Loud = append(p.Loud, said(s, 160))
	}
	if n := len(f.Digest.Refused) - maxRefused; n > 0 {
		p.Loud = append(p.Loud, fmt.Sprintf("另有 %d 次一键处理没有执行，可用 baosong messages --state ignored 查看。", n))
	}
	for _, y := range f.Digest.Unknown {
		p.Loud = append(p.Loud, fmt.Sprintf("节假日表中没有 %d 年的放假安排，工作日暂按周一至周五推算，请尽快补充。", y))
	}
}

func (p *DigestPage) setDecisions(f Facts) {
	all := slices.Clone(f.Digest.Decisions)
	slices.SortStableFunc(all, func(a, b Decision) int {
		switch {
		case a.Grave == b.Grave:
			return 0
		case a.Grave:
			return -1
		default:
			return 1
		}
	})
	for _, d := range all {
		line := DecisionLine{What: d.What, Detail: said(d.Detail, 160), Warning: said(d.Warning, 80), Grave: d.Grave, Commands: d.Commands, Links: d.Links}
		if !d.Since.IsZero() {
			line.Age = moment(d.Since, f.Now)
		}
		p.Decisions = append(p.Decisions, line)
		p.Links = p.Links || len(d.Links) > 0
	}
	if n := len(p.Decisions) - maxDecision; n > 0 {
		p.Decisions = append(p.Decisions[:maxDecision], DecisionLine{What: "其他", Detail: fmt.Sprintf("另有 %d 件", n), Commands: []string{"baosong held", "baosong messages --state failed"}})
	}
}

func (p *DigestPage) setBalance(b Balance, now time.Time) {
	same := "一致"
	if !b.Even() {
		same = "不一致"
	}
	p.BalanceText = fmt.Sprintf("邮箱 %d 封，台账 %d 封，%s。登记总数中：已登记 %d，待核实 %d，已忽略 %d，处理失败 %d", b.Server, b.Ledger, same, b.Filed, b.Held, b.Ignored, b.Failed)
	if b.Received > 0 {
		p.BalanceText += fmt.Sprintf("，待处理 %d", b.Received)
	}
	p.BalanceText += "。"
	if !b.LastPoll.IsZero() {
		p.BalanceText += "最近收信 " + moment(b.LastPoll, now) + "。"
	}
	p.OutboxText = fmt.Sprintf("去信：已发 %d，待发 %d，发送失败 %d，暂缓 %d。", b.Sent, b.Due, b.Dead, b.LettersHeld)
}

// states in the order of the legend.
func states() []string { return []string{"accepted", "nil", "correct", "partial", "none"} }

func (p *DigestPage) setUnits(f Facts) {
	var required []call.Part
	for _, part := range f.Call.Parts {
		if part.Required {
			required = append(required, part)
			p.Parts = append(p.Parts, part.Name)
		}
	}
	count := map[string]int{}
	for _, u := range f.Digest.Units {
		count[u.State]++
		line := CityLine{
			City: shortCity(u), Word: stateWord(u.State), State: u.State, Late: u.Late, Cases: u.CasesAccepted, Errors: u.ErrorsOpen,
		}
		var owed []string
		for _, part := range required {
			state := u.State
			if slices.Contains(u.Owed, string(part.ID)) && u.State != "nil" {
				state = "none"
				owed = append(owed, part.Name)
			} else if state == "partial" {
				state = "accepted"
			}
			_, _, edge := palette(state)
			line.Bar = append(line.Bar, Tile{State: state, Fill: edge})
		}
		if line.Owed = strings.Join(owed, "、"); line.Owed != "" && u.State == "accepted" {
			line.Owed += "（不再要求）" // staff have accepted what is there
		}
		p.Lines = append(p.Lines, line)
		p.place(u)
	}
	var words []string
	for _, s := range states() {
		paper, _, _ := palette(s)
		p.Legend = append(p.Legend, Tile{State: s, Word: stateWord(s), Fill: paper, N: count[s]})
		words = append(words, fmt.Sprintf("%s %d", stateWord(s), count[s]))
	}
	p.Summary = strings.Join(words, "，")
	p.Done, p.Units = count["accepted"]+count["nil"], len(f.Digest.Units)
}

// place puts a unit on the picture; units without a tile are in the list only.
func (p *DigestPage) place(u UnitLine) {
	row, col := u.Tile[0], u.Tile[1]
	if row < 0 || col < 0 || row > 20 || col > 20 {
		return
	}
	for len(p.Map) <= row {
		p.Map = append(p.Map, nil)
	}
	width := col + 1
	for _, r := range p.Map {
		width = max(width, len(r))
	}
	for i := range p.Map {
		for len(p.Map[i]) < width {
			p.Map[i] = append(p.Map[i], Tile{})
		}
	}
	paper, _, _ := palette(u.State)
	p.Map[row][col] = Tile{City: shortCity(u), State: u.State, Word: stateWord(u.State), Late: u.Late, Fill: paper}
}

// shortCity is the city without 市, or the unit's name when it has no city.
func shortCity(u UnitLine) string {
	if u.City == "" {
		return clip(u.Name, 6)
	}
	return strings.TrimSuffix(u.City, "市")
}

func (p *DigestPage) setArrived(f Facts) {
	all := f.Digest.Arrived
	p.ArrivedTotal = len(all)
	if len(all) > maxArrived {
		p.ArrivedLeft = len(all) - maxArrived
		all = all[len(all)-maxArrived:]
	}
	for _, a := range all {
		p.Arrived = append(p.Arrived, ArrivedLine{
			At: moment(a.At, f.Now), Unit: said(a.Unit, 40), Subject: subject(a.Subject), State: a.State, Receipt: a.Receipt,
		})
	}
}

// setQuestions lists mails that brought nothing, the newest where there are too many.
func (p *DigestPage) setQuestions(f Facts) {
	for _, a := range f.Digest.Arrived {
		if a.Question {
			p.Questions = append(p.Questions, QuestionLine{No: a.No, At: moment(a.At, f.Now), Unit: said(a.Unit, 40), Subject: subject(a.Subject)})
		}
	}
	if n := len(p.Questions) - maxArrived; n > 0 {
		p.Questions, p.QuestionsLeft = p.Questions[n:], n
	}
}

// subject is a mail's subject as the digest lists it.
func subject(s string) string {
	if s = said(s, 50); s == "" {
		return "（无主题）"
	}
	return s
}

func bars(counts []Count) []Bar {
	most := 0
	for _, c := range counts {
		most = max(most, c.N)
	}
	var out []Bar
	for _, c := range counts {
		b := Bar{Name: c.Name, N: c.N}
		if most > 0 && c.N > 0 {
			b.Width = max(2, c.N*100/most)
		}
		out = append(out, b)
	}
	return out
}
