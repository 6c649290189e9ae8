/*
 * undefined: signs with scalars whose bytes valgrind holds for undefined, so that it reports every branch and every address that depends on them. The signatures are defined again before
 * they are compared with blst's.
 */
#include "rig.h"
#include <valgrind/memcheck.h>

enum { COUNT = 11 };

int main(void)
{
    static scalar scalars[COUNT];
    static byte marks[COUNT * sizeof(blst_p2_affine)];
    static blst_p2_affine got[COUNT], expected[COUNT];
    const unsigned char *pointers[COUNT];
    blst_p2_affine hash;
    uint64_t random = 3;
    void *table = room(remote_signer_same_root_table_size()), *scratch = room(remote_signer_same_root_scratch_size());
    hash_point(&hash, 9);
    for (int i = 0; i < COUNT; i++) {
        pointers[i] = (scalars[i] = random_scalar(&random)).b;
        blst_signature(&expected[i], &hash, &scalars[i]);
    }
    remote_signer_same_root_table(table, &hash);
    VALGRIND_MAKE_MEM_UNDEFINED(scalars, sizeof scalars);
    remote_signer_same_root_sign(got, table, pointers, COUNT, scratch);
    VALGRIND_GET_VBITS(got, marks, sizeof got);
    for (size_t i = 0; i < sizeof got; i += 8) {                 /* the marks came through to each word */
        uint64_t mark;
        memcpy(&mark, marks + i, 8);
        if (mark == 0) return 3;
    }
    VALGRIND_MAKE_MEM_DEFINED(got, sizeof got);
    return memcmp(got, expected, sizeof got) != 0;
}
