/*
 * identity RANDOM LENGTHS EACH: same-root signatures against blst's, bit by bit: every EACH-th edge scalar over two messages, RANDOM others over one, every length from 1 to LENGTHS.
 * One line of figures; 0 where no signature differs.
 */
#include "rig.h"

typedef unsigned __int128 wide;

static const uint64_t Z = 0xd201000000010000u;
static scalar *scalars;
static size_t count, room_for;

static void add_signed(uint64_t v[4], int64_t amount)
{
    wide carry = (wide)(uint64_t)amount;
    for (int i = 0; i < 4; i++) {
        carry += v[i];
        v[i] = (uint64_t)carry;
        carry = (carry >> 64) + (i < 3 && amount < 0 ? ~(uint64_t)0 : 0);
    }
}

static void multiply(uint64_t v[4], uint64_t factor)
{
    wide carry = 0;
    for (int i = 0; i < 4; i++) {
        carry += (wide)v[i] * factor;
        v[i] = (uint64_t)carry;
        carry >>= 64;
    }
}

static void push(const uint64_t v[4])
{
    scalar s;
    memcpy(s.b, v, 32);
    if (!blst_sk_check((const blst_scalar *)s.b)) return;
    if (count == room_for) scalars = realloc(scalars, (room_for = 2 * room_for + 1024) * sizeof *scalars);
    if (scalars == NULL) exit(9);
    scalars[count++] = s;
}

/* v + amount and its negative modulo r, where they are lawful. */
static void edge(const uint64_t v[4], int64_t amount)
{
    uint64_t sum[4], negative[4], borrow = 0;
    memcpy(sum, v, 32);
    add_signed(sum, amount);
    for (int i = 0; i < 4; i++) {
        wide difference = (wide)GROUP_ORDER[i] - sum[i] - borrow;
        negative[i] = (uint64_t)difference;
        borrow = (uint64_t)(difference >> 127);
    }
    push(sum);
    push(negative);
}

static void edges(uint64_t *random)
{
    static const uint64_t zero[4], digits[8] = { 0, 1, 2, Z - 1, Z - 2, Z / 2, Z / 2 - 1, (uint64_t)1 << 63 };
    uint64_t v[4];
    for (int64_t k = 0; k <= 600; k++) edge(zero, k);
    for (int bit = 0; bit < 255; bit++)
        for (int d = -3; d <= 3; d++) {
            memset(v, 0, sizeof v);
            v[bit / 64] = (uint64_t)1 << bit % 64;
            edge(v, d);
        }
    for (int n = 1; n <= 4; n++)
        for (uint64_t m = 1; m <= 3; m++)
            for (int d = -5; d <= 5; d++) {
                memset(v, 0, sizeof v);
                v[0] = m;
                for (int i = 0; i < n; i++) multiply(v, Z);
                edge(v, d);
            }
    for (unsigned corner = 0; corner < 4096; corner++) {         /* every choice of four digits to the base |z| */
        memset(v, 0, sizeof v);
        for (int c = 9; c >= 0; c -= 3) {
            wide low;
            multiply(v, Z);
            low = (wide)v[0] + digits[corner >> c & 7];
            v[0] = (uint64_t)low;
            for (int i = 1; i < 4 && low >> 64 != 0; i++) v[i] = (uint64_t)(low = (wide)v[i] + 1);
        }
        edge(v, 0);
    }
    for (int i = 0; i < 4; i++) v[i] = GROUP_ORDER[i] >> 1 | (i < 3 ? GROUP_ORDER[i + 1] << 63 : 0);
    for (int d = -4; d <= 4; d++) edge(v, d);
    for (int value = 0; value < 256; value++) {
        memset(v, value, sizeof v);
        edge(v, 0);
        v[3] &= ~(uint64_t)0 >> 4;
        edge(v, 0);
    }
    for (int run = 0; run < 2000; run++) {
        memset(v, 0, sizeof v);
        uint64_t from = next_random(random) % 255, to = next_random(random) % 255;
        for (uint64_t bit = from; bit != to; bit = (bit + 1) % 255) v[bit / 64] |= (uint64_t)1 << bit % 64;
        edge(v, 0);
    }
}

/* In calls of at most a batch, as the product makes them. */
static void sign(blst_p2_affine *signatures, const void *table, const unsigned char **pointers, size_t length, void *scratch)
{
    size_t batch = remote_signer_same_root_batch();
    for (size_t done = 0; done < length; done += batch)
        remote_signer_same_root_sign(signatures + done, table, pointers + done, length - done < batch ? length - done : batch, scratch);
}

int main(int arguments, char **argument)
{
    size_t random_count = arguments > 1 ? strtoul(argument[1], NULL, 10) : 20000, lengths = arguments > 2 ? strtoul(argument[2], NULL, 10) : 300;
    size_t each = arguments > 3 ? strtoul(argument[3], NULL, 10) : 1;
    uint64_t random = 2024;
    if (!remote_signer_same_root_supported()) {
        puts("identity: this processor has no AVX-512 IFMA");
        return 77;
    }
    edges(&random);
    for (size_t i = 0; i < count; i += each) scalars[i / each] = scalars[i];
    count = (count + each - 1) / each;
    size_t edge_count = count, compared = 0, differ = 0;
    for (size_t i = 0; i < random_count; i++) {
        scalar s = random_scalar(&random);
        push((const uint64_t *)(const void *)&s);
    }
    const unsigned char **pointers = calloc(count, sizeof *pointers);
    blst_p2_affine hash, *expected = room(count * sizeof *expected), *got = room((count + 1) * sizeof *got), untouched;
    void *table = room(remote_signer_same_root_table_size()), *scratch = room(remote_signer_same_root_scratch_size());
    if (pointers == NULL) return 9;
    for (size_t i = 0; i < count; i++) pointers[i] = scalars[i].b;
    memset(&untouched, 0xee, sizeof untouched);
    for (unsigned message = 0; message < 2; message++) {
        size_t of_this = message == 0 ? count : edge_count;
        hash_point(&hash, 37 * message);
        remote_signer_same_root_table(table, &hash);
        for (size_t i = 0; i < of_this; i++) blst_signature(&expected[i], &hash, &scalars[i]);
        sign(got, table, pointers, of_this, scratch);
        for (size_t i = 0; i < of_this; i++, compared++) {
            if (memcmp(&got[i], &expected[i], sizeof *got) == 0) continue;
            if (differ++ < 5) {
                printf("differs: ");
                for (int k = 31; k >= 0; k--) printf("%02x", scalars[i].b[k]);
                puts("");
            }
        }
        for (size_t length = 1; length <= lengths; length++) {
            size_t offset = length * 977 % (of_this - length);
            for (size_t i = 0; i <= length; i++) got[i] = untouched;
            sign(got, table, pointers + offset, length, scratch);
            for (size_t i = 0; i < length; i++, compared++) differ += memcmp(&got[i], &expected[offset + i], sizeof *got) != 0;
            differ += memcmp(&got[length], &untouched, sizeof *got) != 0;
        }
    }
    printf("identity: %zu edge and %zu random scalars, lengths 1 to %zu: %zu comparisons, %zu differ\n", edge_count, random_count, lengths, compared, differ);
    return differ != 0;
}
