package rule

import "testing"

func TestSecrecyMark(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"机密★10年", "机密★★5年", "秘密※5年", "机密★\n5年", "绝密★长期", "机 密 ★ 1 年", "秘　密　★　5　年", "机密☆10年", "秘密✩5年", "机密*10年", "秘密＊长期", "机密⭐10年", "秘密★一年", "秘密★2030年1月1日前",
		"本文件标注机密★5年字样", "（秘密★3个月）", "机\n密\n★\n1\n年", "絕密★30年", "秘密★6个月", "机密★启用前", "秘密\u200b★5年", "机密⭐️3年", "秘密★五年"} {
		if !SecrecyMark(s) {
			t.Errorf("%q must stop everything", s)
		}
	}
	for _, s := range []string{"不涉及国家秘密", "商业秘密", "机密", "秘密", "保护商业秘密*1", "商业秘密★", "机密★", "秘密 ☆", "机密★\n一、集群基本情况", "绝密★。", "绝密配方", "商业秘密保护★★★★", "★机密信息不外泄", "涉及商业秘密\n★ 第二项工作", "秘密*注", "机密性★高", "保守商业秘密、工作秘密", "五星★企业", "信息安全：机密性、完整性"} {
		if SecrecyMark(s) {
			t.Errorf("%q is nothing", s)
		}
	}
	if !NameMarked("材料.zip/机密★5年/案例.docx") || !NameMarked("机密★5年.docx") || NameMarked("商业秘密保护.docx") {
		t.Error("file names")
	}
}

func TestInternalMark(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"内部资料", "内部资料 注意保密", "内部资料，注意保密", "【内部资料】", "（内部资料 不得外传）", "工作秘密", "内部资料　不得外传", "内 部 资 料", "典型案例（内部资料）", "注意保密！", "内部资料注意保密", "正文。不得外传。", "本材料属内部资料。", "此件不得外传。", "本文件为内部资料，请注意保密", "内部资料，请勿外传"} {
		if InternalMark(s) == "" {
			t.Errorf("%q must be told", s)
		}
	}
	for _, s := range []string{"企业编印内部资料十余种", "注意保密工作", "加强工作秘密管理", "签订协议，注意保密，防止泄露", "保密", "内部", "内部资料室", "技术资料不得外传给竞争对手", "建立工作秘密清单制度", "内部资料性出版物", "本文件不得外传给他人"} {
		if m := InternalMark(s); m != "" {
			t.Errorf("%q is nothing, got %s", s, m)
		}
	}
}

func TestPlaceholder(t *testing.T) {
	t.Parallel()
	for _, s := range []string{"XX市中小企业", "××公司", "ＸＸ县", "***企业", "某xx集群", "（请填写集群名称）", "(请简要介绍主要做法)", "请在此处填写内容", "XXX有限公司", "（500字以内）", "位于××县"} {
		if Placeholder(s) == "" {
			t.Errorf("%q must be told", s)
		}
	}
	for _, s := range []string{"3×5米", "XXL号", "138****0000", "X光机", "产品型号XX-100", "A*B", "****", "二〇〇〇年", "1920×1080", "（请扫码）", "MAXX技术", "（以下简称集群）", "*注"} {
		if m := Placeholder(s); m != "" {
			t.Errorf("%q is nothing, got %q", s, m)
		}
	}
}

func TestHeadingOf(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]string{"一、集群基本情况": "集群基本情况", "（二）主要做法": "主要做法", "3.取得成效": "取得成效", "主要做法": "主要做法", "第四部分 经验启示": "经验启示", "四、经验启示：一是要坚持": "经验启示",
		"二、主要做法。一是建立机制": "主要做法", "1 总体情况": "总体情况", "一、总体情况 全市共有": "总体情况", "【主要做法】": "主要做法", "一 、主要做法": "主要做法", "我们认为这一条经验值得在全省范围内推广应用并且不断完善": ""} {
		if got := HeadingOf(s); got != want {
			t.Errorf("%q: got %q, want %q", s, got, want)
		}
	}
}
