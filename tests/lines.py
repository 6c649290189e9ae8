#!/usr/bin/env python3
"""lines.py: lines longer than 140 characters in code and 120 in pages. What cannot be broken may be longer: a table, a fenced block, a link, and the
text of a raw string."""
import os
import re
import subprocess
import sys

LONGEST = {"md": 120}
UNBREAKABLE = re.compile(r"\s*(\||!\[|<|\[[^\]]*\]:)|\s*([-*>]|\d+\.)?\s*\S+$")


def findings(name):
    longest = LONGEST.get(name.rsplit(".", 1)[-1], 140)
    raw = fenced = False
    with open(name, encoding="utf-8") as file:
        for number, line in enumerate(file, 1):
            line = line.rstrip("\n")
            turns = line.count('"""') if name.endswith(".cs") else 0
            fence = name.endswith(".md") and re.match(r"\s*```", line)
            free = raw or turns or fenced or (name.endswith(".md") and UNBREAKABLE.match(line))
            if len(line) > longest and not free:
                yield f"{name}:{number}: {len(line)} characters, at most {longest}"
            raw ^= turns % 2 == 1
            fenced ^= bool(fence)


names = subprocess.run(["git", "ls-files", "-z", "--", *sys.argv[1:]], capture_output=True, text=True, check=True).stdout.split("\0")
found = [finding for name in names if os.path.exists(name) for finding in findings(name)]
print("\n".join(found), end="\n" if found else "")
sys.exit(1 if found else 0)
