#!/usr/bin/env python3
"""field.py PROGRAM [OCTETS]: the field functions of field.h with the most extreme limbs that their bounds allow, against whole numbers; and recoding. See the table in field.h."""
import random
import struct
import subprocess
import sys

Z = 0xD201000000010000
ORDER = Z**4 - Z**2 + 1
P = (Z + 1) ** 2 * ORDER // 3 - Z
R, FULL = 1 << 416, (1 << 52) - 1
LARGE = (P << 10) - 1                                     # the largest factor
program = subprocess.Popen([sys.argv[1]], stdin=subprocess.PIPE, stdout=subprocess.PIPE)
octets = int(sys.argv[2]) if len(sys.argv) > 2 else 1000
dice = random.Random(13)


def pack(lanes):
    return struct.pack("<64Q", *((lane >> 52 * i) & FULL for i in range(8) for lane in lanes))


def unpack(data):
    """The values, with every limb in its range."""
    words = struct.unpack("<64Q", data)
    assert all(word <= FULL for word in words), "a limb that is not carried"
    return [sum(words[8 * i + lane] << 52 * i for i in range(8)) for lane in range(8)]


def ask(operation, *operands):
    operands = list(operands) + [[0] * 8] * (6 - len(operands))
    program.stdin.write(operation.encode() + b"".join(map(pack, operands)))
    program.stdin.flush()
    data = program.stdout.read(1024)
    return unpack(data[:512]), unpack(data[512:])


def extreme(most):
    """A number in [0, most]: its ends, around multiples of p, limbs of all ones or none, or any."""
    kind = dice.randrange(6)
    if kind == 0:
        return dice.choice([0, 1, most, most - 1])
    if kind == 1:
        return min(most, max(0, dice.randrange(most // P + 1) * P + dice.randrange(-2, 3)))
    if kind == 2:                                         # all ones below the highest limb
        return (most >> 364 << 364) - 1
    if kind == 3:
        value = sum(dice.choice([0, FULL, FULL - 1, 1]) << 52 * i for i in range(7)) + (dice.randrange((most >> 364) + 1) << 364)
        return value if value <= most else value - (1 << 364)
    if kind == 4:
        return (1 << 52 * dice.randrange(1, 7)) - dice.randrange(2)
    return dice.randrange(most + 1)


def octet(most):
    return [extreme(most) for _ in range(8)]


checked = 0
largest = {}


def expect(operation, got, want, bound):
    """got = want modulo p and below bound, which is in thousandths of p; both zero-based by lane."""
    global checked
    for value, right in zip(got, want):
        assert (value - right) % P == 0, (operation, "wrong")
        assert value * 1000 < bound * P, (operation, "out of its bound", value / P)
        largest[operation] = max(largest.get(operation, 0), value / P)
        checked += 1


def same(*lists):
    return zip(*lists)


inverse_r = pow(R, -1, P)
for _ in range(octets):
    a0, a1, b0, b1 = octet(LARGE), octet(LARGE), octet(LARGE), octet(LARGE)
    re, im = ask("m", a0, a1, b0, b1)
    expect("fp_multiply", re, [x * y * inverse_r for x, y in same(a0, b0)], 2100)
    re, im = ask("M", a0, a1, b0, b1)
    expect("fp2_multiply re", re, [(w * y - x * z) * inverse_r for w, x, y, z in same(a0, a1, b0, b1)], 3100)
    expect("fp2_multiply im", im, [(w * z + x * y) * inverse_r for w, x, y, z in same(a0, a1, b0, b1)], 3100)
    re, im = ask("n", a0, a1)
    expect("fp2_norm", re, [(x * x + y * y) * inverse_r for x, y in same(a0, a1)], 2100)
    re, im = ask("c", a0, a1, b0)
    expect("fp2_conjugate_times re", re, [x * y * inverse_r for x, y in same(a0, b0)], 2100)
    expect("fp2_conjugate_times im", im, [-x * y * inverse_r for x, y in same(a1, b0)], 3001)
    a1 = octet(4 * P)
    re, im = ask("s", a0, a1)
    expect("fp2_square re", re, [(x * x - y * y) * inverse_r for x, y in same(a0, a1)], 2100)
    expect("fp2_square im", im, [2 * x * y * inverse_r for x, y in same(a0, a1)], 2100)
    a0, a1, b0, b1 = octet(2 * P), octet(2 * P), octet(2 * P), octet(2 * P)
    re, im = ask("d", a0, a1, b0, b1)
    assert (re, im) == ([x - y + 2 * P for x, y in same(a0, b0)], [x - y + 2 * P for x, y in same(a1, b1)]), "fp2_subtract"
    checked += 16
    a0, a1, b0, b1, c0, c1 = octet(5 * P - 1), octet(5 * P - 1), octet(P * 5 // 4), octet(P * 5 // 4), octet(P * 5 // 4), octet(P * 5 // 4)
    re, im = ask("f", a0, a1, b0, b1, c0, c1)
    expect("fp2_fold re", re, [x - y - z for x, y, z in same(a0, b0, c0)], 1001)
    expect("fp2_fold im", im, [x - y - z for x, y, z in same(a1, b1, c1)], 1001)
    assert max(largest["fp2_fold re"], largest["fp2_fold im"]) <= 1 + 2**-13
    a0, a1 = octet(3 * P), octet(P - 1)
    re, im = ask("b", a0, a1)
    assert re == [x * inverse_r * (1 << 384) % P for x in a0], "to_blst is below p"
    expect("from_blst", im, [x << 32 for x in a1], 2100)
    a0 = [x if x % P else 1 for x in octet(2 * P)]
    re, im = ask("i", a0)
    expect("fp_invert", re, [pow(x, -1, P) * R * R for x in a0], 2100)


def recode(s):
    """The signs by the definition, as in recode.h."""
    rest = s if s % 2 else ORDER - s
    digit = []
    for _ in range(4):
        digit.append(rest % Z)
        rest //= Z
    for i in range(1, 4):
        if digit[i] % 2 == 0:
            digit[i], digit[i - 1] = digit[i] + 1, digit[i - 1] - Z
    return [(d - 1 + (1 << 64)) // 2 for d in digit]


for _ in range(4 * octets):
    scalars = [dice.choice([dice.randrange(1, ORDER), dice.randrange(1, 600), ORDER - dice.randrange(1, 600),
                            min(ORDER - 1, max(1, Z ** dice.randrange(1, 4) * dice.randrange(1, Z) + dice.randrange(-3, 4)))]) for _ in range(8)]
    words = [[s >> 64 * i & (1 << 64) - 1 for i in range(4)] for s in scalars]
    rows = [[w[i] for w in words] for i in range(4)] + [[0] * 8] * 4
    program.stdin.write(b"r" + struct.pack("<64Q", *(x for row in rows for x in row)) + bytes(512 * 5))
    program.stdin.flush()
    got = struct.unpack("<64Q", program.stdout.read(1024)[:512])
    for lane, s in enumerate(scalars):
        signs = recode(s)
        assert [got[8 * i + lane] for i in range(4)] == signs, ("recode", s)
        assert got[32 + lane] == (0 if s % 2 else (1 << 64) - 1), ("even", s)
        checked += 1

program.stdin.close()
assert program.wait() == 0
print(f"field: {checked} results of extreme limbs and scalars, all right and within bounds; largest, in p: "
      + ", ".join(f"{name} {value:.4f}" for name, value in sorted(largest.items())))
