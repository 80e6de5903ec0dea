package biff

import (
	"bytes"
	"crypto/md5"
	"crypto/rc4"
	"crypto/sha1"
	"encoding/binary"
	"fmt"
	"unicode/utf16"

	"baosong/parse/container"
)

// defaultPassword is what Excel encrypts with when only the structure of a workbook is protected. Such a file opens
// without asking for a password, so it is not encrypted to the people who sent it ([MS-XLS] 2.2.10, [MS-OFFCRYPTO] 2.3).
const defaultPassword = "VelvetSweatshop"

const cryptBlock = 1024 // bytes of the stream under one key

// decrypt turns an encrypted stream into plain bytes when the default password opens it. from is where the record
// behind FILEPASS begins. Any other password gives ErrEncrypted.
func (f *stream) decrypt(pass []byte, from int) error {
	if f.version < 8 || U16(pass, 0) != 1 {
		return container.ErrEncrypted
	}
	var key func(block uint32) []byte
	switch major := U16(pass, 2); {
	case major == 1 && len(pass) >= 54:
		key = rc4Key(pass[6:22])
	case major >= 2 && major <= 4 && U16(pass, 4) == 2:
		key = cryptoAPIKey(pass)
	}
	if key == nil || !opens(key(0), pass) {
		return container.ErrEncrypted
	}
	return f.decryptStream(key, from)
}

func utf16le(s string) []byte {
	var b []byte
	for _, u := range utf16.Encode([]rune(s)) {
		b = binary.LittleEndian.AppendUint16(b, u)
	}
	return b
}

// rc4Key derives the 40-bit keys of Excel 97 ([MS-OFFCRYPTO] 2.3.6.2).
func rc4Key(salt []byte) func(uint32) []byte {
	h := md5.Sum(utf16le(defaultPassword))
	base := md5.Sum(bytes.Repeat(append(h[:5:5], salt...), 16))
	return func(block uint32) []byte {
		k := md5.Sum(binary.LittleEndian.AppendUint32(base[:5:5], block))
		return k[:]
	}
}

// cryptoAPIKey derives the keys of Excel 2002 and later ([MS-OFFCRYPTO] 2.3.5.2).
func cryptoAPIKey(pass []byte) func(uint32) []byte {
	head := int(U32(pass, 10))
	bits := int(U32(pass, 14+16))
	from := 14 + head
	if head < 32 || from+20 > len(pass) {
		return nil
	}
	if bits == 0 {
		bits = 40
	}
	if bits < 40 || bits > 128 {
		return nil
	}
	h := sha1.Sum(append(bytes.Clone(pass[from+4:from+20]), utf16le(defaultPassword)...))
	return func(block uint32) []byte {
		k := sha1.Sum(binary.LittleEndian.AppendUint32(h[:len(h):len(h)], block))
		if bits == 40 {
			return append(k[:5:5], make([]byte, 11)...)
		}
		return k[:bits/8]
	}
}

// opens tries the key on the verifier that the file carries.
func opens(key, pass []byte) bool {
	c, err := rc4.NewCipher(key)
	if err != nil {
		return false
	}
	from, size := 22, 16
	if U16(pass, 2) != 1 {
		from, size = 14+int(U32(pass, 10))+20, 20
	}
	check, want := Cut(pass, from, 16), Cut(pass, from+16, size)
	if size == 20 {
		want = Cut(pass, from+20, size)
	}
	if len(check) != 16 || len(want) != size {
		return false
	}
	plain, hash := make([]byte, 16), make([]byte, size)
	c.XORKeyStream(plain, check)
	c.XORKeyStream(hash, want)
	if size == 20 {
		sum := sha1.Sum(plain)
		return bytes.Equal(sum[:], hash)
	}
	sum := md5.Sum(plain)
	return bytes.Equal(sum[:], hash)
}

// decryptStream decrypts the bodies of all records in place of the stream; headers and a few records stand plain, but
// the key stream runs on over them.
func (f *stream) decryptStream(key func(uint32) []byte, from int) error {
	out := bytes.Clone(f.b)
	for block := 0; block*cryptBlock < len(out); block++ {
		c, err := rc4.NewCipher(key(uint32(block)))
		if err != nil {
			return fmt.Errorf("%w: %v", container.ErrDamaged, err)
		}
		part := out[block*cryptBlock : min(len(out), (block+1)*cryptBlock)]
		c.XORKeyStream(part, part)
	}
	for pos := 0; ; {
		r, ok := f.record(pos)
		copy(out[pos:min(len(out), pos+4)], f.b[pos:min(len(out), pos+4)])
		if !ok {
			break
		}
		plain := 0
		switch r.kind {
		case recBOF, recFilePass, 0xE1, 0x138, 0x194, 0x195, 0x196:
			plain = len(r.data)
		case recBound:
			plain = min(4, len(r.data))
		}
		if pos < from {
			plain = len(r.data)
		}
		copy(out[pos+4:], f.b[pos+4:pos+4+plain])
		pos = r.next
	}
	f.b = out
	return nil
}
