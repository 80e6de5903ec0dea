package message

import "baosong/parse/finding"

// defect is one kind of mended damage, in the words that staff and cities read.
type defect string

const (
	defectBlankLine   defect = "邮件头后缺少空行"
	defectHeaderLine  defect = "邮件头中夹有不合规范的行"
	defectHeaderSize  defect = "邮件头过长，超出部分未读取"
	defectFolding     defect = "邮件头折行不规范"
	defectRawHeader   defect = "邮件头含有未编码的汉字"
	defectName        defect = "附件名写法不规范"
	defectNoBoundary  defect = "未写明各部分的分隔符"
	defectOtherBound  defect = "各部分的分隔符与声明的不一致"
	defectLostBound   defect = "没有找到各部分的分隔符，已作为正文读取"
	defectOpenBound   defect = "缺少结束分隔符"
	defectCut         defect = "邮件末尾缺少结束分隔符，可能没有收全"
	defectAfterEnd    defect = "结束分隔符之后还有内容"
	defectBase64Junk  defect = "Base64 编码中夹有杂字符"
	defectBase64Tail  defect = "Base64 编码之后附有其他文字"
	defectBase64Pad   defect = "Base64 编码缺少结尾的填充字符"
	defectBase64Join  defect = "Base64 编码由多段拼接而成"
	defectNotBase64   defect = "声明为 Base64 编码而内容不是，已按原样读取"
	defectQuoted      defect = "Quoted-Printable 编码不规范"
	defectEncoding    defect = "传输编码名称无法识别，已按原样读取"
	defectUU          defect = "正文中以 uuencode 方式夹带文件"
	defectUUCut       defect = "uuencode 编码不完整"
	defectCharset     defect = "文字编码与声明的不一致，已按内容判断"
	defectDate        defect = "发信日期无法识别，以收到时间为准"
	defectFrom        defect = "发件人写法不规范"
	defectSeveralFrom defect = "有不止一个发件人"
	defectParts       defect = "邮件的部分过多，超出部分未读取"
	defectDepth       defect = "邮件嵌套过深，较深的部分未展开"
	defectBytes       defect = "邮件内容过大，超出部分未读取"
	defectText        defect = "正文过长，只显示前面一部分，全文作为附件保留"
	defectLines       defect = "换行写法不规范"
)

const maxDefects = 40

// note records a defect of the mail, or of one of its files. Each is said once.
func (w *walker) note(d defect, file string) {
	for _, f := range w.m.Findings {
		if f.Code == "mail.defect" && f.Where == string(d) && f.File == file {
			return
		}
	}
	if w.defects++; w.defects > maxDefects {
		return
	}
	w.m.Findings = append(w.m.Findings, d.finding(file))
}

// finding words a defect. The catalogue's words say that it was mended, which is not true of all.
func (d defect) finding(file string) finding.Finding {
	f := finding.New("mail.defect", finding.Place{File: file, Where: string(d)})
	switch d {
	case defectCut:
		return f.Saying("邮件可能没有收全：末尾缺少结束分隔符，最后一部分内容可能不完整。").Cured("请核对最后一个附件是否完整；如不完整，请发件单位重新发送。")
	case defectUUCut:
		return f.Saying("附件可能不完整：" + string(d) + "。").Cured("请核对该附件是否完整；如不完整，请发件单位重新发送。")
	case defectHeaderSize, defectParts, defectDepth, defectBytes:
		return f.Saying("邮件没有全部读取：" + string(d) + "。").Cured("请核对附件是否齐全。")
	case defectText, defectDate:
		return f.Saying(string(d) + "。")
	}
	return f
}

// unclosed names the lack of a closing boundary: at the end of the mail there may have been more.
func unclosed(end match) defect {
	if end == endOfMail {
		return defectCut
	}
	return defectOpenBound
}

// noteAll records what a header reader said.
func (w *walker) noteAll(ds []defect) {
	for _, d := range ds {
		w.note(d, "")
	}
}

// limit records that something was left out: a defect, and the error that asks for the mail to be sent otherwise.
func (w *walker) limit(d defect) {
	w.note(d, "")
	w.say(finding.New("file.limit", finding.Place{Where: string(d)}).Saying(string(d) + "。").
		Cured("请减少附件数量，或把文件打包后分几封邮件重新发送。"))
}
