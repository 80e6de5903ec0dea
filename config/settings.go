package config

import (
	"reflect"
	"strconv"
	"strings"
)

// settings is the file as it is written: the one table of keys, defaults, samples and explanations. default is the value
// of a key the file leaves out; sample is what the reference shows where that differs. Durations and sizes are texts
// here, so that a bare number is refused instead of being taken for nanoseconds.
type settings struct {
	DataDir  string   `toml:"data_dir" default:"/var/lib/baosong" doc:"数据目录：台账、原始邮件、附件、已发信件都在这里。目录权限 0700，文件 0600。"`
	Calls    []string `toml:"calls" sample:"/etc/baosong/calls/2024-typical-cases" doc:"征集通知的目录，可以有几个。相对路径从本文件所在的目录算起（其他路径也是如此）。"`
	Timezone string   `toml:"timezone" default:"Asia/Shanghai" doc:"时区。截止时间、催报和日报都按它计算。"`

	IMAP     imapSettings     `toml:"imap" doc:"收信。用哪个邮箱收各市报送的材料。"`
	SMTP     smtpSettings     `toml:"smtp" doc:"发信。回执、补正通知、催报和日报从这里发出。"`
	Sender   senderSettings   `toml:"sender" doc:"来信人的核验。"`
	Staff    staffSettings    `toml:"staff" doc:"省级业务员的邮箱地址。"`
	Schedule scheduleSettings `toml:"schedule" doc:"日报和催报的时间，写法同 cron（分 时 日 月 周），按上面的时区，只在工作日执行。"`
	Limits   limitSettings    `toml:"limits" doc:"一封邮件最多占用多少。大小的写法如 \"200MB\"、\"1GB\"（1MB = 1024×1024 字节），时间如 \"60s\"、\"2m\"、\"1h\"。"`
}

type imapSettings struct {
	Host         string        `toml:"host" sample:"127.0.0.1" doc:"IMAP 服务器。"`
	Port         int           `toml:"port" default:"993" doc:"端口。tls 为 starttls 或 none 而不写端口时用 143。"`
	TLS          string        `toml:"tls" default:"implicit" doc:"加密方式：implicit（一开始就加密）、starttls（先连接再加密）、none（不加密，只能用于本机）。"`
	Insecure     bool          `toml:"insecure" default:"false" doc:"true：允许对其他机器也不加密。密码会在网上明文传送，不建议。"`
	CAFile       string        `toml:"ca_file" doc:"另外信任的根证书（PEM 文件），自建服务器用；不需要就留空。"`
	Username     string        `toml:"username" sample:"box@example.org" doc:"邮箱账号。"`
	PasswordFile string        `toml:"password_file" sample:"/etc/baosong/imap.password" doc:"存放密码的文件，只写密码一行。163、QQ 等邮箱要用客户端授权码，不是登录密码。由 systemd 启动时也可用同名的凭据（LoadCredential）。"`
	Folders      []string      `toml:"folders" default:"INBOX" doc:"收哪些文件夹。可加上垃圾邮件夹，如 [\"INBOX\", \"垃圾邮件\"]。"`
	Poll         string        `toml:"poll" default:"60s" doc:"每隔多久看一次邮箱，最短 1s。服务器支持 IDLE 时来信会更早发现。"`
	Timeout      string        `toml:"timeout" default:"30s" doc:"服务器多久不出声就断开重来。"`
	AnswerSince  string        `toml:"answer_since" doc:"从何时收到的邮件起才答复，如 \"2024-06-01\" 或 \"2024-06-01T08:00:00+08:00\"；更早的只登记，不答复。留空：首次读完邮箱的时间；当时已在邮箱里的，无论时钟对错都不答复。"`
	Fates        fatesSettings `toml:"fates" doc:"处理完的邮件移到哪个文件夹；留空则留在原处。文件夹不存在时会新建。"`
	Keywords     fatesSettings `toml:"keywords" doc:"处理完的邮件打上哪个 IMAP 标记（keyword），可与文件夹并用；只能用英文字母、数字和 $ - _ .，例如 filed = \"$Filed\"。留空则不打。"`
}

type fatesSettings struct {
	Filed    string `toml:"filed" doc:"已收，例如 \"已收\"。"`
	Returned string `toml:"returned" doc:"待补正，例如 \"待补正\"。"`
	Held     string `toml:"held" doc:"待核实，例如 \"待核实\"。"`
	Ignored  string `toml:"ignored" doc:"不需处理（自动回复、退信等）。"`
	Failed   string `toml:"failed" doc:"异常，例如 \"异常\"。"`
}

type smtpSettings struct {
	Host             string   `toml:"host" sample:"127.0.0.1" doc:"SMTP 服务器。"`
	Port             int      `toml:"port" default:"465" doc:"端口。tls 为 starttls 而不写端口时用 587，为 none 时用 25。"`
	TLS              string   `toml:"tls" default:"implicit" doc:"加密方式，写法同上。"`
	Insecure         bool     `toml:"insecure" default:"false" doc:"含义同上。"`
	CAFile           string   `toml:"ca_file" doc:"含义同上。"`
	Username         string   `toml:"username" sample:"box@example.org" doc:"账号。留空：不登录（本机邮件服务器）。"`
	PasswordFile     string   `toml:"password_file" sample:"/etc/baosong/smtp.password" doc:"存放密码或授权码的文件，写法同上。"`
	From             string   `toml:"from" sample:"省中小企业局 <box@example.org>" doc:"发信人的名称和地址。多数邮箱要求地址与账号相同。"`
	Pace             string   `toml:"pace" default:"2s" doc:"两封信之间至少隔多久。"`
	PerAddressPerDay int      `toml:"per_address_per_day" default:"20" doc:"每天最多给同一地址自动发几封；超出的先扣下，并告知业务员。"`
	PerHour          int      `toml:"per_hour" default:"200" doc:"每小时最多自动发几封；超出的先扣下，并告知业务员。"`
	Retry            []string `toml:"retry" default:"2m,15m,1h,4h,12h,24h" doc:"暂时发不出去时，依次等多久再试；都试过仍不行就告知业务员。"`
}

type senderSettings struct {
	AuthservID []string `toml:"authserv_id" doc:"本单位邮件服务器在 Authentication-Results 信头中的名称，最上面一条据此采信。留空则查不出冒用名册地址的来信（require 为 true 时除外）。"`
	Require    bool     `toml:"require" default:"false" doc:"true：名册上的地址来信如无此信头，也没有能验证的 DKIM 签名，就转人工核实。"`
}

type staffSettings struct {
	DigestTo   []string `toml:"digest_to" sample:"staff@example.org" doc:"日报发给谁。"`
	AlertTo    []string `toml:"alert_to" sample:"staff@example.org" doc:"出现异常时告知谁。"`
	SecurityTo []string `toml:"security_to" doc:"发现疑似涉密标志时告知谁。留空：同 alert_to。"`
}

type scheduleSettings struct {
	Digest    string `toml:"digest" default:"30 8 * * *" doc:"日报，例如每个工作日 8:30。"`
	Reminders string `toml:"reminders" default:"0 9 * * *" doc:"催报，例如每个工作日 9:00。哪几天催由征集通知的 remind 决定。"`

	HoldReminders bool   `toml:"hold_reminders" default:"false" doc:"true：催报先扣下，等业务员看过再放行（日报中点选，或用 baosong letters --state held 和 release）。"`
	Holidays      string `toml:"holidays" doc:"补充的放假安排（JSON 文件），其中有的年份以它为准，写法如 {\"2027\": {\"off\": [\"2027-01-01\"], \"work\": []}}：off 是放假的日子，work 是要上班的周末。留空：用程序自带的。"`
}

type limitSettings struct {
	Message      string `toml:"message" default:"200MB" doc:"一封邮件最大多少；更大的不取，并告知来信人。"`
	Unpacked     string `toml:"unpacked" default:"1GB" doc:"一封邮件的附件解开后最大多少。"`
	Files        int    `toml:"files" default:"2000" doc:"一封邮件最多多少个文件。"`
	Depth        int    `toml:"depth" default:"3" doc:"压缩包套压缩包最多几层。"`
	ReaderMemory string `toml:"reader_memory" default:"512MB" doc:"读取附件的子进程最多用多少内存。"`
	ReaderTime   string `toml:"reader_time" default:"60s" doc:"读取一封邮件的附件最多用多久。"`
}

// fill sets every key to its default, or to its sample.
func fill(s *settings, samples bool) { fillStruct(reflect.ValueOf(s).Elem(), samples) }

func fillStruct(v reflect.Value, samples bool) {
	for i := range v.NumField() {
		f, tag := v.Field(i), v.Type().Field(i).Tag
		value := tag.Get("default")
		if sample, ok := tag.Lookup("sample"); ok && samples {
			value = sample
		}
		switch f.Kind() {
		case reflect.Struct:
			fillStruct(f, samples)
		case reflect.String:
			f.SetString(value)
		case reflect.Bool:
			f.SetBool(value == "true")
		case reflect.Int:
			n, err := strconv.Atoi(value)
			if err != nil {
				panic("internal error: default of " + tag.Get("toml"))
			}
			f.SetInt(int64(n))
		case reflect.Slice:
			f.Set(reflect.MakeSlice(f.Type(), 0, 0))
			if value != "" {
				f.Set(reflect.ValueOf(strings.Split(value, ",")))
			}
		}
	}
}
