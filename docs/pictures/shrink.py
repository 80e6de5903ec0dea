"""Makes a screenshot small: cuts off the blank foot (and what lies right of WIDTH), and keeps the 256 colours used most.

usage: shrink.py IN.png OUT.png [WIDTH]      reads 8-bit RGB and RGBA without interlacing, as chromium writes
"""
import struct
import sys
import zlib
from collections import Counter


def chunks(data):
    at = 8
    while at < len(data):
        size, kind = struct.unpack(">I4s", data[at : at + 8])
        yield kind, data[at + 8 : at + 8 + size]
        at += 12 + size


def rows(data):
    """Yields the picture's lines as lists of (red, green, blue)."""
    parts = list(chunks(data))
    width, height, depth, colour, _, _, interlace = struct.unpack(">IIBBBBB", dict(parts)[b"IHDR"])
    assert depth == 8 and colour in (2, 6) and interlace == 0, "another kind of PNG"
    n = 3 if colour == 2 else 4
    raw = zlib.decompress(b"".join(body for kind, body in parts if kind == b"IDAT"))
    before = bytearray(width * n)
    for y in range(height):
        at = y * (width * n + 1)
        how, line = raw[at], bytearray(raw[at + 1 : at + 1 + width * n])
        unfilter(how, line, before, n)
        before = line
        yield list(zip(line[0::n], line[1::n], line[2::n]))


def unfilter(how, line, before, n):
    if how == 2:
        for i, up in enumerate(before):
            line[i] = (line[i] + up) & 255
        return
    if how == 0:
        return
    for i in range(len(line)):
        left = line[i - n] if i >= n else 0
        up, corner = before[i], before[i - n] if i >= n else 0
        if how == 1:
            guess = left
        elif how == 3:
            guess = (left + up) // 2
        else:
            p = left + up - corner
            a, b, c = abs(p - left), abs(p - up), abs(p - corner)
            guess = left if a <= b and a <= c else up if b <= c else corner
        line[i] = (line[i] + guess) & 255


def chunk(kind, body):
    return struct.pack(">I", len(body)) + kind + body + struct.pack(">I", zlib.crc32(kind + body))


def main(source, target, width=None):
    lines = [line[: int(width)] if width else line for line in rows(open(source, "rb").read())]
    while len(lines) > 1 and lines[-1] == lines[-2]:
        lines.pop()
    used = Counter(pixel for line in lines for pixel in line)
    palette = [colour for colour, _ in used.most_common(256)]
    index = {colour: i for i, colour in enumerate(palette)}
    for colour in used:
        if colour not in index:
            r, g, b = colour
            index[colour] = min(range(len(palette)), key=lambda i: (palette[i][0] - r) ** 2 + (palette[i][1] - g) ** 2 + (palette[i][2] - b) ** 2)
    raw = b"".join(b"\0" + bytes(index[pixel] for pixel in line) for line in lines)
    with open(target, "wb") as out:
        out.write(b"\x89PNG\r\n\x1a\n")
        out.write(chunk(b"IHDR", struct.pack(">IIBBBBB", len(lines[0]), len(lines), 8, 3, 0, 0, 0)))
        out.write(chunk(b"PLTE", b"".join(bytes(colour) for colour in palette)))
        out.write(chunk(b"IDAT", zlib.compress(raw, 9)))
        out.write(chunk(b"IEND", b""))


main(*sys.argv[1:])
