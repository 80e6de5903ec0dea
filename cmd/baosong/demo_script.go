package main

import (
	"fmt"
	"slices"
	"time"

	"baosong/parse/call"
	"baosong/sample"
)

// scene is one thing that happens in the demo: a mail arrives, staff decide, or only time passes.
type scene struct {
	at    time.Time
	says  string   // one line for the audience
	mail  []byte   // nil: no mail
	staff []string // a command line of staff, run on the demo's configuration; "?" is the newest held mail
}

// script writes the demo's stretch of days: sixteen cities, good and faulty mail, a stranger, an auto-reply, a nil
// return, a correction cycle. Everything in it is made at run time.
type script struct {
	call   *call.Call
	box    string
	scenes []scene
	err    error
}

func writeScript(c *call.Call, box string) ([]scene, error) {
	s := &script{call: c, box: box}
	s.firstWeek()
	s.secondWeek()
	s.lastDay()
	s.afterwards()
	return s.scenes, s.err
}

// on is a moment of the demo in Shanghai.
func on(monthDay, clock string) time.Time {
	t, err := time.Parse("2006-01-02 15:04 -0700", "2024-"+monthDay+" "+clock+" +0800")
	if err != nil {
		panic("demo: internal error: " + err.Error())
	}
	return t
}

// parcel is what a city sends.
type parcel struct {
	cases    int
	mangle   func(cs []sample.Case) []sample.Case // faults put into the sheet only
	drop     int                                  // so many case files are left out
	measures bool
	sheet    bool
	files    bool
	zip      bool
	style    sample.Style
	subject  string
	text     string
	break1   bool // the first case file arrives truncated
	mark     bool // the first case carries a secrecy mark
}

func whole(n int, style sample.Style) parcel {
	return parcel{cases: n, measures: true, sheet: true, files: true, style: style}
}

// sends adds a mail of a unit's own with what the parcel says.
func (s *script) sends(monthDay, clock, unit, says string, p parcel) {
	u, ok := s.call.Unit(unit)
	if !ok {
		s.err = fmt.Errorf("demo: no unit %q", unit)
		return
	}
	files, err := s.pack(u, p)
	if err != nil {
		s.err = err
		return
	}
	m := s.letterOf(u, on(monthDay, clock), p.style)
	m.Subject, m.Text, m.Attachments = p.subject, p.text, files
	if m.Subject == "" {
		m.Subject = u.City + "中小企业特色产业集群典型案例报送"
	}
	if m.Text == "" {
		m.Text = "省中小企业局：\n现将我市有关材料报上，请查收。\n" + u.Name
	}
	s.add(scene{at: m.Date, says: u.City + "：" + says, mail: m.Bytes()})
}

func (s *script) letterOf(u *call.Unit, at time.Time, style sample.Style) sample.Mail {
	return sample.Mail{Style: style, From: u.Addresses[0], FromName: u.Name, To: s.box, Date: at}
}

func (s *script) add(sc scene) { s.scenes = append(s.scenes, sc) }

func (s *script) pack(u *call.Unit, p parcel) ([]sample.File, error) {
	cases := sample.Cases(s.call, u, p.cases)
	if len(cases) < p.cases {
		return nil, fmt.Errorf("demo: %s has no recognised cluster", u.City)
	}
	var files []sample.File
	if p.sheet {
		rows := append([]sample.Case{}, cases...)
		if p.mangle != nil {
			rows = p.mangle(rows)
		}
		f, err := sample.Summary(s.call, u, rows)
		if err != nil {
			return nil, err
		}
		files = append(files, f)
	}
	if p.files {
		for i, k := range cases[p.drop:] {
			if i == 0 && p.mark {
				k.Note = "机密★5年"
				k.Body = k.Note + " " + k.Body
			}
			f := sample.CaseFile(k)
			if i == 0 && p.break1 {
				f.Data = f.Data[:len(f.Data)/3]
			}
			files = append(files, f)
		}
	}
	if p.measures {
		files = append(files, sample.Measures(u.City))
	}
	if p.zip {
		files = []sample.File{sample.Zip(u.City+"报送材料.zip", u.City+"报送材料", files)}
	}
	return files, nil
}

func (s *script) firstWeek() {
	s.sends("06-12", "09:30", "hefei", "汇总表、3 个案例、培育举措（Outlook）", whole(3, sample.Outlook))
	zipped := whole(2, sample.QQ)
	zipped.zip = true
	s.sends("06-12", "14:05", "wuhu", "全部材料装在一个 GBK 文件名的压缩包里（QQ 邮箱）", zipped)
	faulty := whole(3, sample.Foxmail)
	faulty.drop = 1
	faulty.mangle = func(cs []sample.Case) []sample.Case {
		cs[1].Direction, cs[2].Phone = "数字化转型", "1380013800"
		return cs
	}
	s.sends("06-13", "10:00", "bengbu", "案例方向、电话有误，还少一个案例文件（Foxmail）", faulty)
	some := whole(2, sample.Outlook)
	some.measures = false
	s.sends("06-13", "15:20", "chuzhou", "汇总表和 2 个案例，没有培育举措", some)
	s.stranger()
	u, _ := s.call.Unit("huainan")
	m := s.letterOf(u, on("06-14", "10:12"), sample.QQ)
	m.Subject, m.Text, m.Headers = "自动回复：您的邮件已收到", "我正在外出差，回来后尽快回复。", []string{"Auto-Submitted: auto-replied"}
	s.add(scene{at: m.Date, says: "淮南市：一封自动回复", mail: m.Bytes()})
}

// stranger sends Huainan's material from an address that nobody knows; staff look and assign it.
func (s *script) stranger() {
	u, _ := s.call.Unit("huainan")
	files, err := s.pack(u, whole(1, sample.Outlook))
	if err != nil {
		s.err = err
		return
	}
	m := s.letterOf(u, on("06-14", "09:10"), sample.QQ)
	m.From, m.FromName, m.Subject, m.Text, m.Attachments = "colleague@elsewhere.example", "新来的同事", "淮南市典型案例", "请查收附件。", files
	s.add(scene{at: m.Date, says: "名册外的地址寄来淮南市的材料", mail: m.Bytes()})
	s.add(scene{at: on("06-14", "11:00"), says: "工作人员核实后归到淮南市，并记住这个地址", staff: []string{"assign", "?", "huainan", "--remember"}})
}

func (s *script) secondWeek() {
	u, _ := s.call.Unit("maanshan")
	m := s.letterOf(u, on("06-17", "11:00"), sample.Outlook)
	m.Subject, m.Text = "马鞍山市零报告", "经研究，我市本次无案例报送，特此零报告。"
	s.add(scene{at: m.Date, says: "马鞍山市：零报告", mail: m.Bytes()})
	mended := whole(3, sample.Foxmail)
	mended.measures = false
	s.sends("06-17", "16:30", "bengbu", "改好的汇总表和补上的案例文件", mended)
	s.sends("06-18", "09:40", "chuzhou", "补报培育举措", parcel{measures: true, style: sample.Outlook})
	link := parcel{style: sample.QQ, text: "从QQ邮箱发来的超大附件\n淮北市报送材料.zip (128.03M, 2024年07月18日 15:10 到期)\n进入下载页面：http://mail.qq.com/cgi-bin/ftnExs_download?k=sample&t=exs_ftn_download&code=sample"}
	s.sends("06-18", "15:10", "huaibei", "只发来一个超大附件链接", link)
	s.sends("06-19", "10:20", "huaibei", "按要求改用普通附件", whole(1, sample.QQ))
	broken := whole(2, sample.Outlook)
	broken.break1 = true
	s.sends("06-19", "14:45", "tongling", "一个案例文件损坏", broken)
	s.sends("06-20", "09:15", "tongling", "只重发损坏的那一个", parcel{cases: 1, files: true, style: sample.Outlook})
	for i, unit := range []string{"anqing", "huangshan", "fuyang", "suzhou"} {
		p := whole(i%2+1, sample.Style(i%3))
		s.sends("06-20", fmt.Sprintf("1%d:30", i), unit, "全部材料", p)
	}
}

func (s *script) lastDay() {
	marked := whole(1, sample.Outlook)
	marked.mark = true
	s.sends("06-21", "08:50", "luan", "案例里带有密级标志，不该用互联网邮箱发送", marked)
	s.sends("06-21", "10:30", "luan", "重新报送的全部材料", whole(1, sample.Outlook))
	s.sends("06-21", "11:05", "chizhou", "来信查询报送情况", parcel{subject: "查询", text: "请告知我市报送情况。", style: sample.QQ})
	forged := s.forged()
	s.add(forged)
	s.sends("06-21", "16:50", "bozhou", "全部材料", whole(2, sample.Foxmail))
	s.sends("06-21", "20:40", "chizhou", "全部材料，赶在截止之前", whole(1, sample.QQ))
}

// forged is a mail under Hefei's address whose answers would go elsewhere.
func (s *script) forged() scene {
	u, _ := s.call.Unit("hefei")
	m := s.letterOf(u, on("06-21", "14:20"), sample.Outlook)
	m.Subject, m.Text, m.Headers = "零报告", "我市撤回全部案例，本次零报告。", []string{"Reply-To: <someone@elsewhere.example>"}
	return scene{at: m.Date, says: "冒用合肥市地址的来信，回信地址在别处", mail: m.Bytes()}
}

func (s *script) afterwards() {
	s.sends("06-24", "10:10", "xuancheng", "逾期报来全部材料", whole(1, sample.Outlook))
	s.add(scene{at: on("06-25", "09:02"), says: "省里收尾"})
}

// days adds the quiet mornings at which the digest and the reminders go out.
func days(scenes []scene) []scene {
	last := scenes[len(scenes)-1].at
	for morning := on("06-12", "09:01"); morning.Before(last); morning = morning.AddDate(0, 0, 1) {
		scenes = append(scenes, scene{at: morning})
	}
	slices.SortStableFunc(scenes, func(a, b scene) int { return a.at.Compare(b.at) })
	return scenes
}
