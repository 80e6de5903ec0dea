package message

import (
	"slices"
	"testing"
)

// TestFindLinks reads the shapes in which Chinese providers write large attachments into a mail.
func TestFindLinks(t *testing.T) {
	t.Parallel()
	const (
		qq    = "http://mail.qq.com/cgi-bin/ftnExs_download?t=exs_ftn_download&k=7d36&code=7684"
		wx    = "https://wx.mail.qq.com/ftn/download?func=3&key=9d99&code=bffa"
		wx2   = "https://wx.mail.qq.com/ftn/download?func=3&key=aaaa&code=bbbb"
		ne    = "https://mail.163.com/large-attachment-download/index.html?file=djAyZG1meTh2"
		ne2   = "https://mail.163.com/large-attachment-download/index.html?file=second"
		edisk = "https://edisk.qiye.163.com/api/biz/attachment/download?identity=e7bb&title=%E4%BC%81%E4%B8%9A"
		pan   = "https://pan.baidu.com/s/1YfpvTZd5e?pwd=SPRA"
	)
	for _, c := range []struct {
		name, text, page string
		want             []Link
	}{
		{name: "QQ, one line of text", text: "请查收\n\n从QQ邮箱发来的超大附件\n\n典型案例.rar (128.03M, 2020年11月27日 21:59 到期)进入下载页面：" + qq + "\n",
			want: []Link{{"典型案例.rar", qq, "128.03M", "2020年11月27日 21:59"}}},
		{name: "QQ, two files, link on its own line", text: "从QQ邮箱发来的超大附件\n\n合肥 汇总表.xlsx (58.2MB, 2024年07月21日 10:00 到期)\n进入下载页面：" + wx +
			"\n\n图片.zip (1.2G, 2024年07月22日 10:00 到期)\n进入下载页面：" + wx2,
			want: []Link{{"合肥 汇总表.xlsx", wx, "58.2MB", "2024年07月21日 10:00"}, {"图片.zip", wx2, "1.2G", "2024年07月22日 10:00"}}},
		{name: "QQ, page", page: `<div>请查收</div><div id="QQMailBigAttach"><div><b>从QQ邮箱发来的超大附件</b></div><div class="qmbox"><a href="` + wx + `" target="_blank"><img src="x.gif"></a>` +
			`<div class="name_big"><a href="` + wx + `">典型案例汇总.zip</a><span> (128.03M, 2024年07月21日 21:59 到期)</span></div><div><a href="` + wx + `">进入下载页面</a></div></div></div>`,
			want: []Link{{"典型案例汇总.zip", wx, "128.03M", "2024年07月21日 21:59"}}},
		{name: "NetEase, page, with an advertisement", page: `<div><b>从网易163邮箱发来的超大附件</b><a href="http://u.163.com/RcUw?spm=pos.free_webmail">推荐客户端极速下载</a></div>` +
			`<div><div><a href="` + ne + `"></a></div><div><div><a href="` + ne + `">虚拟.wav</a><span> (80.96M, 2026年8月17日 0:49 到期)</span></div><div><a href="` + ne + `">下载</a></div></div></div>` +
			`<div><div><a href="` + ne2 + `"></a></div><div><div><a href="` + ne2 + `">视频 2.mp4</a><span> (1.5G, 无限期)</span></div><div><a href="` + ne2 + `">下载</a></div></div></div>`,
			want: []Link{{"虚拟.wav", ne, "80.96M", "2026年8月17日 0:49"}, {"视频 2.mp4", ne2, "1.5G", "无限期"}}},
		{name: "NetEase enterprise, page", page: `<div id="divNeteaseSiriusCloudAttach"><div><b>从网易企业邮箱发来的云附件</b></div><div><a href="
 ` + edisk + `"><img title="云附件"></a></div><div><div><a href="` + edisk + `" target="_blank">工具对比.docx</a></div><div><div>20.49K&nbsp;|&nbsp;过期时间：2024年8月4日 23:48</div>` +
			`<div><a href="` + edisk + `"><img></a><a href="https://mailh.qiye.163.com/edisk/api/biz/attachment/generic/preview?&identity=e7bb"><img></a></div></div></div>` +
			`<a href="` + edisk + `" file-name="工具对比.docx" file-size="20977">下载</a></div>`,
			want: []Link{{"工具对比.docx", edisk, "20.49K", "2024年8月4日 23:48"}}},
		{name: "Baidu", text: "通过百度网盘分享的文件：典型案例材料\n链接：" + pan + "\n提取码：SPRA\n--来自百度网盘超级会员V3的分享",
			want: []Link{{"典型案例材料", pan, "", ""}}},
		{name: "plain link of 189", text: "附件太大，请下载：https://cloud.189.cn/t/abc123 （访问码：x1y2）\n",
			want: []Link{{"", "https://cloud.189.cn/t/abc123", "", ""}}},
		{name: "phrase and line, link lost", text: "从网易163邮箱发来的超大附件\n案例.zip (155.28M, 2024年7月5日 18:07 到期)\n下载\n",
			want: []Link{{"案例.zip", "", "155.28M", "2024年7月5日 18:07"}}},
		{name: "Sina", page: `<p><a href="http://mail.sina.com.cn/filecenter/download.php?id=abc">案例.rar</a>（35.2MB，有效期至2024-07-21）</p>`,
			want: []Link{{"案例.rar", "http://mail.sina.com.cn/filecenter/download.php?id=abc", "35.2MB", "2024-07-21"}}},
		{name: "NetEase's assistant", page: `<b>从网易163邮箱发来的云附件</b><a href="https://dashi.163.com/html/cloud-attachment-download/?key=a1">案例.zip</a><span>(88.1M, 2024年7月21日 10:00 到期)</span>`,
			want: []Link{{"案例.zip", "https://dashi.163.com/html/cloud-attachment-download/?key=a1", "88.1M", "2024年7月21日 10:00"}}},
		{name: "NetEase's short link", text: "从网易126邮箱发来的超大附件\n案例.zip (88.1M, 2024年7月21日 10:00 到期)\nhttp://u.163.com/AbCd\n",
			want: []Link{{"案例.zip", "http://u.163.com/AbCd", "88.1M", "2024年7月21日 10:00"}}},
		{name: "189, another provider's phrase", text: "从189邮箱发来的云附件\n案例.zip (1.2G, 2024年07月21日 10:00 到期)\nhttps://download.cloud.189.cn/v5/downloadFile.action?fileId=1\n",
			want: []Link{{"案例.zip", "https://download.cloud.189.cn/v5/downloadFile.action?fileId=1", "1.2G", "2024年07月21日 10:00"}}},
		{name: "QQ, all on one line", text: "从QQ邮箱发来的超大附件：典型 案例.rar (128.03M, 2024年07月21日 21:59 到期) 进入下载页面：" + qq,
			want: []Link{{"典型 案例.rar", qq, "128.03M", "2024年07月21日 21:59"}}},
		{name: "other links are none", text: "详见 https://www.ah.example/xxgk/1.html 和 https://pan.baidu.com/\n规格 (3.2M) 说明",
			page: `<a href="https://example.org/a.docx">a.docx</a> <a href="javascript:alert('pan.baidu.com/s/1')">x</a>`},
		{name: "a host that only looks alike", text: "https://pan.baidu.com.evil.example/s/1 https://evil.example/?u=https://x.pan.baidu.comx/s/1"},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			if got := findLinks(c.text, c.page); !slices.Equal(got, c.want) {
				t.Errorf("got  %+v\nwant %+v", got, c.want)
			}
		})
	}
}
