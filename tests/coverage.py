#!/usr/bin/env python3
"""coverage.py REPORT.json …: line coverage by room, of all reports together; coverlet writes them. The lines that no test ran go into
missed.txt beside the first report."""
import collections
import json
import os
import sys

lines = collections.defaultdict(int)
for report in sys.argv[1:]:
    with open(report, encoding="utf-8") as file:
        for module in json.load(file).values():
            for path, classes in module.items():
                place = path.partition("/src/")[2]
                if not place or "/obj/" in path:
                    continue
                for methods in classes.values():
                    for method in methods.values():
                        for line, hits in method["Lines"].items():
                            lines[place, int(line)] += hits


def room(path):
    project, _, rest = path.partition("/")
    folder = rest.split("/")[0] if "/" in rest else ""
    name = project.removeprefix("RemoteSigner").lstrip(".")
    return f"{name or 'Core'}/{folder}" if project in ("RemoteSigner", "RemoteSigner.Host") and folder else name or "Core"


rooms = collections.defaultdict(lambda: [0, 0])
for (path, _), hits in lines.items():
    for name in (room(path), "all"):
        rooms[name][0] += hits > 0
        rooms[name][1] += 1
for name, (run, all_lines) in sorted(rooms.items(), key=lambda item: (item[0] == "all", item[0])):
    print(f"{100 * run / all_lines:6.1f} %  {run:6d} of {all_lines:6d} lines  {name}")
measured = {path.partition("/")[0] for path, _ in lines}
left_out = sorted({entry.name for entry in os.scandir("src") if entry.is_dir()} - measured)
if left_out:
    print(f"not measured: {', '.join(left_out)}")
with open(os.path.join(os.path.dirname(sys.argv[1]), "missed.txt"), "w", encoding="utf-8") as missed:
    missed.writelines(f"{path}:{line}\n" for (path, line), hits in sorted(lines.items()) if not hits)
