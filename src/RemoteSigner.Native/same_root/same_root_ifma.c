/*
 * Many secret scalars times one point H of G2, eight side by side with AVX-512 IFMA (see same_root.h). Only this file is compiled for AVX-512; for another architecture it says that it is
 * not supported.
 *
 * A scalar becomes four words of signs, of which byte j is an odd digit of 2^(8j) (recode.h). The table holds the odd multiples of 2^(8j) H. A batch of signatures goes in lockstep: for each
 * of its words the entries of all eight bytes are summed up, and then ((d3 Z + d2) Z + d1) Z + d0 is taken by Horner's rule, where multiplication by Z is an endomorphism that costs next to
 * nothing (psi). All additions of a step are affine and share one inversion (Montgomery's trick, on the norms in Fp).
 *
 * Affine addition knows neither equal nor opposite points nor infinity, and one zero denominator would spoil the batch. It never meets them, for any scalar in [1, r):
 *   bytes     the sum of the bytes below j is odd and smaller than 2^(8j); the entry is an odd multiple of 2^(8j). Neither equal nor opposite, all far below r.
 *   Horner    an even multiple meets an odd one; sum and difference are odd, hence not 0, and below r in size, hence not 0 modulo r. Only in the last step can the difference s' - 2 d0 reach r:
 *             then s' = r - 2, whose d0 is positive, while the difference asks for a negative one. Contradiction.
 *   table     (2k + 1) B meets 2mB, an odd multiple an even one.
 * (tests/constant-time/exceptions.py goes through all scalars of small analogues.) The order of Horner's rule matters: (d3 Z + d2) Z^2 + (d1 Z + d0) would spare an inversion and be wrong for
 * s = 2 and s = r - 2.
 */
#include "same_root.h"

#if defined(__x86_64__) || defined(EMULATE)
#include "field.h"
#include "recode.h"
#include "blst.h"
#include "blst_aux.h"

#define WINDOWS 8                      /* bytes of a word */
#define VECTORS 16                     /* of eight signatures each, in a batch */
#define WIPED 16384                    /* bytes of stack, twice what is used (tests/constant-time/left.c) */

typedef struct { fp2 x, y; } point;

/* Lane l of entry[j][v] is (2 (8v + l) + 1) 2^(8j) H. */
struct table { point entry[WINDOWS][16]; };

/* One of many values to be inverted together: the value, then its inverse; its norm; the product of all norms up to its own. */
struct inversion { fp2 value; fp norm, product; };

struct scratch {
    point sum[4 * VECTORS], entry[4 * VECTORS];
    struct inversion inversion[4 * VECTORS];
    lanes signs[VECTORS][4], even[VECTORS];
    fp2 x, y;
};

static const fp2 ZERO;

void remote_signer_clear_vector_registers(void);

/* ---- blst's form: six words of 64 bits, below p, times 2^384 ---- */

static inline void set_lane(fp *r, int lane, const blst_fp *in)
{
    EACH(i, 8) {
        int word = 52 * i / 64, shift = 52 * i % 64;
        uint64_t limb = in->l[word] >> shift;
        if (shift > 12 && word < 5) limb |= in->l[word + 1] << (64 - shift);
        r->limb[i][lane] = limb & LIMB_MASK;
    }
}

static inline void get_lane(blst_fp *r, const fp *a, int lane)
{
    EACH(word, 6) {
        int i = 64 * word / 52, shift = 64 * word % 52;
        r->l[word] = a->limb[i][lane] >> shift | a->limb[i + 1][lane] << (52 - shift);
        if (shift > 40) r->l[word] |= a->limb[i + 2][lane] << (104 - shift);
    }
}

static void from_blst(fp *a)
{
    const fp factor = fp_of(FROM_BLST);
    fp_multiply(a, a, &factor);
}

/* In place, below p. */
static void to_blst(fp *a)
{
    const fp factor = fp_of(TO_BLST);
    fp_multiply(a, a, &factor);
    for (int twice = 0; twice < 2; twice++) {                    /* it is below 2.1 p */
        fp less;
        lanes c = lanes_of(0);
        EACH(i, 8) {
            c += a->limb[i] - P1[i];
            less.limb[i] = c & LIMB_MASK;
            c = lanes_carry(c);
        }
        EACH(i, 8) a->limb[i] = lanes_select(c, a->limb[i], less.limb[i]);   /* c is 0, or -1 where a is below p */
    }
}

/* ---- inversion ---- */

/* One by blst for all eight: each lane collects the product of all lanes, and that of all others. */
static void fp_invert(fp *a)
{
    const lanes lane = { 0, 1, 2, 3, 4, 5, 6, 7 };
    fp all = *a, others, swapped;
    blst_fp inverse;
    for (uint64_t k = 1; k < 8; k *= 2) {
        EACH(i, 8) swapped.limb[i] = lanes_pick8(all.limb[i], lane ^ k);
        if (k == 1) others = swapped;
        else fp_multiply(&others, &others, &swapped);
        fp_multiply(&all, &all, &swapped);
    }
    to_blst(&all);
    get_lane(&inverse, &all, 0);
    blst_fp_inverse(&inverse, &inverse);
    for (int i = 0; i < 8; i++) set_lane(&all, i, &inverse);
    from_blst(&all);
    fp_multiply(a, &others, &all);
}

/* Every value becomes its inverse; no lane is zero. */
static void invert_all(struct inversion *w, size_t count)
{
    for (size_t i = 0; i < count; i++) {
        fp2_norm(&w[i].norm, &w[i].value);
        if (i == 0) w[i].product = w[i].norm;
        else fp_multiply(&w[i].product, &w[i - 1].product, &w[i].norm);
    }
    fp inverse = w[count - 1].product, own;                      /* of the product up to i */
    fp_invert(&inverse);
    for (size_t i = count - 1; i > 0; i--) {
        fp_multiply(&own, &inverse, &w[i - 1].product);
        fp_multiply(&inverse, &inverse, &w[i].norm);
        fp2_conjugate_times(&w[i].value, &w[i].value, &own);
    }
    fp2_conjugate_times(&w[0].value, &w[0].value, &inverse);
}

/* ---- points ---- */

static void point_difference(struct inversion *w, const point *p, const point *q) { fp2_subtract(&w->value, &q->x, &p->x, P2); }

/* r = p + q, neither equal nor opposite, with the inverse of their point_difference; r may be p */
static void point_add(point *r, const point *p, const point *q, const struct inversion *w)
{
    fp2 slope, t, x;
    fp2_subtract(&slope, &q->y, &p->y, P2);
    fp2_multiply(&slope, &slope, &w->value);
    fp2_square(&t, &slope);
    fp2_fold(&x, &t, &p->x, &q->x);
    fp2_subtract(&t, &p->x, &x, P2);
    fp2_multiply(&t, &t, &slope);
    fp2_fold(&r->y, &t, &p->y, &ZERO);
    r->x = x;
}

static void add_all(point *sum, const point *other, struct inversion *w, size_t count)
{
    for (size_t i = 0; i < count; i++) point_difference(&w[i], &sum[i], &other[i]);
    invert_all(w, count);
    for (size_t i = 0; i < count; i++) point_add(&sum[i], &sum[i], &other[i], &w[i]);
}

/* Times Z: the negative of psi, conj(x) (PSI_X i) and conj(y) (PSI_Y0 + PSI_Y1 i). */
static void point_times_z(point *p)
{
    const fp kx = fp_of(PSI_X);
    const fp2 ky = { fp_of(PSI_Y0), fp_of(PSI_Y1) };
    fp2 x;
    fp_multiply(&x.re, &p->x.im, &kx);
    fp_multiply(&x.im, &p->x.re, &kx);
    fp2_fold(&p->x, &x, &ZERO, &ZERO);
    fp_subtract(&p->y.im, &ZERO.re, &p->y.im, P2);
    fp2_multiply(&p->y, &p->y, &ky);
    fp2_fold(&p->y, &p->y, &ZERO, &ZERO);
}

/* ---- the table: public, not constant time ---- */

static void set_point_lane(point *r, fp2 *z, int lane, const blst_p2 *in)
{
    set_lane(&r->x.re, lane, &in->x.fp[0]);
    set_lane(&r->x.im, lane, &in->x.fp[1]);
    set_lane(&r->y.re, lane, &in->y.fp[0]);
    set_lane(&r->y.im, lane, &in->y.fp[1]);
    set_lane(&z->re, lane, &in->z.fp[0]);
    set_lane(&z->im, lane, &in->z.fp[1]);
}

/* Lane j of power[i] is 2^(8j + i) H. blst doubles, in Jacobian coordinates: x / z^2, y / z^3. */
static void powers_of_two(point power[8], const blst_p2_affine *hash, struct inversion w[8])
{
    blst_p2 multiple;
    blst_p2_from_affine(&multiple, hash);
    for (int k = 0; k < 64; k++) {
        set_point_lane(&power[k % 8], &w[k % 8].value, k / 8, &multiple);
        blst_p2_double(&multiple, &multiple);
    }
    for (int i = 0; i < 8; i++) {
        fp *const coordinates[6] = { &power[i].x.re, &power[i].x.im, &power[i].y.re, &power[i].y.im, &w[i].value.re, &w[i].value.im };
        for (int k = 0; k < 6; k++) from_blst(coordinates[k]);
    }
    invert_all(w, 8);
    for (int i = 0; i < 8; i++) {
        fp2 factor;
        fp2_square(&factor, &w[i].value);
        fp2_multiply(&power[i].x, &power[i].x, &factor);
        fp2_multiply(&factor, &factor, &w[i].value);
        fp2_multiply(&power[i].y, &power[i].y, &factor);
        fp2_fold(&power[i].x, &power[i].x, &ZERO, &ZERO);
        fp2_fold(&power[i].y, &power[i].y, &ZERO, &ZERO);
    }
}

/* limbs of a point, in its order */
static lanes *limbs(point *p) { return p->x.re.limb; }

/* B, 3B, .., 15B for all windows at once, then by doubling the number of entries up to 255B. */
void remote_signer_same_root_table(void *memory, const void *hash)
{
    struct table *table = memory;
    struct inversion w[32];
    point power[8], odd[8], step[4];
    powers_of_two(power, hash, w);
    odd[0] = power[0];
    for (int m = 1, level = 1; m < 8; m *= 2, level++) {         /* + 2mB */
        for (int i = 0; i < m; i++) point_difference(&w[i], &odd[i], &power[level]);
        invert_all(w, (size_t)m);
        for (int i = 0; i < m; i++) point_add(&odd[m + i], &odd[i], &power[level], &w[i]);
    }
    for (int j = 0; j < WINDOWS; j++)                            /* from a window in each lane to an entry in each lane */
        for (int k = 0; k < 8; k++)
            for (int i = 0; i < 32; i++) limbs(&table->entry[j][0])[i][k] = limbs(&odd[k])[i][j];
    for (int half = 0; half < WINDOWS; half += 4)
        for (int m = 1, level = 4; m < 16; m *= 2, level++) {    /* + 16mB, four windows at a time to spare stack */
            for (int j = 0; j < 4; j++) {
                for (int i = 0; i < 32; i++) limbs(&step[j])[i] = lanes_of(limbs(&power[level])[i][half + j]);
                for (int i = 0; i < m; i++) point_difference(&w[m * j + i], &table->entry[half + j][i], &step[j]);
            }
            invert_all(w, 4 * (size_t)m);
            for (int j = 0; j < 4; j++)
                for (int i = 0; i < m; i++) point_add(&table->entry[half + j][m + i], &table->entry[half + j][i], &step[j], &w[m * j + i]);
        }
}

/*
 * r = (2 byte - 255) times the window's point in each lane. Every line of the window is read whatever the bytes are; they choose only between registers.
 * 2p - y of a negative digit may be as large as 2p.
 */
NOINLINE void lookup(point *r, const point window[16], lanes byte)
{
    lanes positive = 0 - (byte >> 7), index = byte ^ ~positive, bit4 = 0 - (index >> 4 & 1), bit5 = 0 - (index >> 5 & 1), bit6 = 0 - (index >> 6 & 1);
    lanes *out = limbs(r);
    for (int i = 0; i < 32; i++) {
        const lanes *row = window[0].x.re.limb + i;              /* the next eight entries are a point further */
        lanes t[8];
        EACH(k, 8) t[k] = lanes_pick16(row[64 * k], row[64 * k + 32], index);
        EACH(k, 4) t[k] = lanes_select(bit4, t[2 * k + 1], t[2 * k]);
        EACH(k, 2) t[k] = lanes_select(bit5, t[2 * k + 1], t[2 * k]);
        out[i] = lanes_select(bit6, t[1], t[0]);
    }
    fp *const y[2] = { &r->y.re, &r->y.im };
    for (int k = 0; k < 2; k++) {
        lanes t[8];
        EACH(i, 8) t[i] = lanes_select(positive, y[k]->limb[i], P2[i] - y[k]->limb[i]);
        fp_carry(y[k], t);
    }
}

/* ---- signing ---- */

static void store(blst_p2_affine *signatures, size_t count, const point *p, lanes even, struct scratch *s)
{
    fp2 negative;
    s->x = p->x;
    fp2_subtract(&negative, &ZERO, &p->y, P2);
    EACH(i, 8) {
        s->y.re.limb[i] = lanes_select(even, negative.re.limb[i], p->y.re.limb[i]);
        s->y.im.limb[i] = lanes_select(even, negative.im.limb[i], p->y.im.limb[i]);
    }
    to_blst(&s->x.re);
    to_blst(&s->x.im);
    to_blst(&s->y.re);
    to_blst(&s->y.im);
    for (size_t i = 0; i < count; i++) {
        get_lane(&signatures[i].x.fp[0], &s->x.re, (int)i);
        get_lane(&signatures[i].x.fp[1], &s->x.im, (int)i);
        get_lane(&signatures[i].y.fp[0], &s->y.re, (int)i);
        get_lane(&signatures[i].y.fp[1], &s->y.im, (int)i);
    }
}

NOINLINE void sign(blst_p2_affine *signatures, const struct table *table, const unsigned char *const *scalars, size_t count, struct scratch *s)
{
    size_t vectors = (count + 7) / 8;
    for (size_t i = 0; i < 8 * vectors; i++) {                   /* idle lanes repeat a scalar: one that never meets an exception */
        uint64_t signs[4], even;
        recode(signs, &even, scalars[i < count ? i : 0]);
        for (int c = 0; c < 4; c++) s->signs[i / 8][c][i % 8] = signs[c];
        s->even[i / 8][i % 8] = even;
    }
    for (int j = 0; j < WINDOWS; j++) {                          /* word c of vector v stands at c * vectors + v */
        for (size_t c = 0; c < 4; c++)
            for (size_t v = 0; v < vectors; v++) lookup(&(j == 0 ? s->sum : s->entry)[c * vectors + v], table->entry[j], s->signs[v][c] >> 8 * j & 255);
        if (j > 0) add_all(s->sum, s->entry, s->inversion, 4 * vectors);
    }
    point *sum = s->sum + 3 * vectors;
    for (size_t c = 3; c-- > 0;) {
        for (size_t v = 0; v < vectors; v++) point_times_z(&sum[v]);
        add_all(sum, s->sum + c * vectors, s->inversion, vectors);
    }
    for (size_t v = 0; v < vectors; v++) store(signatures + 8 * v, count - 8 * v < 8 ? count - 8 * v : 8, &sum[v], s->even[v], s);
}

/* What sign and the functions below it spilled: this frame lies where theirs were. */
NOINLINE void wipe_stack(void)
{
    uint64_t room[WIPED / 8];
    memset(room, 0, sizeof room);
    __asm__ volatile("" : : "r"(room) : "memory");
}

void remote_signer_same_root_sign(void *signatures, const void *table, const unsigned char *const *scalars, size_t count, void *scratch)
{
    sign(signatures, table, scalars, count, scratch);
    wipe_stack();
    remote_signer_clear_vector_registers();
}

size_t remote_signer_same_root_table_size(void) { return sizeof(struct table); }
size_t remote_signer_same_root_scratch_size(void) { return sizeof(struct scratch); }
size_t remote_signer_same_root_batch(void) { return 8 * VECTORS; }

/* __builtin_cpu_supports asks xgetbv, too, whether the operating system keeps the registers. */
#ifdef EMULATE
int remote_signer_same_root_supported(void) { return 1; }
#else
int remote_signer_same_root_supported(void)
{
    return __builtin_cpu_supports("avx512f") && __builtin_cpu_supports("avx512dq") && __builtin_cpu_supports("avx512ifma");
}
#endif

#else
int remote_signer_same_root_supported(void) { return 0; }
size_t remote_signer_same_root_table_size(void) { return 0; }
size_t remote_signer_same_root_scratch_size(void) { return 0; }
size_t remote_signer_same_root_batch(void) { return 0; }

void remote_signer_same_root_table(void *table, const void *hash)
{
    (void)table, (void)hash;
    __builtin_trap();
}

void remote_signer_same_root_sign(void *signatures, const void *table, const unsigned char *const *scalars, size_t count, void *scratch)
{
    (void)signatures, (void)table, (void)scalars, (void)count, (void)scratch;
    __builtin_trap();
}
#endif
