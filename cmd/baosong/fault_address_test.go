package main

import (
	"fmt"
	"strings"
	"testing"
	"time"

	"baosong/notify/smtptest"
	"baosong/sample"
)

// TestOddAddresses: addresses as people and programs write them. Each mail is taken for the unit's or held; nobody gets more than
// one letter, nobody outside the roster gets any, and a mail that is held changes nothing and is echoed to nobody.
func TestOddAddresses(t *testing.T) {
	t.Parallel()
	crowd := func(header string) string {
		var all []string
		for i := range 500 {
			all = append(all, fmt.Sprintf("person%d@%s.elsewhere.example", i, strings.ToLower(header)))
		}
		return header + ": " + strings.Join(all, ",\r\n ")
	}
	for name, row := range map[string]struct {
		roster  string // in the place of gxj@hefei.example
		from    string
		headers []string
		answers string // where the answer goes; empty: the mail is held
	}{
		"upper case":               {"", "GXJ@HEFEI.EXAMPLE", nil, "gxj@hefei.example"},
		"a dot behind the domain":  {"", "gxj@hefei.example.", nil, "gxj@hefei.example"},
		"five hundred To and Cc":   {"", "gxj@hefei.example", []string{crowd("To"), crowd("Cc")}, "gxj@hefei.example"},
		"two in From":              {"", "gxj@hefei.example, gxj@wuhu.example", []string{"Sender: gxj@hefei.example"}, ""},
		"two From headers":         {"", "gxj@hefei.example", []string{"From: gxj@wuhu.example"}, ""},
		"Reply-To elsewhere":       {"", "gxj@hefei.example", []string{"Reply-To: evil@elsewhere.example"}, ""},
		"Reply-To of another city": {"", "gxj@hefei.example", []string{"Reply-To: gxj@wuhu.example"}, ""},
		"a tag on the roster":      {"gxj+baosong@hefei.example", "gxj+baosong@hefei.example", nil, "gxj+baosong@hefei.example"},
		"a tag the roster lacks":   {"", "gxj+other@hefei.example", nil, ""},
		"IDN for punycode":         {"gxj@xn--09s1x.example", "gxj@合肥.example", nil, ""},
		"IDN in capitals":          {"gxj@xn--09s1x.example", "gxj@XN--09S1X.example", nil, "gxj@xn--09s1x.example"},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			s := newSite(t, nil)
			if row.roster != "" {
				s.rostered("gxj@hefei.example", row.roster)
			}
			m := sample.Mail{From: row.from, To: "box@example.org", Subject: "零报告", Text: "零报告", Date: on("06-17", "16:00"), Headers: row.headers}
			s.put(m.Bytes(), m.Date)
			s.round("06-18", "07:00")
			s.round("06-18", "07:30")
			got := s.smtp.Received()
			if row.answers == "" {
				if ms := s.messages(); len(got) != 0 || ms[0].State != "held" {
					t.Errorf("%d letters, messages %+v, want none and held", len(got), ms)
				}
			} else if len(got) != 1 || len(got[0].To) != 1 || got[0].To[0] != row.answers {
				t.Errorf("letters %v, want one to %s; %+v", recipients(got), row.answers, s.messages())
			}
			var st statusReport
			s.json(&st, "status", "--unit", "hefei")
			if state := st.Units[0].State; (state == "nil") != (row.answers != "") {
				t.Errorf("hefei stands at %s", state)
			}
		})
	}
}

func recipients(ms []smtptest.Mail) (all [][]string) {
	for _, m := range ms {
		all = append(all, m.To)
	}
	return all
}

// TestFloodOfAutoReplies: in one night hundreds of machines, or one gone mad, answer our letters. Who says that he is a machine is
// never answered, who does not twice a day; staff get no letter for each, and what stands stays.
func TestFloodOfAutoReplies(t *testing.T) {
	t.Parallel()
	s := newSite(t, nil)
	s.deliver("hefei", on("06-17", "16:00"), true)
	s.round("06-17", "16:10")
	const flood = 300
	answer := messageID(s.smtp.Received()[0].Raw)
	for i := range flood {
		at := on("06-17", "22:00").Add(time.Duration(i) * time.Second)
		m := sample.Mail{From: "gxj@hefei.example", To: "box@example.org", Subject: "自动回复：您的邮件已收到", Text: fmt.Sprintf("第 %d 封，来信已收到。", i), ID: fmt.Sprintf("auto-%d", i), InReplyTo: answer, Date: at}
		switch i % 4 {
		case 1:
			m.Subject, m.Headers = "外出", []string{"Auto-Submitted: auto-replied"}
		case 2:
			m.Subject, m.Headers = "Out of office", []string{"X-Autoreply: yes", "Precedence: bulk"}
		case 3:
			m.Subject = "收到，谢谢" // a machine that says nothing, or a person
		}
		s.put(m.Bytes(), at)
	}
	for _, clock := range []string{"22:30", "23:00"} {
		s.round("06-17", clock)
	}
	s.round("06-18", "08:40") // with the digest
	if n, letters := s.arrived("gxj@hefei.example"); n != letters || n > 3 {
		t.Errorf("hefei got %d letters", n)
	}
	if n, _ := s.arrived("staff@example.org"); n > 2 {
		t.Errorf("staff got %d letters", n)
	}
	var st statusReport
	s.json(&st, "status", "--unit", "hefei")
	if st.Units[0].State != "accepted" {
		t.Errorf("hefei stands at %+v", st.Units[0])
	}
	s.whole(flood + 1)
}
