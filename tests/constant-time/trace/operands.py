#!/usr/bin/env python3
"""
objdump -d --no-show-raw-insn PROGRAM | operands.py: for tracer.c, one line for each instruction whose address depends on registers: its own address, a kind, base, index (numbers
of registers, -1 for none), scale, displacement. Kinds: m memory, s string instruction (rsi, rdi, rcx), i int3, x one that we cannot follow.
"""
import re
import sys

REGISTERS = "rax rbx rcx rdx rsi rdi rbp rsp r8 r9 r10 r11 r12 r13 r14 r15".split()
OPERAND = re.compile(r"(-?0x[0-9a-f]+)?\((%\w+)?(?:,(%\w+),(\d))?\)")
PREFIXES = {"rep", "repz", "repnz", "lock", "notrack", "bnd", "data16", "cs", "ds", "es", "ss"}


def number(register):
    return REGISTERS.index(register[1:]) if register else -1


for line in sys.stdin:
    match = re.match(r"\s*([0-9a-f]+):\t(.*)", line)
    if not match:
        continue
    words = match[2].split("#")[0].split("<")[0].split()
    while len(words) > 1 and words[0] in PREFIXES:
        words.pop(0)
    name, text, place = words[0], " ".join(words[1:]), int(match[1], 16)
    memory = OPERAND.search(text)
    if name == "int3":
        print(place, "i", -1, -1, 0, 0)
    elif re.fullmatch(r"(movs|stos|lods|cmps|scas)[bwlq]?", name) and ("%es:" in text or "%ds:" in text):
        print(place, "s", -1, -1, 0, 0)
    elif name.startswith(("push", "pop", "call", "ret", "leave")) and not memory:
        print(place, "m", number("%rbp" if name.startswith("leave") else "%rsp"), -1, 1, 0)
    elif memory and not name.startswith(("lea", "nop", "prefetch", "endbr")):
        base, index = memory[2], memory[3]
        if base == "%rip":
            continue
        known = all(register is None or register[1:] in REGISTERS for register in (base, index))
        by_register = name.startswith(("bt", "xlat", "maskmov")) and text.startswith("%")      # the register is part of the address
        print(place, "m" if known and not by_register else "x", *((number(base), number(index)) if known else (-1, -1)), int(memory[4] or 1), int(memory[1] or "0", 16))
