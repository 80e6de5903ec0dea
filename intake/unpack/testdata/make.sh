#!/bin/bash
# Makes the archives of this folder with real programs: zip, 7z, zstd, python3, and rar 6.23 (Debian bullseye non-free; version 7
# makes no RAR 4 any more). Usage: bash make.sh OUTDIR
set -euo pipefail
mkdir -p "$1" && cd "$1"
python3 - <<'E'
import zipfile, struct, zlib, hashlib
def rawzip(path, entries):
    out, cd = b'', b''
    for name, flag, extra, data in entries:
        c = zlib.compressobj(9, 8, -15); comp = c.compress(data) + c.flush()
        crc, off = zlib.crc32(data), len(out)
        out += struct.pack('<4s5H3I2H', b'PK\3\4', 20, flag, 8, 0, 0x58d5, crc, len(comp), len(data), len(name), len(extra)) + name + extra + comp
        cd += struct.pack('<4s6H3I5H2I', b'PK\1\2', 0x14, 20, flag, 8, 0, 0x58d5, crc, len(comp), len(data), len(name), len(extra), 0, 0, 0, 0x20, off) + name + extra
    end = struct.pack('<4s4H2IH', b'PK\5\6', 0, 0, len(entries), len(entries), len(cd), len(out), 0)
    open(path, 'wb').write(out + cd + end)
path = lambda raw, name: struct.pack('<HHBI', 0x7075, 5 + len(name), 1, zlib.crc32(raw)) + name
rawzip('gbk.zip', [('材料\\乗車案例.docx'.encode('gbk'), 0, b'', b'one'), ('汇总表.xls'.encode('gbk'), 0, b'', b'two'),
  ('附件𠮷.doc'.encode('gb18030'), 0, b'', b'three'), ('説明.doc'.encode('utf8'), 0, b'', b'four'), ('案例.doc'.encode('utf8'), 0x800, b'', b'five'),
  (b'????.doc', 0, path(b'????.doc', '典型案例.doc'.encode()), b'six'), (b'wrong.doc', 0, path(b'other', '不是.doc'.encode()), b'seven'),
  (b'__MACOSX/._a.doc', 0, b'', b'junk'), ('~$汇总表.xls'.encode('gbk'), 0, b'', b'junk'), (b'Thumbs.db', 0, b'', b'junk'), (b'empty/', 0, b'', b'')])
open('cut.zip', 'wb').write(open('gbk.zip', 'rb').read()[:300])
open('a.txt', 'w').write('甲' * 100); open('b.txt', 'w').write('乙' * 200)
open('big.bin', 'wb').write(b''.join(hashlib.sha256(bytes([i])).digest() for i in range(94)))
import tarfile, io
for mode, name in (('w:gz', 't.tar.gz'), ('w:bz2', 't.tbz2'), ('w:xz', 't.txz')):
    t = tarfile.open(name, mode, format=tarfile.GNU_FORMAT, encoding='gbk', errors='strict')
    for n, d in (('材料/案例一.txt', '甲'), ('材料/案例二.txt', '乙')):
        b = d.encode(); i = tarfile.TarInfo(n); i.size = len(b); t.addfile(i, io.BytesIO(b))
    i = tarfile.TarInfo('链接'); i.type = tarfile.SYMTYPE; i.linkname = '/etc/passwd'; t.addfile(i)
    i = tarfile.TarInfo('硬链接.txt'); i.type = tarfile.LNKTYPE; i.linkname = '材料/案例一.txt'; t.addfile(i)
    t.close()
E
zip -q -P secret enc.zip a.txt b.txt
zip -q -fz zip64.zip a.txt b.txt
zip -q mixed.zip a.txt && zip -q -P secret mixed.zip b.txt
z() { 7z a -bd -y "$@" >/dev/null; }
z plain.7z a.txt b.txt
z -psecret enc.7z a.txt b.txt
z -psecret -mhe=on enchead.7z a.txt
z -m0=PPMd ppmd.7z a.txt b.txt
z -v1k split.7z big.bin
mkdir 材料; for n in 甲一 乙二; do python3 -c "print('${n:0:1}' * 300 + '协作共享' * 50, end='')" >材料/案例${n:1}.txt; done
r() { LC_ALL=C.UTF-8 rar a -r -ep1 -y -idq -tsm0 "$@"; }
for v in 4 5; do
  r -ma$v rar$v.rar 材料; r -ma$v -s rar$v-solid.rar 材料; r -ma$v -psecret rar$v-enc.rar 材料; r -ma$v -hpsecret rar$v-enchead.rar 材料
  r -ma$v -m0 -v2k rar$v-vol.rar big.bin
  head -c 180 rar$v.rar >rar$v-cut.rar
done
rm -r 材料
mkdir -p 材料/空; printf 甲 > 材料/a.txt; ln -s /etc/passwd 材料/链接; z -snl dirs.7z 材料; rm -r 材料
printf 甲 | z -si stdin.7z; printf 乙 | z -si案例.txt pipe.7z
z -tzip -mm=Deflate64 d64.zip a.txt
z -tzip -mm=LZMA lzma.zip a.txt b.txt
z -tzip -mm=BZip2 bzip2.zip a.txt b.txt
z -tzip -mem=AES256 -psecret aes.zip a.txt
gzip -k a.txt
zstd -q a.txt && gzip -dc t.tar.gz | zstd -q -o t.tar.zst
printf 甲 | zstd -q -1 --long=28 -fo window.txt.zst - # windows of 256 MB and 1.5 GB
printf 甲 | xz --lzma2=preset=0,dict=1536MiB -c > window.txt.xz
head -c 120 plain.7z > cut.7z
zip -q inner.zip a.txt && zip -q two.zip inner.zip plain.7z && zip -q nested.zip two.zip b.txt t.tar.gz
rm -f inner.zip two.zip a.txt b.txt big.bin
