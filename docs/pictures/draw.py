#!/usr/bin/env python3
"""Draws each picture of this folder from the text beside it: NAME.txt becomes NAME.svg.

draw.py           writes the SVGs
draw.py --check   writes nothing; exit code 1 if one of them is not what its text makes

A text has one statement a line, the parts of which are separated by '|'. Numbers are pixels.
  size W H              the picture's size
  title TEXT            for those who cannot see it
  desc TEXT             what it shows, in a sentence
  box ID KIND X Y W H | TITLE | LINE | ...      KIND: room, good, bad, wait, store or plain
  rule X1 Y1 X2 Y2      a thin line
  text X Y SIZE ANCHOR | TEXT                   ANCHOR: start, middle or end
  soft, mark, head                              the same, dimmed, as an accent and as a heading
  arrow X,Y X,Y ... | LABEL | X Y ANCHOR        through these points; the label is optional
Lines that begin with '#' and empty lines are passed over.
"""
import pathlib
import sys
from xml.sax.saxutils import escape

FOLDER = pathlib.Path(__file__).resolve().parent

STYLE = """
svg { --ground: #ffffff; --ink: #1f2328; --soft: #59636e; --line: #8c959f; --accent: #0550ae;
  --room: #f3f5f7; --good: #dcf2e0; --bad: #fbe3e1; --wait: #fbf0d0; --store: #e0ecfa; }
@media (prefers-color-scheme: dark) {
  svg { --ground: #0d1117; --ink: #e6edf3; --soft: #9aa4af; --line: #6b7580; --accent: #79b8ff;
    --room: #1a2029; --good: #12331d; --bad: #421b1b; --wait: #3a2f0d; --store: #12294a; }
}
text { font-family: system-ui, "Segoe UI", "DejaVu Sans", sans-serif; fill: var(--ink); }
.soft { fill: var(--soft); }
.mark { fill: var(--accent); }
.head { font-weight: 600; }
.ground { fill: var(--ground); }
.box { stroke: var(--line); stroke-width: 1; }
.plain { fill: none; }
.room { fill: var(--room); } .good { fill: var(--good); } .bad { fill: var(--bad); }
.wait { fill: var(--wait); } .store { fill: var(--store); }
.rule { stroke: var(--line); stroke-width: 1; stroke-dasharray: 2 4; }
.way { fill: none; stroke: var(--soft); stroke-width: 1.5; marker-end: url(#head); }
.tip { fill: var(--soft); }
""".strip()


def draw(source):
    """The SVG that a text makes. Raises ValueError with the line that cannot be read."""
    size, title, desc, shapes = None, "", "", []
    for number, line in enumerate(source.splitlines(), 1):
        if not line.strip() or line.startswith("#"):
            continue
        try:
            head, *parts = [part.strip() for part in line.split("|")]
            word, *rest = head.split()
            if word == "size":
                size = [int(value) for value in rest]
            elif word == "title":
                title = " ".join(rest)
            elif word == "desc":
                desc = " ".join(rest)
            else:
                shapes += box(rest, parts, size) if word == "box" else SHAPES[word](rest, parts)
        except (KeyError, ValueError, IndexError, TypeError) as fault:
            raise ValueError(f"line {number}: {line!r}: {fault!r}") from None
    width, height = size
    return "\n".join([
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" width="{width}" height="{height}" role="img"'
        ' aria-labelledby="title desc">',
        "<!-- made by draw.py of the text beside it -->",
        f'<title id="title">{escape(title)}</title>',
        f'<desc id="desc">{escape(desc)}</desc>',
        f"<style>\n{STYLE}\n</style>",
        '<defs><marker id="head" viewBox="0 0 8 8" refX="7" refY="4" markerWidth="7" markerHeight="7" orient="auto">'
        '<path class="tip" d="M0 0 L8 4 L0 8 z"/></marker></defs>',
        f'<rect class="ground" width="{width}" height="{height}" rx="8"/>',
        *shapes,
        "</svg>", ""])


def box(rest, parts, size):
    _, kind, *numbers = rest
    x, y, width, height = (int(value) for value in numbers)
    if x + width > size[0] or y + height > size[1]:
        raise ValueError("the box is not within the picture")
    if kind not in ("room", "good", "bad", "wait", "store", "plain"):
        raise ValueError(f"no kind of box: {kind}")
    first = y + (height - 17 * (len(parts) - 1)) / 2 + 5 if kind != "plain" else y + 22
    lines = [words(x + width / 2, first + 17 * at, 13 if at == 0 else 12, "middle", "head" if at == 0 else "soft", part)
             for at, part in enumerate(parts)]
    return [f'<rect class="box {kind}" x="{x}" y="{y}" width="{width}" height="{height}" rx="6"/>', *lines]


def rule(rest, _):
    x1, y1, x2, y2 = (int(value) for value in rest)
    return [f'<line class="rule" x1="{x1}" y1="{y1}" x2="{x2}" y2="{y2}"/>']


def line_of(kind):
    def line(rest, parts):
        x, y, size, anchor = rest
        return [words(int(x), int(y), int(size), anchor, kind, parts[0])]
    return line


def arrow(rest, parts):
    points = [[int(value) for value in point.split(",")] for point in rest]
    way = " L".join(f"{x} {y}" for x, y in points)
    label = []
    if parts:
        x, y, anchor = parts[1].split()
        label = [words(int(x), int(y), 12, anchor, "mark", parts[0])]
    return [f'<path class="way" d="M{way}"/>', *label]


def words(x, y, size, anchor, kind, content):
    if anchor not in ("start", "middle", "end"):
        raise ValueError(f"no anchor: {anchor}")
    style = f' class="{kind}"' if kind else ""
    return f'<text x="{x:g}" y="{y:g}" font-size="{size}" text-anchor="{anchor}"{style}>{escape(content)}</text>'


SHAPES = {"rule": rule, "arrow": arrow, "text": line_of(""), "soft": line_of("soft"), "mark": line_of("mark"), "head": line_of("head")}


def main():
    check = sys.argv[1:] == ["--check"]
    if sys.argv[1:] and not check:
        print("usage: draw.py [--check]", file=sys.stderr)
        return 2
    stale = []
    sources = sorted(FOLDER.glob("*.txt"))
    for source in sources:
        target = source.with_suffix(".svg")
        try:
            made = draw(source.read_text(encoding="utf-8"))
        except ValueError as fault:
            print(f"draw.py: error: {source.name}, {fault}", file=sys.stderr)
            return 1
        if not check:
            target.write_text(made, encoding="utf-8")
        elif not target.exists() or target.read_text(encoding="utf-8") != made:
            stale.append(target.name)
    orphans = [target.name for target in FOLDER.glob("*.svg") if not target.with_suffix(".txt").exists()]
    if stale or orphans or not sources:
        print(f"draw.py: error: not what the texts make: {', '.join(stale + orphans) or 'there is no text'}", file=sys.stderr)
        print("draw.py: hint: run docs/pictures/draw.py and commit what it writes", file=sys.stderr)
        return 1
    if check:
        print(f"pictures: {len(sources)} are what their texts make")
    return 0


if __name__ == "__main__":
    sys.exit(main())
