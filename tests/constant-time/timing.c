/*
 * timing CALLS: Welch's t of the time of a call with fixed scalars against one with random scalars, CALLS of either in random order, for three fixed sets; the slowest tenth, in which
 * something else ran, is left out. A |t| above 4.5 would tell of a dependence (Reparaz, Balasch and Verbauwhede, Dude, is my code constant time?, 2017).
 */
#include "rig.h"
#include <math.h>
#include <x86intrin.h>

enum { COUNT = 8 };

static scalar given[COUNT], of_call[COUNT];
static const unsigned char *pointers[COUNT];

static int ascending(const void *a, const void *b)
{
    double difference = *(const double *)a - *(const double *)b;
    return (difference > 0) - (difference < 0);
}

int main(int arguments, char **argument)
{
    static const char *const names[] = { "1..8", "r-1..r-8", "0x55.." };
    static blst_p2_affine signatures[COUNT];
    size_t calls = arguments > 1 ? strtoul(argument[1], NULL, 10) : 20000;
    double *times[2] = { room(2 * calls * sizeof(double)), room(2 * calls * sizeof(double)) }, *all = room(2 * calls * sizeof(double));
    uint64_t random = 17;
    blst_p2_affine hash;
    if (!remote_signer_same_root_supported()) return 77;
    void *table = room(remote_signer_same_root_table_size()), *scratch = room(remote_signer_same_root_scratch_size());
    hash_point(&hash, 1);
    remote_signer_same_root_table(table, &hash);
    for (int i = 0; i < COUNT; i++) pointers[i] = of_call[i].b;
    for (int set = 0; set < 3; set++) {
        size_t count[2] = { 0, 0 };
        double mean[2] = { 0 }, variance[2] = { 0 };
        for (uint64_t i = 0; i < COUNT; i++) {
            uint64_t word[4] = { i + 1 };
            if (set == 1) {
                memcpy(word, GROUP_ORDER, sizeof word);
                word[0] -= i + 1;
            } else if (set == 2) {
                memset(word, 0x55, sizeof word);
                word[0] ^= i;
            }
            memcpy(given[i].b, word, 32);
        }
        for (size_t call = 0; call < 2 * calls; call++) {
            int which = (int)(next_random(&random) >> 63);
            for (int i = 0; i < COUNT; i++) {                    /* the same work for both */
                scalar other = random_scalar(&random);
                of_call[i] = which ? other : given[i];
            }
            uint64_t start = __rdtsc();
            remote_signer_same_root_sign(signatures, table, pointers, COUNT, scratch);
            all[call] = times[which][count[which]++] = (double)(__rdtsc() - start);
        }
        qsort(all, 2 * calls, sizeof *all, ascending);
        double limit = all[2 * calls * 9 / 10];
        for (int which = 0; which < 2; which++) {
            size_t kept = 0;
            for (size_t i = 0; i < count[which]; i++)
                if (times[which][i] < limit) times[which][kept++] = times[which][i];
            for (size_t i = 0; i < kept; i++) mean[which] += times[which][i] / (double)kept;
            for (size_t i = 0; i < kept; i++) variance[which] += (times[which][i] - mean[which]) * (times[which][i] - mean[which]) / (double)(kept - 1) / (double)kept;
        }
        printf("timing: %s against random: t = %.2f, %.0f and %.0f cycles a call of %d\n", names[set], (mean[0] - mean[1]) / sqrt(variance[0] + variance[1]), mean[0], mean[1], COUNT);
    }
    return 0;
}
