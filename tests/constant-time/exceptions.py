#!/usr/bin/env python3
"""
exceptions.py [MOST]: recoding, and that no affine addition of same-root signing meets equal points, opposite points or infinity, for every scalar of small analogues of BLS12-381: Z even,
r = Z^4 - Z^2 + 1 up to MOST, words of some bits cut into windows. A point is its scalar modulo r. See same_root_ifma.c.
"""
import sys

ANALOGUES = [(2, 2, 1), (2, 2, 2), (4, 3, 1), (4, 4, 2), (6, 3, 3), (6, 4, 2), (8, 4, 1), (10, 4, 4), (12, 4, 2), (14, 4, 4), (14, 6, 3), (16, 6, 2), (20, 5, 1), (22, 6, 3), (26, 6, 2), (30, 6, 3)]


def recode(s, z, bits):
    """The four words as recode.h makes them, and whether the result is negated."""
    r = z**4 - z**2 + 1
    rest, digits = (s if s % 2 else r - s), []
    for _ in range(4):
        digits.append(rest % z)
        rest //= z
    assert rest == 0
    words = [(digits[i] >> 1) + (1 << bits - 1) - (z // 2 if i < 3 and digits[i + 1] % 2 == 0 else 0) for i in range(4)]
    return words, s % 2 == 0


def add(p, q, r):
    """An affine addition."""
    assert p % r and q % r, "infinity"
    assert (p - q) % r, "equal"
    assert (p + q) % r, "opposite"
    return p + q


def multiply(s, z, bits, window):
    """The order of same_root_ifma.c, with every step checked."""
    r = z**4 - z**2 + 1
    words, even = recode(s, z, bits)
    sums = []
    for word in words:
        assert 0 <= word < 1 << bits, "a word overflows"
        total = None
        for low in range(0, bits, window):
            digit = 2 * (word >> low & (1 << window) - 1) + 1 - (1 << window)
            entry = digit << low
            total = entry if total is None else add(total, entry, r)
        assert total % 2 == 1 and abs(total) < z
        sums.append(total)
    result = sums[3]
    for total in (sums[2], sums[1], sums[0]):
        result = add(result * z, total, r)
    assert (-result if even else result) % r == s
    return sums


def shorter_order_fails(sums, z):
    """(d3 z + d2) z^2 + (d1 z + d0), which would spare an inversion."""
    r = z**4 - z**2 + 1
    high, low = (sums[3] * z + sums[2]) * z * z, sums[1] * z + sums[0]
    return (high - low) % r == 0 or (high + low) % r == 0


def table(r, bits, window):
    """Odd multiples of the base of each window, doubled in number by adding 2m bases to the first m."""
    if 1 << bits + 1 >= r:                                        # too small a group to hold them all
        return
    for low in range(0, bits, window):
        m = 1
        while m < 1 << window - 1:
            for k in range(m):
                add((2 * k + 1) << low, 2 * m << low, r)
            m *= 2


most = int(sys.argv[1]) if len(sys.argv) > 1 else 10**6
scalars = analogues = 0
for z, bits, window in ANALOGUES:
    r = z**4 - z**2 + 1
    if r > most:
        continue
    table(r, bits, window)
    wrong = [s for s in range(1, r) if shorter_order_fails(multiply(s, z, bits, window), z)]
    assert {2, r - 2} <= set(wrong), "the shorter order is expected to be wrong there"
    assert z < 8 or wrong == [2, r - 2]
    scalars, analogues = scalars + r - 1, analogues + 1
print(f"exceptions: none for {scalars} scalars of {analogues} analogues; the shorter order of Horner's rule would meet one at 2 and r - 2")
