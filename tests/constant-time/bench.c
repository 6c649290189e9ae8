/*
 * bench ROUNDS: the processor time of a signature over one root, hash to curve, table and compression included, against raw blst (hash to curve, sign, compress) in the same process.
 * Each round measures raw blst before and after the sample; medians of all rounds.
 */
#include "rig.h"
#include <time.h>

enum { MOST = 1000, ROUNDS_MOST = 1001 };

static const char SUITE[] = "BLS_SIG_BLS12381G2_XMD:SHA-256_SSWU_RO_POP_";
static scalar keys[MOST];
static const unsigned char *pointers[MOST];
static blst_p2_affine signatures[MOST];
static byte out[MOST][96];
static void *table, *scratch;

static double now(void)
{
    struct timespec t;
    clock_gettime(CLOCK_THREAD_CPUTIME_ID, &t);
    return (double)t.tv_sec * 1e6 + (double)t.tv_nsec / 1e3;
}

static void hash_root(blst_p2 *hash, uint64_t root)
{
    byte message[32] = { 0 };
    memcpy(message, &root, sizeof root);
    blst_hash_to_g2(hash, message, sizeof message, (const byte *)SUITE, sizeof SUITE - 1, NULL, 0);
}

static double raw(uint64_t root)
{
    enum { TIMES = 8 };
    blst_p2 point;
    double start = now();
    for (uint64_t i = 0; i < TIMES; i++) {
        hash_root(&point, root + i);
        blst_sign_pk_in_g1(&point, &point, (const blst_scalar *)keys[i].b);
        blst_p2_compress(out[i], &point);
    }
    return (now() - start) / TIMES;
}

/* Microseconds of the hash and the table; of all signatures. */
static void same_root(uint64_t root, size_t count, double *table_time, double *sign_time)
{
    blst_p2 point;
    blst_p2_affine hash;
    size_t batch = remote_signer_same_root_batch();
    double start = now();
    hash_root(&point, root);
    blst_p2_to_affine(&hash, &point);
    remote_signer_same_root_table(table, &hash);
    *table_time = now() - start;
    for (size_t done = 0; done < count; done += batch)
        remote_signer_same_root_sign(signatures + done, table, pointers + done, count - done < batch ? count - done : batch, scratch);
    for (size_t i = 0; i < count; i++) blst_p2_affine_compress(out[i], &signatures[i]);
    *sign_time = now() - start - *table_time;
}

static int ascending(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

static double median(double *values, size_t count)
{
    qsort(values, count, sizeof *values, ascending);
    return values[count / 2];
}

int main(int arguments, char **argument)
{
    static double raw_times[ROUNDS_MOST], tables[ROUNDS_MOST], signs[ROUNDS_MOST], ratios[ROUNDS_MOST];
    static const size_t counts[] = { 8, 64, 256, 1000 };
    size_t rounds = arguments > 1 ? strtoul(argument[1], NULL, 10) : 41;
    uint64_t random = 7, root = 1;
    if (!remote_signer_same_root_supported()) {
        puts("bench: this processor has no AVX-512 IFMA");
        return 77;
    }
    if (rounds == 0 || rounds > ROUNDS_MOST) return 2;
    table = room(remote_signer_same_root_table_size());
    scratch = room(remote_signer_same_root_scratch_size());
    for (size_t i = 0; i < MOST; i++) pointers[i] = (keys[i] = random_scalar(&random)).b;
    printf("table %zu KiB, scratch %zu KiB\n", remote_signer_same_root_table_size() >> 10, remote_signer_same_root_scratch_size() >> 10);
    puts("count   raw blst us   hash+table us   us/signature   of it without hash+table   ratio to raw blst");
    for (size_t c = 0; c < sizeof counts / sizeof *counts; c++) {
        double whole;
        for (size_t round = 0; round < rounds; round++, root += 100) {
            double before = raw(root);
            same_root(root + 50, counts[c], &tables[round], &signs[round]);
            raw_times[round] = (before + raw(root + 60)) / 2;
            whole = (tables[round] + signs[round]) / (double)counts[c];
            ratios[round] = raw_times[round] / whole;
        }
        double of_raw = median(raw_times, rounds), of_table = median(tables, rounds), of_signs = median(signs, rounds) / (double)counts[c];
        printf("%5zu %13.1f %15.1f %14.2f %26.2f %19.1f\n", counts[c], of_raw, of_table, of_signs + of_table / (double)counts[c], of_signs, median(ratios, rounds));
    }
    return 0;
}
