#!/usr/bin/env python3
"""pages.py [PAGE.md …]: runs the fenced blocks of README.md and docs/, and follows the links of every page.

  sh        run in the page's order, in one bash (-euo pipefail) in a machine of its own: see pages/world.sh
  console   lines after "$ " are run, and what they print is compared; "…" stands for any text, or for any lines
  json      parsed; a piece of signer.json is put into one, and the program judges it
  yaml      parsed

A block that is none of these, or cannot be run here, has "<!-- not run: REASON -->" on the line before it. What a page needs and its
reader does not see is bash in "<!-- setup: … -->". The program is artifacts/publish/remote-signer, or $REMOTE_SIGNER_BINARY.
"""
import concurrent.futures
import functools
import json
import os
import re
import subprocess
import sys
import tempfile
import textwrap

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
WORLD = os.path.join(ROOT, "tests/pages/world.sh")
BINARY = os.path.abspath(os.environ.get("REMOTE_SIGNER_BINARY") or os.path.join(ROOT, "artifacts/publish/remote-signer/remote-signer"))
SECONDS = 300
UNSHARE = ["unshare", *([] if os.geteuid() == 0 else ["--map-root-user"]), "--net", "--mount", "--pid", "--fork", "--kill-child"]

faults, unrun = [], []
counts = {"run": 0, "checked": 0, "not run": 0}

PIECES = re.compile(
    r"^<!-- *setup:\n(?P<setup>[^\0]*?)^-->$"
    r"|(?:^ *<!-- not run: (?P<reason>.*?) -->\n)?^(?P<indent> *)```(?P<language>.*)\n(?P<body>(?:.*\n)*?)(?P=indent)```$",
    re.MULTILINE)


class Block:
    def __init__(self, page, text, match):
        self.place = f"{page}:{text.count(chr(10), 0, match.start('language')) + 1}"
        self.reason, self.language = match["reason"], match["language"].strip()
        self.body = textwrap.dedent(match["body"])

    def fail(self, why):
        faults.append(f"{self.place}: {why}")


def relative(path):
    return os.path.relpath(path, ROOT)


def pages_of(folder):
    walked = os.walk(os.path.join(ROOT, folder))
    return sorted(os.path.join(place, name) for place, _, names in walked for name in names if name.endswith(".md"))


def pieces(path):
    """The blocks of a page, and its hidden setup as text between them."""
    text = open(path).read()
    fences = len(re.findall(r"^ *```", text, re.MULTILINE))
    found = [match["setup"] if match["setup"] is not None else Block(relative(path), text, match) for match in PIECES.finditer(text)]
    if fences != 2 * sum(isinstance(piece, Block) for piece in found):
        faults.append(f"{relative(path)}: a fence was not understood")
    return found


def commands(block):
    """(command, what it prints) of a console block."""
    found = []
    for line in block.body.splitlines():
        if line.startswith("$ "):
            found.append((line[2:], []))
        elif found and not found[-1][1] and found[-1][0].endswith("\\"):
            found[-1] = (found[-1][0] + "\n" + line, [])
        elif found:
            found[-1][1].append(line)
        else:
            block.fail("a console block begins with a command: '$ …'")
            return []
    return found


def pattern(lines):
    parts = ["(?:.*\n)*?" if line.strip() == "…" else ".*?".join(map(re.escape, line.rstrip().split("…"))) + " *\n" for line in lines]
    return re.compile("".join(parts))


def runs(found):
    return any(isinstance(piece, Block) and piece.reason is None and piece.language in ("sh", "console") for piece in found)


def in_world(folder, script, **options):
    """bash with this script in namespaces of its own, ended after a time; all that it started ends with it."""
    with open(f"{folder}/page.sh", "w") as file:
        file.write(f"set -euo pipefail\n. {WORLD}\n{script}\n")
    path = f"{os.path.dirname(BINARY)}:{os.environ['PATH']}"
    return subprocess.run(
        [*UNSHARE, "bash", f"{folder}/page.sh"], env={"PATH": path, "WORLD": folder, "ROOT": ROOT, "LANG": "C.UTF-8"},
        stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, timeout=SECONDS, **options)


def run_page(found):
    """One bash for a page. What fails is named by the block's place."""
    with tempfile.TemporaryDirectory() as folder:
        script, answers, places = [], [], []
        for piece in found:
            if isinstance(piece, str):
                script.append(piece)
            elif piece.reason is None and piece.language in ("sh", "console"):
                script.append(f"echo {piece.place} >> {folder}/places")
                places.append(piece.place)
                if piece.language == "sh":
                    script.append(piece.body)
                    continue
                for command, printed in commands(piece):
                    out = f"{folder}/{len(answers)}"
                    script.append(f"{{ {command}\n}} > {out} 2>&1 && echo 0 > {out}.code || echo $? > {out}.code")
                    answers.append((piece, command, printed, out))
        try:
            ended = in_world(folder, "\n".join(script), stdin=subprocess.DEVNULL)
            code, printed = ended.returncode, ended.stdout
        except subprocess.TimeoutExpired:
            code, printed = f"none in {SECONDS} s", ""
        reached = read(f"{folder}/places").split()
        if code != 0 or reached != places:
            faults.append(f"{reached[-1] if reached else places[0]}: ended with {code}: {(printed + read(f'{folder}/journal'))[-3000:]}")
        for block, command, printed, out in answers:
            if os.path.exists(f"{out}.code"):
                judge(block, command, printed, read(out), int(read(f"{out}.code")))


def read(path):
    return open(path).read() if os.path.exists(path) else ""


def judge(block, command, printed, answer, code):
    expected = "\n".join(printed)
    if printed and not pattern(printed).fullmatch(answer if answer.endswith("\n") else answer + "\n"):
        block.fail(f"'{command}' printed:\n{textwrap.indent(answer, '    ')}  and not:\n{textwrap.indent(expected, '    ')}")
    elif code != 0 and "error: " not in expected:
        block.fail(f"'{command}' ended with {code}: {answer}")


def merge(settings, piece):
    for name, value in piece.items():
        settings[name] = merge(settings[name], value) if isinstance(value, dict) and isinstance(settings.get(name), dict) else value
    return settings


class SignerJson:
    """The configuration that init writes, and the program's own judgement of one with a piece in it."""

    def __init__(self):
        # Line comments only, each on a line of its own.
        made = self._world('cat "$REMOTE_SIGNER_DATA/signer.json"')
        self._template = json.loads(re.sub(r"^ *//.*\n", "", made, flags=re.MULTILINE))

    def takes(self, piece):
        return isinstance(piece, dict) and piece and piece.keys() <= self._template.keys()

    def fault_of(self, piece):
        text = json.dumps(merge(json.loads(json.dumps(self._template)), piece))
        return self._world(
            'cat > "$REMOTE_SIGNER_DATA/signer.json"\nremote-signer keys list 2>&1 | grep "remote-signer: error" || true', text).strip()

    @staticmethod
    def _world(script, text=""):
        with tempfile.TemporaryDirectory() as folder:
            ended = in_world(folder, f"have_signer > /dev/null 2>&1\n{script}", input=text)
            if ended.returncode != 0:
                sys.exit(f"pages.py: error: a signer cannot be made: {ended.stdout}")
            return ended.stdout


def check(block, settings):
    try:
        if block.language == "yaml":
            yaml.safe_load(block.body)
            return
        piece = json.loads(block.body)
    except (ValueError, yaml.YAMLError) as error:
        block.fail(f"is no {block.language}: {error}")
        return
    if settings and settings.takes(piece) and (fault := settings.fault_of(piece)):
        block.fail(f"signer.json does not take it: {fault}")


def count(block):
    if block.reason is not None:
        counts["not run"] += 1
        unrun.append(f"{block.place}: {block.reason}")
    elif block.language in ("sh", "console"):
        counts["run"] += 1
    elif block.language in ("json", "yaml"):
        counts["checked"] += 1
    else:
        block.fail(f"'{block.language}' is not run here: say why in '<!-- not run: REASON -->' on the line before")


@functools.cache
def help_of(*verb):
    """(its verbs, its options), as the program says itself."""
    text = subprocess.run([BINARY, *verb, "--help"], capture_output=True, text=True, timeout=SECONDS).stdout
    verbs = re.findall(r"^  ([a-z][a-z-]*)", text.partition("Commands:")[2], re.MULTILINE)
    return verbs, set(re.findall(r"(?<!\S)--[a-z0-9-]+", text))


def check_command(place, words, is_certain):
    """The program has the verbs and options of a command that is not run. Words that may be none are passed over."""
    verb = []
    while (known := help_of(*verb)[0]) and words and re.fullmatch("[a-z-]+", words[0]):
        if words[0] not in known:
            if verb or is_certain:
                faults.append(f"{place}: the program has no '{' '.join([*verb, words[0]])}'")
            return
        verb.append(words.pop(0))
    for option in {word.strip("[]()") for word in words if re.match(r"[\[(]?--[a-z]", word)} - help_of(*verb)[1] if verb else ():
        faults.append(f"{place}: '{' '.join(verb)}' has no {option}")


def check_commands(path):
    """Of blocks that are not run, and of what stands in the text between back ticks."""
    text = open(path).read()
    for piece in pieces(path):
        if isinstance(piece, Block) and piece.reason is not None and piece.language == "sh":
            for line in re.sub(r"\\\n", " ", piece.body).splitlines():
                if match := re.match(r"(?:sudo -u remote-signer )?(?:remote-)?signer (.*)", line):
                    check_command(piece.place, match[1].split(), is_certain=True)
    for span in re.findall(r"`([^`]+)`", re.sub(r"^ *```.*?^ *```$", "", text, flags=re.MULTILINE | re.DOTALL)):
        named = re.match(r"(?:sudo -u remote-signer )?(remote-)?signer ", span)
        check_command(relative(path), span[named.end() if named else 0:].split(), is_certain=bool(named))


def anchors(path):
    """As GitHub makes them of headings."""
    text = re.sub(r"^ *```.*?^ *```$", "", open(path).read(), flags=re.MULTILINE | re.DOTALL)
    headings = [re.sub(r"\[(.*?)\]\(.*?\)", r"\1", line).strip().lower() for line in re.findall(r"^#+ (.*)$", text, re.MULTILINE)]
    names = [re.sub(r"[^\w\- ]", "", heading).replace(" ", "-") for heading in headings]
    return set(names) | set(re.findall(r'<a (?:id|name)="(.*?)"', text))


def follow_links(path):
    """How many relative links a page has; each that leads nowhere is a fault."""
    text = re.sub(r"^ *```.*?^ *```$|`[^`\n]*`", "", open(path).read(), flags=re.MULTILINE | re.DOTALL)
    links = [link for link in re.findall(r"\]\(([^)\s]+)\)", text) if not re.match(r"[a-z]+:", link)]
    for link in links:
        place, _, anchor = link.partition("#")
        target = os.path.normpath(os.path.join(os.path.dirname(path), place)) if place else path
        if not os.path.exists(target):
            faults.append(f"{relative(path)}: '{link}' leads nowhere")
        elif anchor and target.endswith(".md") and anchor not in anchors(target):
            faults.append(f"{relative(path)}: '{link}': there is no such heading")
    return len(links)


def main():
    if not os.access(BINARY, os.X_OK):
        sys.exit("pages.py: error: there is no published program\npages.py: hint: make publish")
    chosen = [os.path.abspath(path) for path in sys.argv[1:]] or [os.path.join(ROOT, "README.md"), *pages_of("docs")]
    may_run = subprocess.run([*UNSHARE, "true"], stderr=subprocess.DEVNULL).returncode == 0
    if not may_run:
        print("pages: running the blocks wants namespaces of their own, which this machine does not give: they are only read")
    settings = SignerJson() if may_run else None
    pages = [pieces(path) for path in chosen]
    for block in (piece for found in pages for piece in found if isinstance(piece, Block)):
        count(block)
        if block.reason is None and block.language in ("json", "yaml"):
            check(block, settings)
    for path in chosen:
        check_commands(path)
    with concurrent.futures.ThreadPoolExecutor(os.cpu_count()) as pool:
        list(pool.map(run_page, filter(runs, pages) if may_run else ()))
    everywhere = {*chosen, *(path for folder in ("docs", "src", "tests", "firmware-config", "hsm-profiles") for path in pages_of(folder))}
    links = sum(follow_links(path) for path in sorted(everywhere) if not re.search("/(bin|obj|node_modules)/", path))
    for line in unrun:
        print(f"not run: {line}")
    for fault in sorted(faults):
        print(f"pages.py: error: {fault}", file=sys.stderr)
    blocks = f"{sum(counts.values())} blocks: {counts['run']} run, {counts['checked']} checked, {counts['not run']} not run"
    print(f"pages: {blocks}; {links} links followed; {len(faults)} faults")
    sys.exit(1 if faults else 0)


main()
