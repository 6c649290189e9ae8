#!/usr/bin/env python3
"""manual.py PROGRAM VERSION DATE: the man page, from what the program says of its commands with --help."""
import re
import subprocess
import sys


def sections(program, path):
    """The help of one command: section -> its lines, each without indentation."""
    text = subprocess.run([program, *path, "--help"], check=True, capture_output=True, text=True).stdout
    found, name = {}, None
    for line in text.splitlines():
        if re.fullmatch(r"[A-Z][a-z ]+:", line):
            name = found.setdefault(line[:-1], [])
        elif line.strip():
            name.append(line.strip())
    return found


def rows(lines):
    """Rows of two columns: what to type, and what it does."""
    return [(re.split(r"\s{2,}", line, maxsplit=1) + [""])[:2] for line in lines]


def quoted(text):
    """As roff takes it literally."""
    text = text.replace("\\", "\\e").replace("-", "\\-").replace("'", "\\(aq")
    return "\\&" + text if text.startswith(".") else text


def table(lines, skipped=()):
    return [line for head, text in rows(lines) if head not in skipped for line in (".TP", f".B {quoted(head)}", quoted(text) or "\\&")]


def commands(program, path, skipped):
    """The parts about a command and all below it, in the program's order."""
    help_ = sections(program, path)
    below = [head.split()[0] for head, _ in rows(help_.get("Commands", []))]
    page = [f".SS {quoted(' '.join(path))}", *map(quoted, help_["Description"]), ".PP", f".I {quoted(help_['Usage'][0])}"] if path else []
    if path:
        page += table(help_.get("Arguments", [])) + table(help_.get("Options", []), skipped)
    return page + [line for name in below for line in commands(program, [*path, name], skipped)]


def main():
    program, version, date = sys.argv[1:]
    root = sections(program, [])
    everywhere = {head for head, _ in rows(root["Options"])}
    print("\n".join([
        f'.TH REMOTE\\-SIGNER 1 "{date}" "{version}"',
        ".SH NAME", f"remote\\-signer \\- {quoted(root['Description'][0].rstrip('.'))}",
        ".SH SYNOPSIS", f".B {quoted(root['Usage'][0])}",
        ".SH OPTIONS", *table(root["Options"]),
        ".SH COMMANDS", *table(root["Commands"]),
        ".SH EACH COMMAND", *commands(program, [], everywhere)]))


main()
