/* What the program tells those who watch it: valgrind, by requests that do nothing without it, and the tracer, by int3. */
#include <stdbool.h>
#include <stddef.h>
#include <stdlib.h>
#include <valgrind/memcheck.h>
#include "blst.h"

/* Memory that lies where it lies in each run, full of zeroes. */
void *mark_room(size_t length)
{
    static unsigned char room[1 << 18] __attribute__((aligned(64)));
    static size_t used;
    unsigned char *memory = room + used;
    used += (length + 63) & ~(size_t)63;
    if (used > sizeof room) abort();
    return memory;
}

void mark_undefined(void *memory, size_t length) { VALGRIND_MAKE_MEM_UNDEFINED(memory, length); }

void mark_defined(void *memory, size_t length) { VALGRIND_MAKE_MEM_DEFINED(memory, length); }

/* How many of the words have an undefined bit. */
size_t mark_undefined_words(const uint64_t *words, size_t count)
{
    size_t undefined = 0;
    for (size_t i = 0; i < count; i++) {
        uint64_t marks = 0;
        VALGRIND_GET_VBITS(words + i, &marks, sizeof marks);
        undefined += marks != 0;
    }
    return undefined;
}

int mark_reports(void) { return (int)VALGRIND_COUNT_ERRORS; }

void mark_step(void) { __asm__ volatile("int3" : : : "memory"); }

/* Two answers about secrets are public (--wrap of the linker): that a scalar is lawful, as all are, and that a burst is what blst would have signed. */
bool __real_blst_sk_check(const blst_scalar *scalar);
bool __real_blst_p2_is_equal(const blst_p2 *left, const blst_p2 *right);

bool __wrap_blst_sk_check(const blst_scalar *scalar)
{
    bool answer = __real_blst_sk_check(scalar);
    VALGRIND_MAKE_MEM_DEFINED(&answer, sizeof answer);
    return answer;
}

bool __wrap_blst_p2_is_equal(const blst_p2 *left, const blst_p2 *right)
{
    bool answer = __real_blst_p2_is_equal(left, right);
    VALGRIND_MAKE_MEM_DEFINED(&answer, sizeof answer);
    return answer;
}
