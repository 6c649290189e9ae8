/* What the programs of this folder share: memory, points, scalars by the hundred, and blst's own signature to compare with. */
#ifndef RIG_H
#define RIG_H
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include "blst.h"
#include "blst_aux.h"
#include "same_root.h"

typedef struct { byte b[32]; } scalar;

static const uint64_t GROUP_ORDER[4] = { 0xffffffff00000001u, 0x53bda402fffe5bfeu, 0x3339d80809a1d805u, 0x73eda753299d7d48u };

static inline void *room(size_t size)
{
    void *memory = aligned_alloc(64, (size + 63) & ~(size_t)63);
    if (memory == NULL) exit(9);
    memset(memory, 0, size);
    return memory;
}

/* Reproducible: xorshift64*, from any seed. */
static inline uint64_t next_random(uint64_t *state)
{
    if (*state == 0) *state = 0x9e3779b97f4a7c15u;
    *state ^= *state << 13;
    *state ^= *state >> 7;
    *state ^= *state << 17;
    return *state * 0x2545f4914f6cdd1du;
}

static inline scalar random_scalar(uint64_t *state)
{
    uint64_t word[4];
    scalar s;
    do {
        for (int i = 0; i < 4; i++) word[i] = next_random(state);
        word[3] >>= 1;
        memcpy(s.b, word, 32);
    } while (!blst_sk_check((const blst_scalar *)s.b));
    return s;
}

static inline void hash_point(blst_p2_affine *hash, unsigned message)
{
    static const char suite[] = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
    blst_p2 point;
    byte root[32];
    memset(root, (int)message, sizeof root);
    blst_hash_to_g2(&point, root, sizeof root, (const byte *)suite, sizeof suite - 1, NULL, 0);
    blst_p2_to_affine(hash, &point);
}

static inline void blst_signature(blst_p2_affine *signature, const blst_p2_affine *hash, const scalar *s)
{
    blst_p2 point;
    memset(signature, 0, sizeof *signature);
    blst_p2_from_affine(&point, hash);
    blst_sign_pk_in_g1(&point, &point, (const blst_scalar *)s->b);
    blst_p2_to_affine(signature, &point);
}
#endif
