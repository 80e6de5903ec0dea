package letter

import (
	"fmt"
	"html/template"
	"strings"

	"baosong/parse/finding"
)

// Mail programs drop style sheets, so every element carries its style. The names below are the letters' style sheet;
// colours always come in pairs of ink and paper, so that a program in dark mode that changes one changes both.
const (
	ink   = "#1f2328"
	soft  = "#5b6470"
	rule  = "#d8dce2"
	red   = "#b3261e"
	green = "#1a7f42"
	amber = "#9a5b00"
	font  = "font-family:Microsoft YaHei,PingFang SC,Noto Sans CJK SC,Hiragino Sans GB,sans-serif;"
	mono  = "font-family:Consolas,Menlo,DejaVu Sans Mono,monospace;"
)

// css returns the style of that name; an unknown name is empty.
func css(name string) template.CSS {
	return template.CSS(strings.Join(strings.Fields(styles(name)), " "))
}

func styles(name string) string {
	switch name {
	case "body":
		return "margin:0;padding:0;background-color:#eef0f3;color:" + ink + ";-webkit-text-size-adjust:100%;" + font
	case "desk":
		return "background-color:#eef0f3;"
	case "deskcell":
		return "padding:20px 8px;"
	case "sheet":
		return "max-width:760px;background-color:#ffffff;color:" + ink + ";border:1px solid " + rule + ";border-collapse:separate;" + font
	case "head":
		return "padding:24px 16px 14px 16px;border-bottom:3px solid " + red + ";text-align:center;"
	case "office":
		return "color:" + red + ";font-size:25px;line-height:1.3;font-weight:bold;letter-spacing:6px;font-family:SimSun,Songti SC,Noto Serif CJK SC,serif;"
	case "titlecell":
		return "padding:20px 22px 0 22px;text-align:center;"
	case "title":
		return "color:" + ink + ";font-size:20px;line-height:1.4;font-weight:bold;"
	case "number":
		return "color:" + soft + ";font-size:13px;line-height:1.6;padding-top:4px;"
	case "nb":
		return "color:" + ink + ";white-space:nowrap;"
	case "content":
		return "padding:14px 22px 26px 22px;font-size:15px;line-height:1.75;color:" + ink + ";"
	case "to":
		return "margin:8px 0 4px 0;font-weight:bold;"
	case "p":
		return "margin:6px 0;text-indent:2em;"
	case "small":
		return "margin:6px 0;font-size:13px;color:" + soft + ";"
	case "h2":
		return "margin:22px 0 8px 0;font-size:16px;line-height:1.5;font-weight:bold;color:" + ink + ";page-break-after:avoid;"
	case "aside":
		return "font-size:13px;font-weight:normal;color:" + soft + ";"
	case "ul":
		return "margin:4px 0;padding-left:28px;"
	case "sign":
		return "margin:30px 0 0 0;text-align:right;line-height:1.8;"
	case "foot":
		return "padding:14px 22px 18px 22px;border-top:1px solid " + rule + ";background-color:#f7f8fa;color:" + soft + ";font-size:12px;line-height:1.8;"
	case "good":
		return "color:" + green + ";"
	case "bad":
		return "color:" + red + ";"
	}
	return tableStyles(name)
}

func tableStyles(name string) string {
	switch name {
	case "table":
		return "border-collapse:collapse;font-size:14px;line-height:1.6;border-top:1px solid " + rule + ";"
	case "th":
		return "padding:6px 8px;border-bottom:1px solid " + rule + ";background-color:#f7f8fa;color:" + soft + ";font-weight:normal;font-size:13px;white-space:nowrap;"
	case "td":
		return "padding:7px 8px;border-bottom:1px solid " + rule + ";vertical-align:top;word-break:break-word;overflow-wrap:anywhere;"
	case "rowhead":
		return "padding:7px 8px;border-bottom:1px solid " + rule + ";background-color:#f7f8fa;color:" + soft + ";vertical-align:top;white-space:nowrap;"
	case "boxcell":
		return "padding:8px 10px 9px 2px;overflow-wrap:anywhere;"
	case "place":
		return "font-weight:bold;"
	case "pairs":
		return "font-size:14px;line-height:1.65;"
	case "key":
		return "padding:1px 10px 1px 0;width:58px;color:" + soft + ";white-space:nowrap;"
	case "value":
		return "padding:1px 0;word-break:break-word;"
	case "found":
		return "color:" + red + ";"
	case "others":
		return "font-size:13px;color:" + soft + ";"
	case "attach":
		return "margin:14px 0 6px 0;border-collapse:separate;"
	case "attachcell":
		return "padding:9px 12px;background-color:#f4f6f9;border:1px solid " + rule + ";font-size:14px;line-height:1.65;overflow-wrap:anywhere;"
	case "command":
		return mono + "display:inline-block;margin:2px 4px 2px 0;padding:0 7px;background-color:#f1f3f5;color:" + ink + ";border:1px solid " + rule + ";font-size:13px;line-height:1.6;"
	case "button":
		return "display:inline-block;margin:2px 4px 2px 0;padding:3px 12px;background-color:#2f5f9e;color:#ffffff;font-size:13px;text-decoration:none;"
	case "loud":
		return "margin:8px 0;padding:8px 12px;background-color:#fdecea;color:#8c1d18;border:1px solid #f2b8b5;font-weight:bold;font-size:14px;line-height:1.6;"
	case "even":
		return "padding:8px 12px;background-color:#eef7f0;color:#14532d;border:1px solid #c3e2cb;font-size:14px;line-height:1.6;"
	}
	return pictureStyles(name)
}

func pictureStyles(name string) string {
	switch name {
	case "columns":
		return "font-size:0;line-height:0;"
	case "mapbox":
		return "display:inline-block;vertical-align:top;width:328px;max-width:100%;font-size:13px;line-height:1.4;"
	case "map":
		return "border-collapse:separate;border-spacing:4px;"
	case "tilecity":
		return "font-size:13px;line-height:1.3;font-weight:bold;"
	case "tileword":
		return "font-size:11px;line-height:1.3;"
	case "notile":
		return "font-size:1px;"
	case "legend":
		return "font-size:11px;line-height:1.2;color:" + soft + ";padding-right:5px;white-space:nowrap;"
	case "barbox":
		return "display:inline-block;vertical-align:top;width:100%;max-width:384px;font-size:13px;line-height:1.4;"
	case "bars":
		return "border-collapse:collapse;font-size:13px;line-height:1.4;"
	case "barhead":
		return "padding:0 3px 3px 3px;font-size:11px;line-height:1.3;color:" + soft + ";white-space:nowrap;"
	case "barcity":
		return "padding:2px 6px 2px 0;font-size:13px;line-height:1.3;white-space:nowrap;"
	case "barcell":
		return "padding:2px 2px;"
	case "barnum":
		return "padding:2px 0 2px 6px;font-size:13px;line-height:1.3;white-space:nowrap;"
	case "fill":
		return "background-color:#4b7bb5;font-size:1px;line-height:11px;"
	}
	return ""
}

// palette is the colours of a state or tone: paper, ink and edge.
func palette(state string) (paper, text, edge string) {
	switch state {
	case "accepted", "ok":
		return "#cfe9d6", "#14532d", "#9ccfab"
	case "partial", "look", string(finding.Warning):
		return "#fbe7b5", "#6b4500", "#e8c877"
	case "correct", "fix", string(finding.Error):
		return "#f8d0cc", "#8c1d18", "#eba9a3"
	case "nil":
		return "#d3e3f6", "#1e4273", "#a9c6e8"
	default: // none, note
		return "#e6e8eb", "#4a525c", "#cfd3d8"
	}
}

// tone returns the style of a thing in the colours of a state.
func tone(state any, what string) template.CSS {
	paper, text, edge := palette(fmt.Sprint(state))
	s := ""
	switch what {
	case "word":
		s = "color:" + text + ";font-weight:bold;"
	case "chip":
		s = "display:inline-block;padding:0 6px;font-size:12px;line-height:1.7;white-space:nowrap;background-color:" + paper + ";color:" + text + ";border:1px solid " + edge + ";"
	case "box":
		s = "margin:0 0 8px 0;border:1px solid " + rule + ";border-left:4px solid " + edge + ";border-collapse:separate;background-color:#ffffff;font-size:14px;line-height:1.65;page-break-inside:avoid;"
	case "no":
		s = "padding:8px 0 8px 10px;color:" + text + ";font-weight:bold;"
	case "tile":
		s = "padding:2px;background-color:" + paper + ";color:" + text + ";border:1px solid " + edge + ";"
	case "swatch":
		s = "background-color:" + paper + ";border:1px solid " + edge + ";font-size:1px;line-height:10px;"
	case "bar":
		s = "background-color:" + edge + ";font-size:1px;line-height:11px;"
	}
	return template.CSS(s)
}

// pct writes a width in percent.
func pct(n int) string { return fmt.Sprintf("%d%%", n) }
