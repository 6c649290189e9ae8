/* Eight numbers of 64 bits side by side. With EMULATE the same in plain C, for tools that do not know AVX-512. A mask has all bits of a lane or none. */
#ifndef SAME_ROOT_LANES_H
#define SAME_ROOT_LANES_H
#include <stdint.h>

#define INLINE static inline __attribute__((always_inline))
#define LIMB_MASK 0xfffffffffffffu

/* The operators of C work on these lane by lane, and spread a plain number over all lanes. */
typedef uint64_t lanes __attribute__((vector_size(64)));
typedef int64_t signed_lanes __attribute__((vector_size(64)));

INLINE lanes lanes_of(uint64_t value) { return (lanes) { 0 } + value; }

/* Rounds down, as the shift of a negative number does in gcc and clang. */
INLINE lanes lanes_carry(lanes a) { return (lanes)((signed_lanes)a >> 52); }

#ifndef EMULATE
#include <immintrin.h>

/* sum + the low, or the high, 52 bits of the product of the low 52 bits of a and b */
INLINE lanes lanes_add_low(lanes sum, lanes a, lanes b) { return (lanes)_mm512_madd52lo_epu64((__m512i)sum, (__m512i)a, (__m512i)b); }
INLINE lanes lanes_add_high(lanes sum, lanes a, lanes b) { return (lanes)_mm512_madd52hi_epu64((__m512i)sum, (__m512i)a, (__m512i)b); }

/* The product of the low 32 bits. */
INLINE lanes lanes_multiply32(lanes a, lanes b) { return (lanes)_mm512_mul_epu32((__m512i)a, (__m512i)b); }

/* from[index mod 8] */
INLINE lanes lanes_pick8(lanes from, lanes index) { return (lanes)_mm512_permutexvar_epi64((__m512i)index, (__m512i)from); }

/* index mod 16, the first eight from low */
INLINE lanes lanes_pick16(lanes low, lanes high, lanes index) { return (lanes)_mm512_permutex2var_epi64((__m512i)low, (__m512i)index, (__m512i)high); }

INLINE lanes lanes_select(lanes mask, lanes set, lanes clear) { return (lanes)_mm512_ternarylogic_epi64((__m512i)mask, (__m512i)set, (__m512i)clear, 0xca); }
#else
INLINE lanes lanes_multiply32(lanes a, lanes b) { return (a & 0xffffffffu) * (b & 0xffffffffu); }
INLINE lanes lanes_select(lanes mask, lanes set, lanes clear) { return (set & mask) | (clear & ~mask); }

INLINE unsigned __int128 lane_product(uint64_t a, uint64_t b) { return (unsigned __int128)(a & LIMB_MASK) * (b & LIMB_MASK); }

INLINE lanes lanes_add_low(lanes sum, lanes a, lanes b)
{
    for (int i = 0; i < 8; i++) sum[i] += (uint64_t)lane_product(a[i], b[i]) & LIMB_MASK;
    return sum;
}

INLINE lanes lanes_add_high(lanes sum, lanes a, lanes b)
{
    for (int i = 0; i < 8; i++) sum[i] += (uint64_t)(lane_product(a[i], b[i]) >> 52);
    return sum;
}

/* The processor does not look at memory for a pick; nor do we, or the tools would see an address that depends on a secret. */
INLINE lanes lanes_pick(const lanes *from, uint64_t count, lanes index)
{
    lanes picked = { 0 };
    for (uint64_t k = 0; k < count; k++) {
        lanes other = (index & (count - 1)) ^ k;
        picked |= lanes_of(from[k / 8][k % 8]) & (((other | (0 - other)) >> 63) - 1);
    }
    return picked;
}

INLINE lanes lanes_pick8(lanes from, lanes index) { return lanes_pick(&from, 8, index); }

INLINE lanes lanes_pick16(lanes low, lanes high, lanes index)
{
    const lanes both[2] = { low, high };
    return lanes_pick(both, 16, index);
}
#endif
#endif
