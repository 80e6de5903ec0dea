package message

import "testing"

func TestOnlyInHTML(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, html, want string }{
		{"请查收。", "<p>请 查收。</p>", ""},
		{"请查收。\n谢谢", "<div>请查收。</div><div>另附<b>一</b>页</div><div>谢谢</div>", "另附一页"},
		{"请查收。", "", ""},
	} {
		if got := (&Message{Text: c.text, HTML: c.html}).OnlyInHTML(); got != c.want {
			t.Errorf("%q beside %q: got %q, want %q", c.html, c.text, got, c.want)
		}
	}
}
