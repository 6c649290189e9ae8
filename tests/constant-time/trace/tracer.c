/*
 * tracer OPERANDS PROGRAM SET: runs PROGRAM SET, and from its first int3 to the next one step by step. Prints how many instructions it did and how many addresses of memory they used, and
 * a hash of each sequence: of every address of an instruction, and of every address that an instruction reads or writes (operands.py tells how it is made of registers).
 */
#define _GNU_SOURCE
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/personality.h>
#include <sys/ptrace.h>
#include <sys/user.h>
#include <sys/wait.h>
#include <unistd.h>

enum { SPAN = 1 << 23 };                                         /* bytes of program text */
static const uint64_t START = 0x400000;                          /* where a program without relocation lies */

struct operand { char kind; int8_t base, index, scale; int64_t displacement; };

static void hash(uint64_t *h, uint64_t value) { *h = (*h ^ value) * 0x100000001b3u; *h ^= *h >> 29; }

static uint64_t value_of(const struct user_regs_struct *r, int number)
{
    const uint64_t all[16] = { r->rax, r->rbx, r->rcx, r->rdx, r->rsi, r->rdi, r->rbp, r->rsp, r->r8, r->r9, r->r10, r->r11, r->r12, r->r13, r->r14, r->r15 };
    return number < 0 ? 0 : all[number];
}

static struct operand *read_operands(const char *path)
{
    struct operand *table = calloc(SPAN, sizeof *table);
    FILE *file = fopen(path, "r");
    unsigned long place;
    char kind;
    int base, index, scale;
    long displacement;
    if (table == NULL || file == NULL) exit(2);
    while (fscanf(file, "%lu %c %d %d %d %ld", &place, &kind, &base, &index, &scale, &displacement) == 6)
        if (place - START < SPAN) table[place - START] = (struct operand) { kind, (int8_t)base, (int8_t)index, (int8_t)scale, displacement };
    fclose(file);
    return table;
}

int main(int arguments, char **argument)
{
    struct user_regs_struct r;
    uint64_t code = 1, data = 1;
    long instructions = 0, addresses = 0;
    int status;
    if (arguments != 4) return 2;
    struct operand *table = read_operands(argument[1]);
    pid_t child = fork();
    if (child == 0) {
        personality(ADDR_NO_RANDOMIZE);
        ptrace(PTRACE_TRACEME, 0, NULL, NULL);
        /* A second thread with an arena of its own would map it before or after what the first one maps, as it happens. */
        execve(argument[2], (char *[]) { argument[2], argument[3], NULL }, (char *[]) { "GLIBC_TUNABLES=glibc.malloc.arena_max=1", NULL });
        _exit(9);
    }
    waitpid(child, &status, 0);
    ptrace(PTRACE_CONT, child, NULL, NULL);                      /* to the first int3 */
    waitpid(child, &status, 0);
    for (;;) {
        if (!WIFSTOPPED(status) || WSTOPSIG(status) != SIGTRAP || ptrace(PTRACE_GETREGS, child, NULL, &r) != 0) return 3;
        if (r.rip - START >= SPAN) return 4;
        struct operand o = table[r.rip - START];
        if (o.kind == 'i') break;
        if (o.kind == 'x') {
            printf("an instruction at %llx that cannot be followed\n", r.rip);
            return 5;
        }
        hash(&code, r.rip);
        if (o.kind == 's') {
            hash(&data, r.rsi);
            hash(&data, r.rdi);
            hash(&data, r.rcx);
            addresses++;
        } else if (o.kind == 'm') {
            hash(&data, value_of(&r, o.base) + value_of(&r, o.index) * (uint64_t)o.scale + (uint64_t)o.displacement);
            addresses++;
        }
        instructions++;
        if (ptrace(PTRACE_SINGLESTEP, child, NULL, NULL) != 0) return 3;
        waitpid(child, &status, 0);
    }
    ptrace(PTRACE_CONT, child, NULL, NULL);                      /* rip is past the int3 that stopped it, at the next one */
    waitpid(child, &status, 0);
    ptrace(PTRACE_CONT, child, NULL, NULL);
    waitpid(child, &status, 0);
    printf("%ld instructions %016lx, %ld addresses %016lx\n", instructions, code, addresses, data);
    return WIFEXITED(status) ? WEXITSTATUS(status) : 6;
}
