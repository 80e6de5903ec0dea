// Package config is what baosong is told by its operator: one TOML file, read strictly.
//
// In order: Find the file, Load it, read the typed fields; ask the passwords of IMAP and SMTP when they are needed. Every
// fault names file, line and column, says in Chinese what is wrong and how to mend it; all faults of a file are told at
// once. Fault lets others, who know more about a value, complain in the same way. Describe writes the commented reference
// and Template a first file for init, both from the table in settings.go.
//
// Passwords are never part of a Config, so that none can be printed by accident.
package config

import (
	"errors"
	"net/mail"
	"os"
	"path/filepath"
	"strings"
	"time"
	_ "time/tzdata" // Asia/Shanghai on machines without a time zone database

	"baosong/tomlfile"
)

// Config is a valid configuration. All paths are absolute, or relative to the working directory as the file's was.
type Config struct {
	DataDir  string
	Calls    []string
	Timezone string
	Location *time.Location // of Timezone
	IMAP     IMAP
	SMTP     SMTP
	Sender   Sender
	Staff    Staff
	Schedule Schedule
	Limits   Limits

	path string
	keys *tomlfile.Keys
}

// Server is how to reach a mail server.
type Server struct {
	Host         string
	Port         int
	TLS          string // implicit, starttls or none
	Insecure     bool
	CAFile       string // "" for none
	Username     string
	PasswordFile string
}

// IMAP is the mailbox.
type IMAP struct {
	Server
	Folders     []string
	Poll        time.Duration
	Timeout     time.Duration
	AnswerSince time.Time // zero: drawn when the mailbox is first read whole
	Fates       Fates     // folders mail is filed in; "" leaves it where it is
	Keywords    Fates     // IMAP keywords mail is marked with; "" for none
}

// Fates holds one name for each fate of a mail.
type Fates struct {
	Filed, Returned, Held, Ignored, Failed string
}

// SMTP is the way out.
type SMTP struct {
	Server
	From             mail.Address
	Pace             time.Duration
	PerAddressPerDay int
	PerHour          int
	Retry            []time.Duration
}

// Sender says whose word about a sender is believed.
type Sender struct {
	AuthservID []string
	Require    bool
}

// Staff are the addresses of the provincial staff; SecurityTo is AlertTo when the file gives none.
type Staff struct {
	DigestTo, AlertTo, SecurityTo []string
}

// Schedule holds cron lines, which cmd checks with the library that runs them.
type Schedule struct {
	Digest, Reminders string
	HoldReminders     bool   // reminders wait until staff have looked at them
	Holidays          string // file of further years; "" for none
}

// Limits bound what a mail may cost.
type Limits struct {
	Message, Unpacked int64
	Files, Depth      int
	ReaderMemory      int64
	ReaderTime        time.Duration
}

// Places are the files looked for when none is named, in order.
func Places() []string { return []string{"baosong.toml", "/etc/baosong/baosong.toml"} }

// Find gives the file to load: the one named, else the first of Places that is there, else the first.
func Find(named string) string {
	if named != "" {
		return named
	}
	for _, p := range Places() {
		if _, err := os.Stat(p); err == nil {
			return p
		}
	}
	return Places()[0]
}

// Load reads and checks a file. The error joins one *tomlfile.Error per fault.
func Load(path string) (*Config, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, unreadable(path, err)
	}
	return Parse(path, data)
}

func unreadable(path string, err error) error {
	e := &tomlfile.Error{File: path, Message: "配置文件读不出来：" + err.Error() + "。", Hint: "请检查文件是否存在、当前用户有无读取权限。"}
	switch {
	case errors.Is(err, os.ErrNotExist):
		e.Message, e.Hint = "找不到配置文件。", "请用 --config 指明，或用 baosong init 生成一份。"
	case errors.Is(err, os.ErrPermission):
		e.Message, e.Hint = "没有读取配置文件的权限。", "请换用有权限的用户，或请管理员调整文件权限。"
	}
	return e
}

// Parse checks a file's content; path is for messages, and relative paths start at its folder.
func Parse(path string, data []byte) (*Config, error) {
	var s settings
	fill(&s, false)
	if err := tomlfile.Decode(path, data, &s); err != nil {
		return nil, err
	}
	r := &resolver{keys: tomlfile.Index(path, data), dir: filepath.Dir(path)}
	c := r.config(&s)
	if len(r.faults) > 0 {
		return nil, errors.Join(r.faults...)
	}
	c.path, c.keys = path, r.keys
	return c, nil
}

// Fault makes an error at the place of a key such as "schedule.digest", for those who check a value further.
func (c *Config) Fault(key, message, hint string) error {
	if c.keys == nil {
		return &tomlfile.Error{File: c.path, Message: key + "：" + message, Hint: hint}
	}
	return c.keys.Fault(message, hint, strings.Split(key, ".")...)
}
