/* field: the functions of field.h, recode.h and same_root_ifma.c for field.py, which asks by standard input: one octet of operation, six fp; the answer is two fp. */
#include "same_root_ifma.c"
#include <stdio.h>

int main(void)
{
    static struct { fp2 a, b, c; } in;
    static fp2 r;
    int operation;
    while ((operation = getchar()) != EOF) {
        if (fread(&in, sizeof in, 1, stdin) != 1) return 2;
        r = ZERO;
        switch (operation) {
        case 'm': fp_multiply(&r.re, &in.a.re, &in.b.re); break;
        case 'M': fp2_multiply(&r, &in.a, &in.b); break;
        case 's': fp2_square(&r, &in.a); break;
        case 'n': fp2_norm(&r.re, &in.a); break;
        case 'c': fp2_conjugate_times(&r, &in.a, &in.b.re); break;
        case 'd': fp2_subtract(&r, &in.a, &in.b, P2); break;
        case 'f': fp2_fold(&r, &in.a, &in.b, &in.c); break;
        case 'i': r = in.a; fp_invert(&r.re); break;
        case 'b': r = in.a; to_blst(&r.re); from_blst(&r.im); break;
        case 'r':                                                /* lane i: its scalar in limbs 0 to 3, the signs come back there and the mask in limb 4 */
            for (int i = 0; i < 8; i++) {
                uint64_t words[4], signs[4], even;
                for (int k = 0; k < 4; k++) words[k] = in.a.re.limb[k][i];
                recode(signs, &even, (const unsigned char *)words);
                for (int k = 0; k < 4; k++) r.re.limb[k][i] = signs[k];
                r.re.limb[4][i] = even;
            }
            break;
        default: return 2;
        }
        if (fwrite(&r, sizeof r, 1, stdout) != 1) return 2;
        fflush(stdout);
    }
    return 0;
}
