/*
 * Fp and Fp2 of BLS12-381, eight elements side by side: eight limbs of 52 bits, Montgomery form with R = 2^416. That is 35 bits more than p has, so that a sum or difference goes into a
 * product as it is; it only has to be carried, as a product reads the low 52 bits of a limb. Values are taken modulo p and need not be below it:
 *
 *   what                           bound                    why
 *   limbs between functions        [0, 2^52)                fp_carry, the highest takes the rest: values in [0, 2^416)
 *   factors                        [0, 2^10 p)              then |columns| < 2^58 and |product| / 2^416 < 2^-14 p, of two products together
 *   fp_multiply, fp2_norm          [0, 2.1 p)               product / 2^416 + p (1 + 2^-50) by seven limbs, + p by the last one (fp_reduce)
 *   fp2_multiply                   [0, 3.1 p)               the same, + p as a0 b0 - a1 b1 may be negative
 *   fp2_square                     [0, 2.1 p)               of an imaginary part that is at most 4p, which is added to its negative
 *   fp2_conjugate_times            [0, 3p]                  imaginary part 3p - product
 *   fp_fold                        [0, (1 + 2^-13) p)       of a value in (-2.5 p, 5 p)
 *   coordinates of a point         [0, (1 + 2^-13) p)       fp_fold; but y up to 2p where it was just looked up (lookup)
 *   differences in additions       [0, 4p]                  + 2p (point_add, batch)
 *   slopes                         [0, 3.1 p)               fp2_multiply: below 4p, as fp2_square needs it
 *   what is folded                 (-2.1 p, 3.1 p)          square - x - x', product - y with y up to 2p
 */
#ifndef SAME_ROOT_FIELD_H
#define SAME_ROOT_FIELD_H
#include "lanes.h"
#include "constants.h"

typedef struct { lanes limb[8]; } fp;
typedef struct { fp re, im; } fp2;

#define NOINLINE static __attribute__((noinline))
#define UNROLL _Pragma("GCC unroll 16")
#define EACH(i, count) UNROLL for (int i = 0; i < (count); i++)

/* r = the columns of a value in [0, 2^416), each below 2^62 in size */
INLINE void fp_carry(fp *r, const lanes columns[8])
{
    lanes c = columns[0];
    EACH(i, 7) {
        r->limb[i] = c & LIMB_MASK;
        c = columns[i + 1] + lanes_carry(c);
    }
    r->limb[7] = c;
}

INLINE fp fp_of(const uint64_t number[8])
{
    fp r;
    EACH(i, 8) r.limb[i] = lanes_of(number[i]);
    return r;
}

INLINE void fp_add(fp *r, const fp *a, const fp *b)
{
    lanes t[8];
    EACH(i, 8) t[i] = a->limb[i] + b->limb[i];
    fp_carry(r, t);
}

/* r = a - b + multiple of p, which is at least b */
INLINE void fp_subtract(fp *r, const fp *a, const fp *b, const uint64_t multiple[8])
{
    lanes t[8];
    EACH(i, 8) t[i] = a->limb[i] - b->limb[i] + multiple[i];
    fp_carry(r, t);
}

/*
 * r = columns mod p, in [0, (1 + 2^-13) p), for a value v in (-2.5 p, 5 p) of columns below 2^54 in size.
 * The columns below the highest change v / 2^364 by less than 4.01, and 3p is 3 P_TOP and up to 0.4 of it: top is at most (v + 3p) / 2^364, and less than 9 below. Hence
 * q <= (v + 3p) / p, and what rounding the factor and top costs is below 2^-13: v + (3 - q) p is in the range told.
 */
INLINE void fp_fold(fp *r, const lanes columns[8])
{
    lanes t[8], top = columns[7] + (3 * P_TOP - 4), q = lanes_multiply32(top, lanes_of(FOLD_FACTOR)) >> 36;
    EACH(i, 8) t[i] = columns[i] + lanes_pick8(*(const lanes *)FOLD[i], q);
    fp_carry(r, t);
}

/* The sixteen columns of a * b, each below 2^56. */
INLINE void fp_product(lanes t[16], const fp *a, const fp *b)
{
    EACH(i, 16) t[i] = lanes_of(0);
    EACH(i, 8) {
        EACH(j, 8) t[i + j] = lanes_add_low(t[i + j], a->limb[i], b->limb[j]);
        EACH(j, 8) t[i + j + 1] = lanes_add_high(t[i + j + 1], a->limb[i], b->limb[j]);
    }
}

/* The same of a * a. Columns are doubled, not limbs, which have no bit to spare. */
INLINE void fp_product_square(lanes t[16], const fp *a)
{
    EACH(i, 16) t[i] = lanes_of(0);
    EACH(i, 7) UNROLL for (int j = i + 1; j < 8; j++) {
        t[i + j] = lanes_add_low(t[i + j], a->limb[i], a->limb[j]);
        t[i + j + 1] = lanes_add_high(t[i + j + 1], a->limb[i], a->limb[j]);
    }
    EACH(i, 16) t[i] += t[i];
    EACH(i, 8) {
        t[2 * i] = lanes_add_low(t[2 * i], a->limb[i], a->limb[i]);
        t[2 * i + 1] = lanes_add_high(t[2 * i + 1], a->limb[i], a->limb[i]);
    }
}

/*
 * u = t / 2^416 mod p, not carried, in (t / 2^416, t / 2^416 + 2.001 p); columns of t may be negative.
 * Seven limbs leave by t0 + 2^52 t' = 2^52 (t' + t0 2^-52) mod p, which needs no quotient and so has no long chain; the eighth by Montgomery's quotient, which brings the value down.
 */
INLINE void fp_reduce(lanes u[8], lanes t[16])
{
    EACH(i, 7) {
        t[i + 1] += lanes_carry(t[i]);
        EACH(j, 8) t[i + 1 + j] = lanes_add_low(t[i + 1 + j], t[i], lanes_of(LIMB_INVERSE[j]));
        EACH(j, 8) t[i + 2 + j] = lanes_add_high(t[i + 2 + j], t[i], lanes_of(LIMB_INVERSE[j]));
    }
    lanes q = lanes_add_low(lanes_of(0), t[7], lanes_of(P_INVERSE));
    EACH(j, 8) t[7 + j] = lanes_add_low(t[7 + j], q, lanes_of(P1[j]));
    EACH(j, 8) t[8 + j] = lanes_add_high(t[8 + j], q, lanes_of(P1[j]));
    t[8] += lanes_carry(t[7]);                                   /* the low 52 bits of t[7] are zero now */
    EACH(i, 8) u[i] = t[8 + i];
}

NOINLINE void fp_multiply(fp *r, const fp *a, const fp *b)
{
    lanes t[16], u[8];
    fp_product(t, a, b);
    fp_reduce(u, t);
    fp_carry(r, u);
}

/* Karatsuba on columns: a0 b0, a1 b1 and (a0 + a1)(b0 + b1), reduced twice instead of three times. */
NOINLINE void fp2_multiply(fp2 *r, const fp2 *a, const fp2 *b)
{
    fp a_sum, b_sum;
    lanes difference[16], sum[16], u[8];
    fp_add(&a_sum, &a->re, &a->im);
    fp_add(&b_sum, &b->re, &b->im);
    fp_product(difference, &a->re, &b->re);
    fp_product(sum, &a->im, &b->im);
    EACH(i, 16) {
        lanes im = sum[i];
        sum[i] = difference[i] + im;
        difference[i] -= im;
    }
    fp_reduce(u, difference);
    EACH(i, 8) u[i] += P1[i];
    fp_carry(&r->re, u);
    fp_product(difference, &a_sum, &b_sum);
    EACH(i, 16) difference[i] -= sum[i];
    fp_reduce(u, difference);
    fp_carry(&r->im, u);
}

/* (a0 + a1)(a0 - a1) and 2 a0 a1; a1 at most 4p */
NOINLINE void fp2_square(fp2 *r, const fp2 *a)
{
    fp sum, difference;
    lanes t[16], u[8];
    fp_add(&sum, &a->re, &a->im);
    fp_subtract(&difference, &a->re, &a->im, P4);
    fp_product(t, &a->re, &a->im);
    EACH(i, 16) t[i] += t[i];
    fp_reduce(u, t);
    fp_carry(&r->im, u);
    fp_product(t, &sum, &difference);
    fp_reduce(u, t);
    fp_carry(&r->re, u);
}

/* a0^2 + a1^2, which is zero modulo p for a = 0 only: -1 is no square modulo p */
NOINLINE void fp2_norm(fp *r, const fp2 *a)
{
    lanes t[16], im[16], u[8];
    fp_product_square(t, &a->re);
    fp_product_square(im, &a->im);
    EACH(i, 16) t[i] += im[i];
    fp_reduce(u, t);
    fp_carry(r, u);
}

/* conj(a) b: 1/a, where b is 1/norm(a) */
NOINLINE void fp2_conjugate_times(fp2 *r, const fp2 *a, const fp *b)
{
    lanes t[16], u[8];
    fp_product(t, &a->re, b);
    fp_reduce(u, t);
    fp_carry(&r->re, u);
    fp_product(t, &a->im, b);
    fp_reduce(u, t);
    EACH(i, 8) u[i] = P3[i] - u[i];
    fp_carry(&r->im, u);
}

INLINE void fp2_subtract(fp2 *r, const fp2 *a, const fp2 *b, const uint64_t multiple[8])
{
    fp_subtract(&r->re, &a->re, &b->re, multiple);
    fp_subtract(&r->im, &a->im, &b->im, multiple);
}

/* r = a - b - c, folded; any of a, b, c may be r */
INLINE void fp2_fold(fp2 *r, const fp2 *a, const fp2 *b, const fp2 *c)
{
    lanes t[8];
    EACH(i, 8) t[i] = a->re.limb[i] - b->re.limb[i] - c->re.limb[i];
    fp_fold(&r->re, t);
    EACH(i, 8) t[i] = a->im.limb[i] - b->im.limb[i] - c->im.limb[i];
    fp_fold(&r->im, t);
}
#endif
