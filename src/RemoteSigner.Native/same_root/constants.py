#!/usr/bin/env python3
"""Prints constants.h: every constant of same_root_ifma.c, from the definition of BLS12-381 and of the form its numbers have there."""

Z = 0xD201000000010000                                   # |z|, z = -Z; https://datatracker.ietf.org/doc/html/draft-irtf-cfrg-pairing-friendly-curves-11#section-4.2.1
ORDER = Z**4 - Z**2 + 1                                  # of G1 and G2
P = (Z + 1) ** 2 * ORDER // 3 - Z                        # (z - 1)^2 (z^4 - z^2 + 1) / 3 + z
LIMB, LIMBS = 52, 8
R = 1 << LIMB * LIMBS                                    # of our Montgomery form; blst's is 2^384


def limbs(value):
    """The limbs of a whole number, all of its sign."""
    return [(abs(value) >> LIMB * i) % (1 << LIMB) * (-1 if value < 0 else 1) for i in range(LIMBS)]


def row(values, digits=13):
    return "{ " + ", ".join(f"0x{value % (1 << 64):0{digits}x}" for value in values) + " }"


def number(name, value, comment=None):
    assert 0 <= value < R
    print(f"static const uint64_t {name}[{LIMBS}] = {row(limbs(value))};" + (f"  /* {comment} */" if comment else ""))


def multiply(a, b):
    """In Fp2 = Fp[i]/(i^2 + 1)."""
    return (a[0] * b[0] - a[1] * b[1]) % P, (a[0] * b[1] + a[1] * b[0]) % P


def power(a, exponent):
    result = (1, 0)
    for bit in f"{exponent:b}":
        result = multiply(result, result)
        if bit == "1":
            result = multiply(result, a)
    return result


def inverse(a):
    norm = pow(a[0] ** 2 + a[1] ** 2, -1, P)
    return a[0] * norm % P, -a[1] * norm % P


# psi(x, y) = (conj(x) kx, conj(y) ky) is multiplication by z on G2, so (conj(x) kx, conj(y) (-ky)) is that by Z.
kx, ky = inverse(power((1, 1), (P - 1) // 3)), inverse(power((1, 1), (P - 1) // 2))
assert P % 4 == 3 and P % 6 == 1 and kx[0] == 0

print("/* What constants.py prints; do not edit. */")
print("#ifndef SAME_ROOT_CONSTANTS_H\n#define SAME_ROOT_CONSTANTS_H\n#include <stdint.h>\n")
number("P1", P, "the modulus of the field")
number("P2", 2 * P, "multiples, to keep differences positive")
number("P3", 3 * P)
number("P4", 4 * P)
number("LIMB_INVERSE", pow(2, -LIMB, P), "2^-52 mod p")
print(f"#define P_INVERSE 0x{-pow(P, -1, 1 << LIMB) % (1 << LIMB):013x}u  /* -1/p mod 2^52 */")
number("FROM_BLST", (R * R >> 384) % P, "2^448 mod p: a 2^384 times it is (a 2^416) 2^416")
number("TO_BLST", (1 << 384) % P, "a 2^416 times it is (a 2^384) 2^416")

print("\n/* How fp_fold guesses the multiple of p: the top limb of p, 2^400 / p rounded down, and limb i of (3 - q) p for q = 0..7 in row i. */")
print(f"#define P_TOP 0x{limbs(P)[-1]:x}u\n#define FOLD_FACTOR {(1 << 400) // P}u")
print(f"static const uint64_t FOLD[{LIMBS}][8] __attribute__((aligned(64))) = {{")
for i in range(LIMBS):
    print(f"    {row([limbs((3 - q) * P)[i] for q in range(8)], 16)},")
print("};")

print("\n/* Multiplication by |z| on G2: x becomes conj(x) * (PSI_X i), y becomes conj(y) * (PSI_Y0 + PSI_Y1 i). */")
number("PSI_X", kx[1] * R % P)
number("PSI_Y0", -ky[0] * R % P)
number("PSI_Y1", -ky[1] * R % P)

print("\n/* |z|, (2^128 - 1) / |z| - 2^64 rounded down, and the order of G2 in words of 64 bits. */")
print(f"#define Z 0x{Z:x}u\n#define Z_RECIPROCAL 0x{((1 << 128) - 1) // Z - (1 << 64):x}u")
print(f"static const uint64_t ORDER[4] = {row([ORDER >> 64 * i for i in range(4)], 16)};")
print("#endif")
