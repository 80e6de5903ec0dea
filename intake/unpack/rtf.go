package unpack

import (
	"encoding/binary"
	"fmt"
)

// rtfDictionary is what every compressed RTF begins with in its reader's window ([MS-OXRTFCP] 2.1.2.1).
const rtfDictionary = `{\rtf1\ansi\mac\deff0\deftab720{\fonttbl;}{\f0\fnil \froman \fswiss \fmodern \fscript \fdecor MS Sans SerifSymbolArialTimes New RomanCourier{\colortbl\red0\green0\blue0` + "\r\n" + `\par \pard\plain\f0\fs20\b\i\u\tab\tx`

// unpackRTF undoes the packing of PR_RTF_COMPRESSED. The result is never longer than seventeen bytes for each two packed.
func unpackRTF(b []byte) ([]byte, error) {
	if len(b) < 16 {
		return nil, fmt.Errorf("compressed rtf: %w", errShort)
	}
	size, magic, in := int(binary.LittleEndian.Uint32(b[4:])), binary.LittleEndian.Uint32(b[8:]), b[16:]
	switch magic {
	case 0x414C454D: // MELA: stored
		return in[:min(size, len(in))], nil
	case 0x75465A4C: // LZFu
	default:
		return nil, fmt.Errorf("compressed rtf: unknown method %08x", magic)
	}
	return unpackLZFu(in, size)
}

func unpackLZFu(in []byte, size int) ([]byte, error) {
	var window [4096]byte
	at := copy(window[:], rtfDictionary)
	out := make([]byte, 0, min(size, 9*len(in)))
	put := func(c byte) {
		out = append(out, c)
		window[at] = c
		at = (at + 1) & 4095
	}
	for len(in) > 0 && len(out) < size {
		flags := in[0]
		in = in[1:]
		for bit := 0; bit < 8 && len(in) > 0 && len(out) < size; bit++ {
			if flags>>bit&1 == 0 {
				put(in[0])
				in = in[1:]
				continue
			}
			if len(in) < 2 {
				return out, fmt.Errorf("compressed rtf: %w", errShort)
			}
			ref := int(in[0])<<8 | int(in[1])
			in = in[2:]
			from, n := ref>>4, ref&15+2
			if from == at {
				return out, nil // the end mark
			}
			for i := 0; i < n && len(out) < size; i++ {
				put(window[(from+i)&4095])
			}
		}
	}
	return out, nil
}
