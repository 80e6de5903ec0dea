package biff

import (
	"encoding/binary"
	"fmt"
	"math"

	"baosong/parse/sheet/grid"
)

// U16 returns the two bytes at a place as a number, 0 beyond the end. It and those below read values as the records hold
// them; the binary workbooks of OOXML share them.
func U16(b []byte, i int) int {
	if i+2 > len(b) {
		return 0
	}
	return int(binary.LittleEndian.Uint16(b[i:]))
}

// U32 returns the four bytes at a place as a number, 0 beyond the end.
func U32(b []byte, i int) uint32 {
	if i+4 > len(b) {
		return 0
	}
	return binary.LittleEndian.Uint32(b[i:])
}

// At returns the byte at a place, 0 beyond the end.
func At(b []byte, i int) byte {
	if i < 0 || i >= len(b) {
		return 0
	}
	return b[i]
}

// Cut returns n bytes from a place, fewer at the end.
func Cut(d []byte, from, n int) []byte {
	if from >= len(d) {
		return nil
	}
	return d[from:min(len(d), from+n)]
}

// BoolOrError makes the cell of a boolean or an error from its one byte.
func BoolOrError(col int, v byte, isError bool) grid.Cell {
	if !isError {
		return grid.BoolCell(col, v != 0)
	}
	return grid.Cell{Col: col, Kind: grid.KindError, Text: errorText(v)}
}

// errorText names an error value; xls and xlsb share the numbers.
func errorText(v byte) string {
	text, ok := map[byte]string{0x00: "#NULL!", 0x07: "#DIV/0!", 0x0F: "#VALUE!", 0x17: "#REF!", 0x1D: "#NAME?", 0x24: "#NUM!",
		0x2A: "#N/A", 0x2B: "#GETTING_DATA"}[v]
	if !ok {
		return fmt.Sprintf("#ERR%d", v)
	}
	return text
}

// Float returns the number of eight bytes.
func Float(b []byte) float64 {
	if len(b) < 8 {
		return 0
	}
	return math.Float64frombits(binary.LittleEndian.Uint64(b))
}

// RK unpacks a number of four bytes: 30 bits of a float or an integer, perhaps in hundredths.
func RK(v uint32) float64 {
	var f float64
	if v&2 != 0 {
		f = float64(int32(v) >> 2)
	} else {
		f = math.Float64frombits(uint64(v&^3) << 32)
	}
	if v&1 != 0 {
		f /= 100
	}
	return f
}
