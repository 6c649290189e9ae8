#!/usr/bin/env python3
"""Writes nfkd.bin: the compatibility decompositions and combining classes of Unicode, which .NET leaves out under InvariantGlobalization.

Layout, big-endian, code points in 3 bytes:
  u16 count, then per decomposition, ascending: code point, u8 length, that many code points (fully decomposed; Hangul is computed instead)
  u16 count, then per run of equal class, ascending: first code point, u8 length, u8 canonical combining class
Unicode's stability policy promises that none of this changes for characters that exist.
"""
import pathlib
import unicodedata

scalars = [c for c in range(0x110000) if not 0xD800 <= c < 0xE000 and not 0xAC00 <= c < 0xD7A4]
decompositions = [(c, unicodedata.normalize("NFKD", chr(c))) for c in scalars]
decompositions = [(c, d) for c, d in decompositions if d != chr(c)]
runs = []
for c in scalars:
    combining = unicodedata.combining(chr(c))
    if combining == 0:
        continue
    if runs and runs[-1][0] + runs[-1][1] == c and runs[-1][2] == combining and runs[-1][1] < 255:
        runs[-1][1] += 1
    else:
        runs.append([c, 1, combining])

point = lambda c: c.to_bytes(3, "big")
out = len(decompositions).to_bytes(2, "big")
for c, d in decompositions:
    out += point(c) + bytes([len(d)]) + b"".join(point(ord(x)) for x in d)
out += len(runs).to_bytes(2, "big")
for first, length, combining in runs:
    out += point(first) + bytes([length, combining])
pathlib.Path(__file__).with_name("nfkd.bin").write_bytes(out)
