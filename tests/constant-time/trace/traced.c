/* traced SET: signs eight scalars of the set between two int3 (a digit, so that the stack looks the same for each). Linked statically and without relocation. */
#include "rig.h"

enum { COUNT = 8 };

static scalar choose(int set, uint64_t i)
{
    uint64_t word[4] = { 0 }, random = 1000 * (uint64_t)set + i;
    scalar s;
    switch (set) {
    case 0: word[0] = i + 1; break;
    case 1: memcpy(word, GROUP_ORDER, 32); word[0] -= i + 1; break;
    case 2: memset(word, 0x55, 32); word[0] ^= i; break;
    case 3: word[3] = (uint64_t)7 << 60; word[0] = i; break;
    default: return random_scalar(&random);
    }
    memcpy(s.b, word, 32);
    return s;
}

int main(int arguments, char **argument)
{
    static scalar scalars[COUNT];
    static blst_p2_affine signatures[COUNT], expected;
    const unsigned char *pointers[COUNT];
    blst_p2_affine hash;
    if (arguments != 2) return 2;
    void *table = room(remote_signer_same_root_table_size()), *scratch = room(remote_signer_same_root_scratch_size());
    hash_point(&hash, 9);
    remote_signer_same_root_table(table, &hash);
    for (int i = 0; i < COUNT; i++) pointers[i] = (scalars[i] = choose(argument[1][0] - '0', (uint64_t)i)).b;
    remote_signer_same_root_sign(signatures, table, pointers, COUNT, scratch);    /* pages are there */
    memset(signatures, 0, sizeof signatures);
    __asm__ volatile("int3" : : : "memory");
    remote_signer_same_root_sign(signatures, table, pointers, COUNT, scratch);
    __asm__ volatile("int3" : : : "memory");
    for (int i = 0; i < COUNT; i++) {
        blst_signature(&expected, &hash, &scalars[i]);
        if (memcmp(&signatures[i], &expected, sizeof expected) != 0) return 1;
    }
    return 0;
}
