#!/usr/bin/env python3
"""person.py LOG COMMAND…: runs it at a terminal, answers as a person would, and prints the seconds of each step ("@ step" lines).

Exit code: 0 when the command's is.
"""
import os
import pty
import re
import select
import sys
import time

# What is asked, and what a person types. The PIN is the rehearsal's.
ANSWERS = [(re.compile(pattern), answer) for pattern, answer in [
    (r"PIN: $", "123456\n"),
    (r"number or name \[validators\]: $", "\n"),
    (r"Do you want to continue\? \[Y/n\] $", "y\n"),
]]
LIMIT = 60  # seconds for all of it


def main():
    log = open(sys.argv[1], "wb")
    child, terminal = pty.fork()
    if child == 0:
        os.execvp(sys.argv[2], sys.argv[2:])
    heard, step, since, end = "", None, time.monotonic(), time.monotonic() + LIMIT
    while time.monotonic() < end:
        if not select.select([terminal], [], [], 1)[0]:
            continue
        try:
            data = os.read(terminal, 65536)
        except OSError:
            break
        if not data:
            break
        log.write(data)
        log.flush()
        heard += data.decode(errors="replace")
        *lines, heard = re.split(r"\r*\n", heard)
        for line in lines:
            if line.startswith("@ "):
                if step:
                    print(f"  {time.monotonic() - since:6.1f} s  {step}", flush=True)
                step, since = line[2:], time.monotonic()
        for pattern, answer in ANSWERS:
            if pattern.search(heard):
                os.write(terminal, answer.encode())
                heard = ""
                break
    else:
        print("person.py: error: it did not come to an end", file=sys.stderr)
        os.kill(child, 9)
    status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
    if status:
        print(f"person.py: error: ended with {status} in the step: {step}", file=sys.stderr)
    sys.exit(1 if status else 0)


main()
