package finding

// Entry is one code of the catalogue: its severity unless the call changes it, and its Chinese texts.
// Message and Cure are what a finding says when the rule has nothing more exact to say.
type Entry struct {
	Code     Code
	Severity Severity
	Message  string
	Cure     string
}

// Lookup returns the catalogue's entry for a code.
func Lookup(code Code) (Entry, bool) {
	for _, e := range Catalogue() {
		if e.Code == code {
			return e, true
		}
	}
	return Entry{}, false
}

// Catalogue returns every code in the order of the reference.
func Catalogue() []Entry {
	return []Entry{
		{"mail.no-attachment", Error, "邮件中没有可以使用的附件。", "请把汇总表、典型案例和培育举措作为附件重新发送；如本次确无案例，请回复“零报告”。"},
		{"mail.large-attachment-link", Error, "邮件中是超大附件或网盘链接，不是附件本身。", "系统不会打开链接，请改用普通附件发送；文件较大时可分几封邮件发送。"},
		{"mail.late", Warning, "邮件在截止时间之后收到。", "材料已登记，是否受理由省级工作人员确定。"},
		{"mail.duplicate", Note, "与此前收到的内容完全相同。", "无需处理。"},
		{"mail.defect", Note, "邮件格式有不规范之处，已自动修复后读取。", "无需处理。"},
		{"mail.too-large", Error, "邮件超过大小上限，未能接收。", "请压缩图片或分几封邮件发送。"},
		{"file.unreadable", Error, "文件损坏或不完整，无法打开。", "请在本机确认文件能正常打开后重新发送。"},
		{"file.encrypted", Error, "文件设有打开密码。", "请取消密码后重新发送。"},
		{"file.limit", Error, "压缩包的层数、文件数或解压后大小超过上限。", "请减少压缩层数和文件数量后重新发送。"},
		{"file.macro", Warning, "文件带有宏，系统不会运行。", "建议另存为不带宏的格式（.xlsx 或 .docx）。"},
		{"file.scan-only", Warning, "文件是扫描件，没有可编辑的文字。", "请同时报送可编辑的 Word 文件。"},
		{"file.unsupported", Error, "暂不能读取此格式的文件。", "请另存为 .docx、.xlsx 或 .pdf 后重新发送。"},
		{"file.type-mismatch", Note, "文件内容与扩展名不一致，已按内容读取。", "无需处理。"},
		{"file.unrecognised", Warning, "没有看出此文件属于哪一项材料。", "如属本次报送材料，请核对文件标题后重新发送；如无关请忽略。"},
		{"file.blank-form", Error, "文件是未填写的空白表。", "请填写后重新发送。"},
		{"sheet.missing", Error, "有典型案例，但没有汇总表。", "请填写并补报汇总表（.xlsx），每个案例一行。"},
		{"sheet.no-header", Error, "找到了表格，但没有找到表头。", "请使用下发的汇总表，保留表头一行。"},
		{"sheet.column-missing", Error, "汇总表缺少必填的列。", "请补上该列并填写。"},
		{"sheet.no-rows", Error, "汇总表只有表头，没有内容。", "请填写案例后重新发送。"},
		{"sheet.several", Warning, "有不止一张汇总表。", "请确认所采用的是否正确，并只保留一张。"},
		{"sheet.extra-column", Note, "汇总表有表样之外的列，已略过。", "无需处理。"},
		{"sheet.old-form", Note, "汇总表用的不是本次征集现行的表样，已按表头读取。", "无需处理；今后请使用现行的表样。"},
		{"sheet.copy", Note, "此文件是汇总表的盖章件，以可编辑的汇总表为准。", "无需处理。"},
		{"cell.required", Error, "必填项为空。", "请填写。"},
		{"cell.not-in-list", Error, "填写的内容不在可选范围内。", "请从可选项中选择一项填写。"},
		{"cell.format", Error, "填写格式不正确。", "请按要求的格式填写。"},
		{"cell.too-long", Error, "填写内容过长。", "请精简后填写。"},
		{"cell.precision-lost", Warning, "数字被表格软件改成了科学记数法，后几位可能已经丢失。", "请把单元格设为文本格式后重新填写。"},
		{"row.sequence", Warning, "序号不连续或有重复。", "请核对序号及是否有遗漏的行。"},
		{"row.duplicate", Error, "集群名称和案例名称与另一行相同。", "请删除重复的行，或更正案例名称。"},
		{"row.hidden", Note, "此行在表格中被隐藏，已一并读取。", "如不需报送，请删除此行。"},
		{"city.mismatch", Error, "所在市与报送单位不一致。", "请核对所在市。"},
		{"city.typo", Note, "市名有错别字，已按正确名称登记。", "无需处理。"},
		{"county.mismatch", Error, "县（市、区）不属于本市。", "请改为本市的县（市、区）或开发区名称；如集群不在本市，请删除此行。"},
		{"county.zone", Note, "填写的是功能区，已按本市接受。", "无需处理。"},
		{"county.cluster-mismatch", Warning, "县（市、区）与该集群认定时的所在地不一致。", "请按认定文件核对县（市、区）；如确已变更，可不修改。"},
		{"cluster.unknown", Error, "集群不在已认定的国家级、省级名单内。", "请按认定文件核对集群名称。"},
		{"cluster.near-match", Warning, "集群名称与认定名称略有出入，已按认定名称登记。", "请按认定文件更正名称。"},
		{"cluster.other-city", Error, "该集群属于其他市。", "请核对集群名称，或由该市报送。"},
		{"cluster.level-mismatch", Error, "集群级别与认定名单不一致。", "请按认定文件更正级别。"},
		{"cluster.year-mismatch", Warning, "认定年度与认定名单不一致。", "请按认定文件核对年度。"},
		{"cluster.expired", Error, "该集群的认定已失效。", "请核对认定有效期或复核结果。"},
		{"case.file-missing", Error, "汇总表中的案例没有对应的案例文件。", "请补报该案例的 Word 文件。"},
		{"case.row-missing", Error, "案例文件在汇总表中没有对应的行。", "请在汇总表中补上该案例，或说明不报送此文件。"},
		{"case.mismatch", Error, "案例文件与汇总表的内容不一致。", "请核对以哪一处为准，并把另一处改为一致。"},
		{"case.copy", Note, "此文件与同一案例的 Word 文件内容相同，以 Word 文件为准。", "无需处理。"},
		{"case.section-missing", Warning, "案例缺少规定的部分。", "请按表样补上该部分。"},
		{"case.too-long", Warning, "案例正文超过 3000 字。", "请精简到 3000 字以内。"},
		{"case.too-short", Error, "案例正文不足 500 字。", "请按表样补充内容，正文不少于 500 字。"},
		{"case.pictures", Warning, "案例图片少于 2 张。", "请在正文中补充现场图片，至少 2 张。"},
		{"case.placeholder", Warning, "案例中还留有表样的说明文字或占位符。", "请替换为实际内容。"},
		{"case.duplicate", Warning, "与另一个案例内容基本相同。", "请核对是否重复报送。"},
		{"measures.missing", Error, "尚未收到培育举措。", "请补报培育举措文件。"},
		{"measures.section-missing", Warning, "培育举措缺少规定的部分。", "请补上该部分。"},
		{"content.classified-mark", Error, "疑似带有国家秘密标志，已停止处理。", "请按保密规定处理，涉密材料不得通过互联网邮箱发送。"},
		{"content.internal-mark", Warning, "出现内部资料一类的标注。", "请确认可以公开报送后去掉标注。"},
		{"content.id-number", Error, "出现居民身份证号码。", "报送材料不得含个人信息，请删除该号码后重新发送。"},
		{"content.phone", Warning, "联系方式以外的位置出现手机号码。", "如无必要公开，请删除该号码；联系方式请填写在联系电话一栏。"},
		{"content.bank-card", Warning, "出现疑似银行卡号。", "如属个人账户信息请删除。"},
	}
}
