/*
 * Signatures of many secret scalars over one point of G2 (all attesters of a slot sign the same root), eight side by side. The memory of a table and of scratch is the caller's, aligned to
 * 64 bytes. A table is public, and many threads may read it at once.
 */
#ifndef SAME_ROOT_H
#define SAME_ROOT_H
#include <stddef.h>

/* 1 where processor and operating system have AVX-512 with IFMA. Where it is 0, none of the others may be called. */
int remote_signer_same_root_supported(void);

/* Bytes of the table of one point. */
size_t remote_signer_same_root_table_size(void);

/* Bytes that one call to sign works in. What it leaves in them is as secret as the scalars: the caller wipes it. */
size_t remote_signer_same_root_scratch_size(void);

/* The most scalars of one call. */
size_t remote_signer_same_root_batch(void);

/* hash: a blst_p2_affine of the subgroup, not infinity (what hash_to_g2 gives is in it, and infinity with no chance). Not constant time, 120 KB of stack. */
void remote_signer_same_root_table(void *table, const void *hash);

/*
 * signatures: blst_p2_affine[count], scalars[i] times the point of the table. scalars: 32 bytes each, little endian, in [1, r); one that is not spoils all signatures of the call.
 * count: 1 to ..._batch(). Constant time: no branch and no address depends on a scalar. Stack and vector registers keep nothing of them.
 */
void remote_signer_same_root_sign(void *signatures, const void *table, const unsigned char *const *scalars, size_t count, void *scratch);
#endif
