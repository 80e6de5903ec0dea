package casedoc

import (
	"strconv"
	"strings"
)

// Characters 20 to FF of the symbol fonts that office files name, in Unicode; • where there is none. A sign that is not
// known must not look like an empty box to tick.
const (
	wingdings  = " ✏✂✁👓🔔📖🕯☎✆✉✉📪📫📬📭📁📂📄🗏🗐🗄⌛⌨🖰🖲💻🖴💾🖬✇✍🖎✌👌👍👎☜☞☝☟✋☺😐☹💣☠⚐🏱✈☼💧❄✞✞✠✠✡☪☯ॐ☸♈♉♊♋♌♍♎♏♐♑♒♓&&●○■□□❑❒⬧⧫◆❖⬥⌧⍓⌘❀✿“”•⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿••••••••·••○○○◉◎○▪□▲✦★✶✴✹✵⯐⌖⟡⌑⯑✪✰🕐🕑🕒🕓🕔🕕🕖🕗🕘🕙🕚🕛••••••••••••••••••⌫⌦◂➢▴▾••••←→↑↓↖↗↙↘🡸➔🡹🡻🡼🡽🡿🡾⇦⇨⇧⇩⬄⇳⬁⬀⬃⬂▭▫✗✓☒☑⊞"
	wingdings2 = " •••••••••••••••☑••••••••••••••••••••••••••••••✗✓☒☑☒☒☒☒••••••••••••••••••⓪①②③④⑤⑥⑦⑧⑨⑩⓿❶❷❸❹❺❻❼❽❾❿••••••••••••••••••••••••●■●••••⦿■■••□▫•••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••••"
	symbolFont = " !∀#∃%&∋()*+,−./0123456789:;<=>?≅ΑΒΧΔΕΦΓΗΙϑΚΛΜΝΟΠΘΡΣΤΥςΩΞΨΖ[∴]⊥_‾αβχδεφγηιϕκλμνοπθρστυϖωξψζ{|}∼•••••••••••••••••••••••••••••••••€ϒ′≤⁄∞ƒ♣♦♥♠↔←↑→↓°±″≥×∝∂•÷≠≡≈…⏐—↵ℵℑℜ℘⊗⊕∅∩∪⊃⊇⊄⊂⊆∈∉∠∇®©™∏√⋅¬∧∨⇔⇐⇑⇒⇓◊〈®©™∑⎛⎜⎝⎡⎢⎣⎧⎨⎩⎪•〉∫⌠⎮⌡⎞⎟⎠⎤⎥⎦⎫⎬⎭•"
)

// symbol maps a character of a symbol font, as w:sym and RTF give it, to Unicode. Word writes it at F020 to F0FF, other
// programs at 20 to FF.
func symbol(font, hex string) string {
	n, err := strconv.ParseUint(hex, 16, 32)
	if err != nil {
		return ""
	}
	if n >= 0x20 && n <= 0xFF && symbolTable(font) != "" {
		n |= 0xF000
	}
	return symbolRune(font, rune(n))
}

func symbolRune(font string, r rune) string {
	if r < 0xF000 || r > 0xF0FF {
		if r == 0 || r > 0x10FFFF {
			return ""
		}
		return string(r)
	}
	table := []rune(symbolTable(font))
	if i := int(r) - 0xF020; i >= 0 && i < len(table) {
		return string(table[i])
	}
	return "•"
}

func symbolTable(font string) string {
	switch strings.ToLower(font) {
	case "wingdings":
		return wingdings
	case "wingdings 2":
		return wingdings2
	case "symbol":
		return symbolFont
	case "wingdings 3", "webdings":
		return strings.Repeat("•", 224)
	}
	return ""
}
