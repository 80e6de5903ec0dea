package casedoc

import "strings"

// kangxi are the characters that the Kangxi radicals U+2F00 to U+2FD5 stand for; many PDFs name glyphs so.
const kangxi = "一丨丶丿乙亅二亠人儿入八冂冖冫几凵刀力勹匕匚匸十卜卩厂厶又口囗土士夂夊夕大女子宀寸小尢尸屮山巛工己巾干幺广廴廾弋弓彐彡彳心戈户手支攴文斗斤方无日曰月木欠止歹殳毋比毛氏气水火爪父爻爿片牙牛犬玄玉瓜瓦甘生用田疋疒癶白皮皿目矛矢石示禸禾穴立竹米糸缶网羊羽老而耒耳聿肉臣自至臼舌舛舟艮色艸虍虫血行衣襾見角言谷豆豕豸貝赤走足身車辛辰辵邑酉釆里金長門阜隶隹雨靑非面革韋韭音頁風飛食首香馬骨高髟鬥鬯鬲鬼魚鳥鹵鹿麥麻黃黍黑黹黽鼎鼓鼠鼻齊齒龍龜龠"

// radicals are pairs of a CJK radical (U+2E80 block) and the character it stands for.
const radicals = "⺠民⻅见⻆角⻉贝⻋车⻓长⻔门⻘青⻙韦⻚页⻛风⻜飞⻝食⻢马⻥鱼⻦鸟⻨麦⻩黄⻬齐⻮齿⻰龙⻳龟⺟母⻄西⻁虎⻣骨⻤鬼"

// unradical brings radicals that a PDF's font names instead of characters back to the characters.
func unradical(s string) string {
	if strings.IndexFunc(s, func(r rune) bool { return r >= 0x2E80 && r <= 0x2FD5 || r >= 0xF000 && r <= 0xF0FF }) < 0 {
		return s
	}
	table := []rune(kangxi)
	pairs := []rune(radicals)
	return strings.Map(func(r rune) rune {
		if r >= 0x2F00 && r <= 0x2FD5 {
			return table[r-0x2F00]
		}
		if r >= 0xF000 && r <= 0xF0FF { // a bullet of a symbol font
			return -1
		}
		for i := 0; r >= 0x2E80 && r < 0x2F00 && i < len(pairs); i += 2 {
			if pairs[i] == r {
				return pairs[i+1]
			}
		}
		return r
	}, s)
}
