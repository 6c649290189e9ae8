/*
 * left: what a call leaves behind. It signs on a stack of its own, painted before, once for each of two sets of scalars; stack and registers must look alike afterwards, and vector registers
 * be zero. The source is included, to see as well what the signing itself leaves before it is wiped, and how deep it goes.
 */
#include "same_root_ifma.c"
#include "rig.h"
#include <ucontext.h>

enum { COUNT = 128, STACK = 1 << 17 };

static byte stack[STACK] __attribute__((aligned(64))), first[STACK];
static uint64_t vectors[32][8] __attribute__((aligned(64))), general[9], first_general[9], masks[8], first_masks[8];
static scalar scalars[2][COUNT];
static const unsigned char *pointers[COUNT];
static blst_p2_affine signatures[COUNT], expected;
static void *table, *scratch;
static int wiping;
static ucontext_t here, there;

#define KEEP_VECTOR(n) "vmovdqu64 %%zmm" #n ", " #n "*64(%0)\n\t"
#define KEEP_VECTORS(tens) KEEP_VECTOR(tens##0) KEEP_VECTOR(tens##1) KEEP_VECTOR(tens##2) KEEP_VECTOR(tens##3) KEEP_VECTOR(tens##4) \
    KEEP_VECTOR(tens##5) KEEP_VECTOR(tens##6) KEEP_VECTOR(tens##7) KEEP_VECTOR(tens##8) KEEP_VECTOR(tens##9)
#define KEEP_MASK(n) "kmovw %%k" #n ", %%eax\n\tmovq %%rax, " #n "*8(%0)\n\t"

static void run(void)
{
    if (wiping) {
        remote_signer_same_root_sign(signatures, table, pointers, COUNT, scratch);
        __asm__ volatile("movq %%rax, %0\n\tmovq %%rcx, 8+%0\n\tmovq %%rdx, 16+%0\n\tmovq %%rsi, 24+%0\n\tmovq %%rdi, 32+%0\n\t"
                         "movq %%r8, 40+%0\n\tmovq %%r9, 48+%0\n\tmovq %%r10, 56+%0\n\tmovq %%r11, 64+%0" : "=m"(general[0]) : : "memory");
        __asm__ volatile(KEEP_VECTORS() KEEP_VECTORS(1) KEEP_VECTORS(2) KEEP_VECTOR(30) KEEP_VECTOR(31) : : "r"(vectors) : "memory");
        __asm__ volatile(KEEP_MASK(0) KEEP_MASK(1) KEEP_MASK(2) KEEP_MASK(3) KEEP_MASK(4) KEEP_MASK(5) KEEP_MASK(6) KEEP_MASK(7) : : "r"(masks) : "rax", "memory");
    } else {
        sign(signatures, table, pointers, COUNT, scratch);
    }
}

static void sign_on_painted_stack(int set)
{
    for (int i = 0; i < COUNT; i++) pointers[i] = scalars[set][i].b;
    memset(stack, 0xa5, sizeof stack);
    getcontext(&there);
    there.uc_stack.ss_sp = stack;
    there.uc_stack.ss_size = sizeof stack;
    there.uc_link = &here;
    makecontext(&there, run, 0);
    swapcontext(&here, &there);
}

/* Words in which two runs of different scalars differ. */
static size_t differences(void)
{
    size_t count = 0;
    sign_on_painted_stack(0);
    memcpy(first, stack, sizeof stack);
    memcpy(first_general, general, sizeof general);
    memcpy(first_masks, masks, sizeof masks);
    sign_on_painted_stack(1);
    for (size_t i = 0; i < STACK; i += 8) count += memcmp(first + i, stack + i, 8) != 0;
    return count;
}

int main(void)
{
    blst_p2_affine hash;
    uint64_t random = 5;
    size_t bottom = 0, nonzero = 0;
    if (!remote_signer_same_root_supported()) return 77;
    table = room(remote_signer_same_root_table_size());
    scratch = room(remote_signer_same_root_scratch_size());
    hash_point(&hash, 1);
    remote_signer_same_root_table(table, &hash);
    for (int i = 0; i < COUNT; i++)
        for (int set = 0; set < 2; set++) scalars[set][i] = random_scalar(&random);
    scalars[1][COUNT - 1] = scalars[0][COUNT - 1];               /* whose signature, which is public, was stored last and may still be in a register */
    size_t spilled = differences();
    while (bottom < STACK && stack[bottom] == 0xa5) bottom++;
    size_t depth = STACK - bottom;
    wiping = 1;
    size_t left = differences();
    for (int i = 0; i < 32; i++)
        for (int k = 0; k < 8; k++) nonzero += vectors[i][k] != 0;
    int registers_differ = memcmp(first_general, general, sizeof general) != 0 || memcmp(first_masks, masks, sizeof masks) != 0;
    blst_signature(&expected, &hash, &scalars[1][COUNT - 1]);
    int right = memcmp(&expected, &signatures[COUNT - 1], sizeof expected) == 0;
    printf("left: signing goes %zu bytes deep and leaves %zu words that depend on the scalars; of %d bytes wiped %zu words are left, %zu in vector registers, others %s\n", depth, spilled,
           WIPED, left, nonzero, registers_differ ? "differ" : "alike");
    return !(right && spilled > 0 && depth + 1024 < WIPED && left == 0 && nonzero == 0 && !registers_differ);
}
