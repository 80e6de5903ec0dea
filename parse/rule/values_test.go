package rule

import (
	"strconv"
	"strings"
	"testing"
	"time"

	"baosong/parse/call"
)

func TestDirection(t *testing.T) {
	t.Parallel()
	list := call.Default().Directions
	for text, want := range map[string]string{
		"协作共享": "协作共享", " 数字化升级 ": "数字化升级", "四、数字化升级": "数字化升级", "数字化升级方向": "数字化升级", "（四）数字化升级": "数字化升级", "4.数字化升级": "数字化升级",
		"4、数字化升级": "数字化升级", "４．数字化升级": "数字化升级", "④数字化升级": "数字化升级", "方向四：数字化升级": "数字化升级", "数 字 化 升 级": "数字化升级", "數字化升級": "数字化升级",
		"案例方向：治理服务": "治理服务", "治理服务类": "治理服务", "“治理服务”": "治理服务", "4 数字化升级": "数字化升级", "方向4：数字化升级": "数字化升级", "治理服务（7）": "治理服务",
		"数字化": "", "数字化转型": "", "数字化升级、绿色化转型": "", "绿色转型": "", "创新": "", "其他": "", "协作共享质量品牌": "", "开放": "",
	} {
		if got, _ := Direction(text, list); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
	if _, n := Direction("数字化升级、绿色化转型", list); n != 2 {
		t.Errorf("two directions: got %d", n)
	}
}

func TestLevel(t *testing.T) {
	t.Parallel()
	list := call.Default().Levels
	for text, want := range map[string]string{"国家级": "国家级", "国家": "国家级", "省": "省级", "省级": "省级", " 省 级 ": "省级", "國家級": "国家级", "国家级集群": "国家级", "省级（2022年认定）": "省级", "国家级(2022年度，第三批)": "国家级", "省级（2023年第二批）": "省级",
		"市级": "", "国家级/省级": "", "国家级、省级": "", "国": "", "县级": ""} {
		if got, _ := Level(text, list); got != want {
			t.Errorf("%q: got %q, want %q", text, got, want)
		}
	}
}

func TestYear(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"2022": 2022, "2022年": 2022, "2022.12": 2022, "2022年12月": 2022, "2022-12-01": 2022, "2022/12/1": 2022, "２０２２年": 2022,
		"2022年度": 2022, "二〇二二年": 2022, "二零二二": 2022, "202212": 2022, "2022年12月1日": 2022, " 2022 ": 2022, "2022年第一批": 2022, "2022年（第二批）": 2022, "2022年12月认定": 2022, "2023年10月公布": 2023, "2022年获批": 2022,
		"22": 0, "去年": 0, "20222": 0, "第二批": 0, "2022届": 0, "1899": 0, "2022.13.45.6": 0} {
		got, ok := Year(text)
		if got != want || ok != (want > 0) {
			t.Errorf("%q: got %d %v, want %d", text, got, ok, want)
		}
	}
	if y, ok := DateYear(44896, false); !ok || y != 2022 {
		t.Errorf("date number: %d %v", y, ok)
	}
}

func TestSeq(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]int{"1": 1, "1.": 1, "01": 1, "一": 1, "（二）": 2, "十二": 12, "二十": 20, "3、": 3, "１０": 10, "1.0": 1, "第4": 4, "": 0, "甲": 0, "1a": 0} {
		if got, _ := Seq(text); got != want {
			t.Errorf("%q: got %d, want %d", text, got, want)
		}
	}
}

func TestPhones(t *testing.T) {
	t.Parallel()
	for _, good := range []string{"13800000000", "138 0000 0000", "138-0000-0000", "+86 13800000000", "+86-138-0000-0000", "（+86）13800000000", "0086 13800000000",
		"0551-62800000", "0551 62800000", "(0551)62800000", "（0551）6280000", "055162800000", "62800000", "6280000", "0551-62800000转801", "0551-62800000-801",
		"0551-62800000转 801", "010-12345678"[:4] + "82345678", "400-800-1234", "4008001234", "13800000000、0551-62800000", "13800000000/13900000000", "13800000000 13900000000",
		"0551-62800000 13800000000", "１３８００００００００", "手机：13800000000", "电话0551-62800000", "13800000000\n13900000000", "13800000000；13900000000", "0551—62800000",
		"021-62800000", "0551-62800000（分机801）", "86-0551-62800000", "0551-6280000、6280001", "800-810-0000"} {
		if !Phones(good) {
			t.Errorf("%q must be accepted", good)
		}
	}
	for _, bad := range []string{"1380000000", "138000000001", "12800000000", "0551-628", "无", "138000o0000", "1380000", "张三", "13800000000、123", "1.38E+10", "0551-162800000", "00000000", "13800000000a", "010-628000001"} {
		if Phones(bad) {
			t.Errorf("%q must be refused", bad)
		}
	}
}

func TestNumbers(t *testing.T) {
	t.Parallel()
	today := time.Date(2024, 6, 18, 0, 0, 0, 0, time.UTC)
	for s, want := range map[string]bool{"11010519491231002X": true, "110105194912310020": false, "11010518991231002X": false, "110105203012310026": false,
		"91340100MA2N00000X": false, "110105194913310021": false, "990105194912310021": false} {
		if got := IDNumber(s, today); got != want {
			t.Errorf("IDNumber(%s) = %v", s, got)
		}
	}
	if !Luhn("6222021234567890128") || Luhn("6222021234567890127") || Luhn("0000000000000000") {
		t.Error("Luhn is wrong")
	}
	for in, want := range map[string]string{"电话13800000000。": "电话138****0000。", "110105194912310021": "110105********0021", "共12亿元": "共12亿元", "11010519491231002X": "110105********002X"} {
		if got := MaskQuoted(in); got != want {
			t.Errorf("MaskQuoted(%q) = %q, want %q", in, got, want)
		}
	}
	for in, want := range map[string]string{"1380000000": "138*****00", "138-0000-0000": "138-****-**00", "0551-628": "055*-*28", "共12项": "共12项"} {
		if got := MaskNumber(in); got != want {
			t.Errorf("MaskNumber(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestBlank(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]bool{"": true, " 　": true, "/": true, "——": true, "-": true, "无": false, "0": false, "／": true} {
		if Blank(s) != want {
			t.Errorf("Blank(%q) = %v", s, !want)
		}
	}
}

func TestSequence(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		numbers string
		odd     string // rows that are told, counted from 1
	}{
		{"1 2 3", ""}, {"1 3 4", "2"}, {"1 9 3", "2"}, {"1 2 2 4", "3"}, {"1 2 2 3", "3"}, {"2 2 3", "1"}, {"2 3 4", "1"}, {"1 _ 3", ""}, {"1 _ 2", ""}, {"1 _ 3 3", "4"}, {"_ _ _", ""}, {"1 x 2", "2"},
	} {
		q := sequence{instead: none, seen: map[int]int{}}
		got := ""
		for i, s := range strings.Fields(tc.numbers) {
			if s == "_" {
				q.empty++
			} else if q.next(s, i+1) != "" {
				got += strconv.Itoa(i + 1)
			}
		}
		if got != tc.odd {
			t.Errorf("%s: told %q, want %q", tc.numbers, got, tc.odd)
		}
	}
}
