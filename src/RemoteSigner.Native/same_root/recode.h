/*
 * A secret scalar as four words of signs. With Z = |z|, |z| the parameter of the curve:
 *   s' = s if s is odd, else r - s (r is odd), so the result is negated where s is even;
 *   s' = d0 + d1 Z + d2 Z^2 + d3 Z^3, where each d is odd and |d| < Z: a division by Z gives 0 <= d < Z, and an even one becomes d + 1, for which the one below pays Z. Z is even, so d0 is
 *   odd as s' is, and paying changes no parity;
 *   d = the sum of (bit k of the word ? +2^k : -2^k) over all 64 bits, that is 2 word + 1 - 2^64.
 * The byte v of a word is then the digit 2v - 255: odd, so never zero, and positive where the highest bit of v is set. Constant time.
 */
#ifndef SAME_ROOT_RECODE_H
#define SAME_ROOT_RECODE_H
#include <string.h>
#include "constants.h"

typedef unsigned __int128 wide;

/* The compiler is not to know that a mask has all bits or none, or it may make a branch of it. */
static inline uint64_t opaque(uint64_t mask)
{
    __asm__("" : "+r"(mask));
    return mask;
}

/*
 * (remainder * 2^64 + low) / Z, with remainder < Z before and after. Z has its highest bit set, so a multiplication by its reciprocal is off by one at most in either direction
 * (Möller and Granlund, Improved division by invariant integers, 2011, algorithm 4).
 */
static inline uint64_t divide_by_z(uint64_t *remainder, uint64_t low)
{
    wide estimate = (wide)Z_RECIPROCAL * *remainder + (((wide)*remainder << 64) | low);
    uint64_t quotient = (uint64_t)(estimate >> 64) + 1, rest = low - quotient * Z;
    uint64_t too_high = opaque(0 - (uint64_t)(((wide)(uint64_t)estimate - rest) >> 127));    /* rest > the low half of the estimate */
    quotient += too_high;
    rest += too_high & Z;
    uint64_t too_low = opaque((uint64_t)(((wide)rest - Z) >> 127) - 1);                      /* rest >= Z */
    *remainder = rest - (too_low & Z);
    return quotient - too_low;
}

/* scalar: 32 bytes, little endian, in [1, r). even: all bits where the result is to be negated, else none. */
static inline void recode(uint64_t signs[4], uint64_t *even, const unsigned char *scalar)
{
    uint64_t s[4], digit[4], borrow = 0;
    memcpy(s, scalar, 32);
    *even = opaque((s[0] & 1) - 1);
    for (int i = 0; i < 4; i++) {
        wide difference = (wide)ORDER[i] - s[i] - borrow;
        borrow = (uint64_t)(difference >> 127);
        s[i] ^= *even & (s[i] ^ (uint64_t)difference);
    }
    for (int i = 0; i < 4; i++) {
        digit[i] = 0;
        for (int k = 3; k >= 0; k--) s[k] = divide_by_z(&digit[i], s[k]);
    }
    for (int i = 0; i < 4; i++) {
        uint64_t above_is_even = i < 3 ? opaque((digit[i + 1] & 1) - 1) : 0;
        signs[i] = (digit[i] >> 1) + ((uint64_t)1 << 63) - (above_is_even & (Z / 2));        /* digit >> 1 forgets parity: an even one has become odd */
    }
}
#endif
