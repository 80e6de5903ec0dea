package rule

import (
	"strings"

	"baosong/parse/call"
	"baosong/parse/finding"
)

func mailRule() Rule {
	return Rule{
		Codes: []finding.Code{"mail.no-attachment", "mail.large-attachment-link", "mail.late", "mail.duplicate", "mail.defect", "mail.too-large"},
		Doc: "收信时检查邮件本身：有没有可用的附件，是不是网盘或超大附件链接，是否超过大小上限，是否过了截止时间，编码是否残缺。" +
			"同一次报送中内容完全相同的文件只算一份，记为 mail.duplicate。",
		Run: func(p *Pass) {
			for _, f := range p.Files {
				if f.Same != nil && !f.Prior {
					p.report(finding.New("mail.duplicate", f.At()).
						Saying("文件《" + f.Called() + "》与《" + f.Same.Called() + "》内容完全相同，只算一份。"))
				}
			}
		},
	}
}

func fileRule() Rule {
	return Rule{
		Codes: []finding.Code{"file.unreadable", "file.encrypted", "file.limit", "file.macro", "file.unsupported", "file.type-mismatch"},
		Doc: "文件能否打开：按内容而不是扩展名判断格式。损坏、加密、格式不支持、过大或过于复杂的，说明原因和另存办法；" +
			"RTF、网页在中途断掉的按损坏处理，只缺结尾标记的照常读取，作为警告请核对；" +
			"内容过多、只读了前一部分的，只提示，读不到的部分不算缺少，由工作人员查看；" +
			"带宏的只提示，宏从不运行；不用密码就能打开的 PDF 不算加密。",
		Run: func(p *Pass) {
			for _, f := range p.Files {
				for _, x := range f.Faults {
					p.report(x)
				}
			}
		},
	}
}

func scanRule() Rule {
	return Rule{
		Codes: []finding.Code{"file.scan-only"},
		Doc:   "典型案例和培育举措要可编辑的文件。只有扫描件、没有文字时提示；旁边有同一份 Word 文件的盖章扫描件不提示。",
		Run: func(p *Pass) {
			told, _ := p.summaryOnPaper() // sheet.missing says of this one what to send
			for _, f := range p.Files {
				if f.Scan && f != told && f.CopyOf == nil && f.Same == nil && f.Part != call.PartUnknown && f.Part != call.PartLetter {
					p.report(scanFinding(f))
				}
			}
		},
	}
}

func scanFinding(f *File) finding.Finding {
	x := finding.New("file.scan-only", f.At())
	switch f.Part {
	case call.PartSummary:
		return x.Saying("《" + f.Called() + "》是汇总表的" + onPaper(f) + "，没有可读取的文字。").Cured("请同时报送可编辑的汇总表（.xlsx）。")
	case call.PartCase, call.PartMeasures:
		return x.Saying("《" + f.Called() + "》是扫描件，没有可编辑的文字。")
	}
	return x
}

func unrecognisedRule() Rule {
	return Rule{
		Codes: []finding.Code{"file.unrecognised"},
		Doc:   "能打开但不属于汇总表、典型案例、培育举措或报送函的文件，只提示。名称与某个案例一致的图片算该案例的图片。",
		Run: func(p *Pass) {
			for _, f := range p.Files {
				if f.Part == call.PartUnknown && len(f.Faults) == noteCount(f) && !f.Blank && f.Same == nil && f.CopyOf == nil {
					p.report(p.unrecognised(f))
				}
			}
		},
	}
}

func (p *Pass) unrecognised(f *File) finding.Finding {
	x := finding.New("file.unrecognised", f.At())
	if f.Picture {
		cure := "请把图片插入案例文件，或以案例名称命名。"
		if p.Table == nil && !p.Partial {
			cure += "如是汇总表的照片，请改为报送可编辑的汇总表（.xlsx）。"
		}
		return x.Saying("图片《" + f.Called() + "》没有对应的案例。").Cured(cure)
	}
	if p.Table == nil && f.Doc != nil && !f.Scan && strings.Contains(Bare(NameStem(f.Name)), "汇总表") {
		return x.Saying("《" + f.Called() + "》里没有表格，或只有贴进去的图片，不能作为汇总表读取。").Cured(sendSheet)
	}
	if f.Scan {
		return x.Saying("《" + f.Called() + "》是扫描件，没有文字，看不出属于哪一项材料。").Cured("如属本次报送材料，请报送可编辑的 Word 文件；如无关请忽略。")
	}
	return x.Saying("没有看出《" + f.Called() + "》属于哪一项材料。")
}

// noteCount returns how many faults of a file leave it readable.
func noteCount(f *File) int {
	n := 0
	for _, x := range f.Faults {
		if x.Code == "file.type-mismatch" || x.Code == "file.macro" || x.Code == "file.unreadable" && x.Severity == finding.Warning {
			n++
		}
	}
	return n
}

func blankRule() Rule {
	return Rule{
		Codes: []finding.Code{"file.blank-form"},
		Doc:   "空白表：汇总表只有示例行，案例或培育举措只有表样自带的文字。",
		Run: func(p *Pass) {
			for _, f := range p.Files {
				if !f.Blank || f.Same != nil {
					continue
				}
				x := finding.New("file.blank-form", f.At()).Saying("《" + f.Called() + "》是未填写的空白表。")
				if f.Part == call.PartSummary {
					x = x.Saying("汇总表《" + f.Called() + "》只有示例行，没有填写案例。").Cured("请填写案例后重新发送；示例行可以删除。")
				}
				p.report(x)
			}
		},
	}
}
