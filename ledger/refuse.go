package ledger

import "fmt"

// notFound turns a missing row into a refusal; other errors pass.
func notFound(what, chinese string, id int64, err error) error {
	if !missing(err) {
		return err
	}
	return &Refusal{Kind: ErrNotFound, What: fmt.Sprintf("%s %d", what, id), Text: fmt.Sprintf("没有编号为 %d 的%s。", id, chinese)}
}

func bytesRemoved() error {
	return &Refusal{
		Kind: ErrConflict, What: "the bytes of the message were removed", Text: "此邮件的内容已按规定清除，不能再处理。",
		Hint: "如需处理，请由报送单位重新发送合规的材料。",
	}
}

func unfetched(id int64) error {
	return &Refusal{
		Kind: ErrConflict, What: "the message was never fetched", Text: "此邮件没有收取成功，没有内容可以处理。",
		Hint: fmt.Sprintf("可用 baosong replay %d --apply 重新收取，或用 baosong ignore %d 忽略。", id, id),
	}
}

// Chinese returns the state's name for staff.
func (s State) Chinese() string {
	return pick(string(s), map[string]string{
		"received": "待处理", "filed": "已登记", "ignored": "已忽略", "held": "待核实", "failed": "处理失败",
	})
}

// Chinese returns the state's name for staff.
func (s SubmissionState) Chinese() string {
	return pick(string(s), map[string]string{
		"checked": "材料未齐", "returned": "待补正", "accepted": "已接收", "superseded": "已被替代", "withdrawn": "已撤回",
	})
}

// Chinese returns the state's name for staff.
func (s LetterState) Chinese() string {
	return pick(string(s), map[string]string{
		"due": "待发", "composed": "待发", "sent": "已发", "dead": "发送失败", "held": "暂缓",
	})
}

func pick(word string, names map[string]string) string {
	if name, ok := names[word]; ok {
		return name
	}
	return word
}
