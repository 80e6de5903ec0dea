package message

import (
	"bytes"
	"regexp"
	"strings"
)

var (
	messageID = regexp.MustCompile(`<[^<>]{1,990}>`)
	// tencentPrefix is what Tencent's enterprise mail puts before an id that it refers to.
	tencentPrefix = regexp.MustCompile(`^<[0-9A-Fa-f]{16}\+`)
)

const maxReferences = 200

// envelope reads what the mail's own header says.
func (w *walker) envelope(raw rawHeader) {
	m := w.m
	rawSubject := !ascii(raw.get("Subject"))
	raw.transcode(parseMedia(raw.get("Content-Type")).params["charset"])
	m.Header = raw.decoded()
	m.Subject = m.Header.Get("Subject")
	if rawSubject {
		w.note(defectRawHeader, "")
	}
	if ids := ids(m.Header.Get("Message-ID")); len(ids) > 0 {
		m.MessageID = ids[0]
	}
	if refs := ids(m.Header.Get("In-Reply-To")); len(refs) > 0 {
		m.InReplyTo = Untag(refs[0])
	}
	for _, id := range ids(strings.Join(m.Header.All("References"), " ")) {
		m.References = append(m.References, Untag(id))
	}
	if n := len(m.References); n > maxReferences {
		m.References = m.References[n-maxReferences:]
	}
	w.addresses(raw)
	if v := m.Header.Get("Date"); v != "" {
		t, ok := parseDate(v)
		if m.Date = t; !ok {
			w.note(defectDate, "")
		}
	}
}

func (w *walker) addresses(raw rawHeader) {
	m := w.m
	for _, f := range raw {
		switch strings.ToLower(f.name) {
		case "from":
			m.FromHeaders++
			list, dug := parseAddresses(f.value)
			m.From, m.FromMended = append(m.From, list...), m.FromMended || dug
			if dug || !ascii(f.value) || len(list) == 0 && len(bytes.TrimSpace(f.value)) > 2 {
				w.note(defectFrom, "")
			}
		case "sender":
			m.Sender = join(m.Sender, f.value)
		case "reply-to":
			m.ReplyTo = join(m.ReplyTo, f.value)
		case "to":
			m.To = join(m.To, f.value)
		case "cc":
			m.CC = join(m.CC, f.value)
		}
	}
	if m.FromHeaders > 1 || len(m.From) > 1 {
		w.note(defectSeveralFrom, "")
	}
}

func join(list []Address, value []byte) []Address {
	more, _ := parseAddresses(value)
	return append(list, more...)
}

// ids finds the message ids in a field; one without brackets gets them.
func ids(value string) []string {
	if found := messageID.FindAllString(value, -1); len(found) > 0 {
		var all []string
		for _, id := range found {
			whole := strings.Join(strings.Fields(id), "") // folding may have put blanks within
			if whole == id || strings.Contains(id, "@") {
				all = append(all, whole)
			}
		}
		return all
	}
	var bare []string
	for _, word := range strings.Fields(value) {
		if word = strings.Trim(word, "<>,;"); strings.Contains(word, "@") && len(word) < 990 {
			bare = append(bare, "<"+word+">")
		}
	}
	return bare
}

// Untag takes the tag off a Message-ID that Tencent's enterprise mail has handed back.
func Untag(id string) string { return tencentPrefix.ReplaceAllString(id, "<") }
