package rule

import (
	"math"
	"regexp"
	"strconv"
	"strings"
	"time"
)

// longestChoice is how many bytes a cell may have that names a choice: a page of text is none, and is not worth folding.
const longestChoice = 2000

// Direction reads a direction cell: numbering before and 方向 after it are passed over. It returns the call's wording,
// or "" and how many of the call's directions stand in the text. Of boxes only the ticked ones count.
func Direction(text string, list []string) (direction string, named int) {
	if len(text) > longestChoice {
		return "", 0
	}
	if d, n, boxes := choose(text, list, plainDirection); boxes {
		return d, n
	}
	return plainDirection(text, list)
}

func plainDirection(text string, list []string) (direction string, named int) {
	s := Bare(Numbered(text))
	for _, prefix := range []string{"方向", "案例方向", "所属方向", "第"} {
		if rest, ok := strings.CutPrefix(s, prefix); ok && rest != "" {
			s = rest
		}
	}
	s = strings.TrimLeft(s, "0123456789一二三四五六七八九十")
	for _, suffix := range []string{"类案例", "案例", "方向", "类"} {
		if rest, ok := strings.CutSuffix(s, suffix); ok && rest != "" {
			s = rest
		}
	}
	if rest := strings.TrimRight(s, "0123456789"); rest != "" {
		s = rest
	}
	for _, d := range list {
		if s == Bare(d) || Bare(text) == Bare(d) {
			return d, 1
		}
	}
	all := Bare(text)
	for _, d := range list {
		if strings.Contains(all, Bare(d)) {
			named++
		}
	}
	return "", named
}

// Level reads a level cell: 国家 stands for 国家级, 省 for 省级. Of boxes only the ticked ones count.
func Level(text string, list []string) (level string, named int) {
	if len(text) > longestChoice {
		return "", 0
	}
	if l, n, boxes := choose(text, list, plainLevel); boxes {
		return l, n
	}
	return plainLevel(text, list)
}

// levelRemark is when a level was recognised, in brackets behind it: 省级（2022年认定）.
var levelRemark = regexp.MustCompile(`[(（\[【〔](?:20\d\d年?度?|\d{1,2}月|第?[一二三四五六七八九十0-9]+批次?|认定|获批|公布|[,，、])+[)）\]】〕]$`)

func plainLevel(text string, list []string) (level string, named int) {
	s := Bare(levelRemark.ReplaceAllString(Squeeze(text), ""))
	for _, suffix := range []string{"中小企业特色产业集群", "特色产业集群", "产业集群", "集群"} {
		if rest, ok := strings.CutSuffix(s, suffix); ok && rest != "" {
			s = rest
			break
		}
	}
	for _, l := range list {
		if b := Bare(l); s == b || s+"级" == b {
			return l, 1
		}
	}
	for _, l := range list {
		if strings.Contains(s, Bare(l)) {
			named++
		}
	}
	return "", named
}

var (
	yearPattern  = regexp.MustCompile(`^((?:19|20)\d{2})(?:年[度底初末]?|年?(?:[-./年]\d{1,2})(?:月|[-./月]\d{1,2}日?)?(?:T?\d{1,2}:\d{2}(?::\d{2})?)?)?$`)
	batch        = regexp.MustCompile(`[(（]?第[0-9]{1,2}批[)）]?$`)
	yearLast     = regexp.MustCompile(`^\d{1,2}[-/.]\d{1,2}[-/.]((?:19|20)\d{2})$`)
	yearMonthRun = regexp.MustCompile(`^((?:19|20)\d{2})(0[1-9]|1[0-2])(\d{2})?$`)
)

// recognised is the word behind the year of a recognition.
var recognised = regexp.MustCompile(`(?:获得?)?(?:认定|公布|获批|批准|入选)$`)

// Year reads a year cell: 2022, 2022年, 2022.12, 2022年认定, a date.
func Year(text string) (int, bool) {
	s := Squeeze(text)
	s = strings.NewReplacer("〇", "0", "零", "0", "○", "0", "一", "1", "二", "2", "三", "3", "四", "4", "五", "5", "六", "6", "七", "7", "八", "8", "九", "9").Replace(s)
	s = batch.ReplaceAllString(recognised.ReplaceAllString(s, ""), "")
	for _, p := range []*regexp.Regexp{yearPattern, yearMonthRun, yearLast} {
		if m := p.FindStringSubmatch(s); m != nil {
			y, err := strconv.Atoi(m[1])
			return y, err == nil
		}
	}
	return 0, false
}

// DateYear returns the year of a spreadsheet's date number.
func DateYear(n float64, date1904 bool) (int, bool) {
	if math.IsNaN(n) || n < 1 || n > 2958465 {
		return 0, false
	}
	base := time.Date(1899, 12, 30, 0, 0, 0, 0, time.UTC)
	if date1904 {
		base = time.Date(1904, 1, 1, 0, 0, 0, 0, time.UTC)
	}
	return base.AddDate(0, 0, int(n)).Year(), true
}

// Seq reads a running number: 1, 1., 01, （一）, 十二.
func Seq(text string) (int, bool) {
	s := strings.Trim(Squeeze(text), ".、．,，()（）[]【】:：第号项。")
	if s == "" {
		return 0, false
	}
	if f, err := strconv.ParseFloat(s, 64); err == nil && f == math.Trunc(f) && f >= 0 && f < 1e6 {
		return int(f), true
	}
	return chineseNumber(s)
}

func chineseNumber(s string) (int, bool) {
	digits := map[rune]int{'一': 1, '二': 2, '三': 3, '四': 4, '五': 5, '六': 6, '七': 7, '八': 8, '九': 9, '两': 2}
	n, unit := 0, 0
	for _, r := range s {
		switch d, ok := digits[r]; {
		case ok && unit == 0:
			unit = d
		case r == '十':
			n += max(unit, 1) * 10
			unit = 0
		case r == '百' && unit > 0:
			n += unit * 100
			unit = 0
		case r == '零' && n > 0:
		default:
			return 0, false
		}
	}
	return n + unit, n+unit > 0
}

var (
	mobilePattern   = regexp.MustCompile(`^(?:86)?1[3-9]\d{9}$`)
	landlinePattern = regexp.MustCompile(`^(?:(?:86)?(?:0?10|0?2\d)[2-9]\d{7}|(?:860?|0)[3-9]\d{2}[2-9]\d{6,7}|[2-9]\d{6,7}|[48]00\d{7})$`)
	extension       = regexp.MustCompile(`(?i)(?:转|分机号?|ext\.?|x|#|\*)[:：]?\d{1,6}$`)
	dashExtension   = regexp.MustCompile(`^((?:0\d{2,3}-)?[2-9]\d{6,7})-\d{1,5}$`)
	phoneLabel      = regexp.MustCompile(`^(?:手机号码?|手机|移动电话|办公电话|固定电话|联系电话|座机|固话|办公室?|电话|传真|tel|mobile)[:：.]?`)
)

// Phones reads a phone cell, which may hold several numbers; ok is false when any of them is malformed.
func Phones(text string) (ok bool) {
	s := Plain(text)
	n := 0
	for _, piece := range strings.FieldsFunc(s, func(r rune) bool { return strings.ContainsRune(",;/、\n\r|，；或和及", r) }) {
		piece = strings.TrimSpace(piece)
		if piece == "" {
			continue
		}
		if !phonePiece(piece) {
			return false
		}
		n++
	}
	return n > 0
}

// phonePiece reads one number, or several set apart by blanks.
func phonePiece(s string) bool {
	if onePhone(s) {
		return true
	}
	words := strings.Fields(s)
	for i := 1; i < len(words) && len(words) <= 8; i++ {
		if onePhone(strings.Join(words[:i], "")) && phonePiece(strings.Join(words[i:], " ")) {
			return true
		}
	}
	return false
}

func onePhone(s string) bool {
	s = strings.ToLower(Squeeze(s))
	s = phoneLabel.ReplaceAllString(s, "")
	s = strings.NewReplacer("—", "-", "–", "-", "－", "-", "‐", "-", "‑", "-", "−", "-", "―", "-", "~", "-", "_", "-").Replace(s)
	s = strings.NewReplacer("(", "", ")", "-", "[", "", "]", "-", "（", "", "）", "-", "【", "", "】", "-").Replace(s)
	s = strings.TrimPrefix(strings.TrimPrefix(s, "+"), "-")
	s = strings.TrimPrefix(s, "00")
	s = extension.ReplaceAllString(strings.TrimRight(s, "-"), "")
	s = strings.Map(func(r rune) rune {
		if Han(r) {
			return -1 // a name or remark beside the number
		}
		return r
	}, s)
	s = strings.Trim(s, "-:")
	if m := dashExtension.FindStringSubmatch(s); m != nil {
		s = m[1]
	}
	s = strings.NewReplacer("-", "", ".", "", "·", "", "+", "").Replace(s)
	return mobilePattern.MatchString(s) || landlinePattern.MatchString(s)
}

// Blank reports whether a cell says nothing: empty, or only a stroke.
func Blank(text string) bool {
	s := Squeeze(text)
	return strings.Trim(s, "/\\-—–－_.。、*…⋯") == ""
}
