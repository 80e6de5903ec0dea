package parse

import (
	"regexp"
	"strings"

	"baosong/parse/rule"
)

var (
	nilPattern = regexp.MustCompile(`零报告|零申报|零报送|0报告|(?:本次|此次|本市|我市|本批|今年)?(?:暂)?不报送(?:$|典型案例|案例|材料|[(（,.;!])|无(?:典型)?案例(?:$|[(（,.;!、]|可?报送|可报|上报|推荐|申报|需要?报送|材料)|(?:没有|暂无|并无|无|尚无)(?:可|需要?|应|拟)?(?:报送|推荐|申报|上报)的?(?:典型)?案例|(?:没有|暂无|尚无|未有)(?:符合(?:条件|要求)的)?(?:集群)?(?:典型)?案例(?:$|[(（,.;!、]|可?报送|可报|上报|推荐|申报)|无符合(?:条件|要求)的(?:集群)?(?:典型)?案例|(?:典型)?案例(?:报送)?情况?[:：为]?(?:无|零|没有)$`)
	nilUnless  = regexp.MustCompile(`如|若|是否|能否|可否|请|要求|应当|须|并非|不是|非零|取消|制度|撤回|撤销|作废|更正|替代|代替|不再|不作为|不实行|改为`)
	quoteStart = regexp.MustCompile(`^(?:>|-{2,}\s*(?:原始邮件|回复的邮件|转发邮件|Original|Forwarded)|_{5,}|发件人\s*[:：]|From\s*:|在.{4,60}写道\s*[:：]|On .{4,80}wrote:)`)
)

// NilReturn reports whether a mail declares that the city has no cases: in its subject, or as a statement of its own in
// its body. What is quoted from an earlier mail, asked or conditional (如无案例…), or merely contains 无, is none.
func NilReturn(subject, body string) bool {
	s := rule.Squeeze(subject)
	if nilStatement(strings.TrimRight(s, "。.!")) {
		return true
	}
	for _, line := range strings.Split(strings.ReplaceAll(body, "\r", ""), "\n") {
		line = strings.TrimSpace(rule.Plain(line))
		if quoteStart.MatchString(line) {
			break
		}
		for _, sentence := range strings.FieldsFunc(line, func(r rune) bool { return strings.ContainsRune("。;!?", r) }) {
			if nilStatement(strings.TrimRight(rule.Squeeze(sentence), ".,")) {
				return true
			}
		}
	}
	return false
}

func nilStatement(s string) bool {
	at := nilPattern.FindStringIndex(s)
	if at == nil {
		return false
	}
	rest := s[:at[0]] + s[at[1]:]
	rest = strings.NewReplacer("请查收", "", "请审阅", "", "请知悉", "", "特此报告", "", "请收悉", "", "敬请", "", "请领导", "", "根据", "", "要求", "", "按照", "").Replace(rest)
	return !nilUnless.MatchString(rest)
}
