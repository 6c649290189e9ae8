#!/usr/bin/env python3
"""Third-party software in the published program: its notices, and the bill of materials (SBOM).

third-party.py notices                   writes THIRD-PARTY-NOTICES
third-party.py check                     fails unless THIRD-PARTY-NOTICES lists exactly what the last publish contains
third-party.py sbom PUBLISHED VERSION    prints CycloneDX 1.6 as JSON; SOURCE_DATE_EPOCH is its time

The list is read from what the last "make publish" gave to the NativeAOT compiler, not from project files.
"""
import base64
import ctypes
import datetime
import glob
import hashlib
import json
import os
import re
import sys
import uuid
import xml.etree.ElementTree as xml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
OBJ = os.path.join(ROOT, "src/RemoteSigner.Host/obj")
NATIVE = os.path.join(OBJ, "Release/net10.0/linux-x64/native")
BLST = os.path.join(ROOT, "src/RemoteSigner.Native/blst")
NOTICES = os.path.join(ROOT, "THIRD-PARTY-NOTICES")
COPYRIGHT = os.path.join(ROOT, "firmware-config/deb/copyright")

# Licences that ask for nothing but their notices, by SPDX name.
PERMITTED = {"MIT", "BSD-3-Clause", "Apache-2.0", "blessing"}

# c-kzg does not say which blst it carries. This commit's src/ and build/ are the same files, byte by byte.
BLST_OF = {"4.1.0": "0ca12bcc214e89fefc327b85a4c855e9bbbe29e8"}

BLESSING = """The author disclaims copyright to this source code. In place of a legal notice, here is a blessing:

   May you do good and not evil.
   May you find forgiveness for yourself and forgive others.
   May you share freely, never taking more than you give.
"""

MIT = """Permission is hereby granted, free of charge, to any person obtaining a copy of this software and associated documentation
files (the "Software"), to deal in the Software without restriction, including without limitation the rights to use, copy,
modify, merge, publish, distribute, sublicense, and/or sell copies of the Software, and to permit persons to whom the
Software is furnished to do so, subject to the following conditions:

The above copyright notice and this permission notice shall be included in all copies or substantial portions of the
Software.

THE SOFTWARE IS PROVIDED "AS IS", WITHOUT WARRANTY OF ANY KIND, EXPRESS OR IMPLIED, INCLUDING BUT NOT LIMITED TO THE
WARRANTIES OF MERCHANTABILITY, FITNESS FOR A PARTICULAR PURPOSE AND NONINFRINGEMENT. IN NO EVENT SHALL THE AUTHORS OR
COPYRIGHT HOLDERS BE LIABLE FOR ANY CLAIM, DAMAGES OR OTHER LIABILITY, WHETHER IN AN ACTION OF CONTRACT, TORT OR OTHERWISE,
ARISING FROM, OUT OF OR IN CONNECTION WITH THE SOFTWARE OR THE USE OR OTHER DEALINGS IN THE SOFTWARE.
"""


def fail(message, hint):
    print(f"third-party.py: error: {message}\nthird-party.py: hint: {hint}", file=sys.stderr)
    sys.exit(1)


def read(path):
    """A text file with LF ends, without a byte order mark or spaces at line ends."""
    with open(path, encoding="utf-8-sig", newline=None) as file:
        return "\n".join(line.rstrip() for line in file).strip("\n") + "\n"


def same_text(one, other):
    return re.sub(r"\W+", " ", one).strip().lower() == re.sub(r"\W+", " ", other).strip().lower()


class Component:
    """One piece of software of others: name, version, SPDX licence, copyright line, notices (titles and texts), purl."""

    def __init__(self, name, version, licence, copyright_, purl, texts=(), hashes=(), cpe=None):
        self.name, self.version, self.licence, self.copyright = name, version, licence, copyright_
        self.purl, self.texts, self.hashes, self.cpe = purl, list(texts), list(hashes), cpe


def carried():
    """Every component of the last publish, sorted by name."""
    lists = [os.path.join(NATIVE, "remote-signer.ilc.rsp"), os.path.join(OBJ, "project.assets.json")]
    missing = [path for path in lists if not os.path.exists(path)]
    if missing:
        fail(f"{os.path.relpath(missing[0], ROOT)} is not there", "run 'make publish' first")
    assets = json.load(open(lists[1]))
    folders = [os.path.realpath(folder) for folder in assets["packageFolders"]]
    found = set()
    for path in re.findall(r"/[^\s\"':]+", open(lists[0]).read()):
        for folder in folders:
            if os.path.realpath(path).startswith(folder + "/"):
                found.add((folder, *os.path.realpath(path)[len(folder) + 1 :].split("/")[:2]))
    # Native libraries are copied beside the program.
    for name, package in target(assets).items():
        if package.get("native"):
            found.add((folders[0], *name.lower().split("/")))
    components = [nuget(os.path.join(*place)) for place in found] + [sqlite(folders), blst()]
    return sorted(components, key=lambda one: one.name.lower())


def target(assets):
    return assets["targets"]["net10.0/linux-x64"]


def nuget(folder):
    """The component of one unpacked NuGet package, as its own nuspec describes it."""
    (spec,) = glob.glob(os.path.join(folder, "*.nuspec"))
    metadata = {one.tag.split("}")[1]: one for one in xml.parse(spec).getroot()[0]}
    name, version = metadata["id"].text, metadata["version"].text
    texts = [
        (os.path.basename(path), read(path))
        for path in sorted(glob.glob(os.path.join(folder, "*")), key=str.lower)
        if re.fullmatch(r"(licen[cs]e|copying|notice|third-party-notices)(\.(txt|md))?", os.path.basename(path), re.IGNORECASE)
    ]
    licence = metadata.get("license")
    kind = licence.text if licence is not None and licence.get("type") == "expression" else None
    if kind is None and licence is not None:
        text = read(os.path.join(folder, licence.text))
        kind = "Apache-2.0" if re.search(r"Apache License\s+Version 2\.0", text) else None
    owner = metadata["copyright"].text if "copyright" in metadata else metadata["authors"].text
    (hash_,) = glob.glob(os.path.join(folder, "*.nupkg.sha512"))
    sha512 = base64.b64decode(open(hash_).read()).hex()
    cpe = f"cpe:2.3:a:microsoft:.net:{version}:*:*:*:*:*:*:*" if name.startswith("Microsoft.NETCore.App.Runtime.") else None
    return Component(name, version, kind, owner, f"pkg:nuget/{name}@{version}", texts, [("SHA-512", sha512)], cpe)


def sqlite(folders):
    """SQLite inside the library that SQLitePCLRaw ships; the library itself tells its version."""
    library = find(folders, "sqlitepclraw.lib.e_sqlite3/*/runtimes/linux-x64/native/libe_sqlite3.so")
    version = ctypes.CDLL(library).sqlite3_libversion
    version.restype = ctypes.c_char_p
    number = version().decode()
    return Component(
        "SQLite", number, "blessing", "none: its authors dedicate it to the public domain", f"pkg:generic/sqlite@{number}",
        [("blessing", BLESSING)], cpe=f"cpe:2.3:a:sqlite:sqlite:{number}:*:*:*:*:*:*:*")


def find(folders, pattern):
    packages = target(json.load(open(os.path.join(OBJ, "project.assets.json"))))
    version = next(name.split("/")[1] for name in packages if name.startswith("SQLitePCLRaw.lib."))
    for folder in folders:
        for path in glob.glob(os.path.join(folder, pattern.replace("*", version, 1))):
            return path
    fail(f"{pattern} is in no package folder", "run 'make publish' first")


def blst():
    package = json.load(open(os.path.join(BLST, "package-lock.json")))["packages"]["node_modules/c-kzg"]
    if package["version"] not in BLST_OF:
        fail(f"the blst inside c-kzg {package['version']} is not known", "find its commit, compare src/ and build/, and add it to BLST_OF")
    commit = BLST_OF[package["version"]]
    # Of c-kzg itself nothing is compiled, so its licence does not apply.
    texts = [("LICENSE", read(os.path.join(BLST, "node_modules/c-kzg/deps/blst/LICENSE")))]
    return Component("blst", commit[:12], "Apache-2.0", "Copyright Supranational LLC", f"pkg:github/supranational/blst@{commit}", texts)


def judged(components):
    """The same components; exits if a licence is unknown or asks for more than notices."""
    for one in components:
        if one.licence not in PERMITTED:
            fail(
                f"{one.name} {one.version} has the licence '{one.licence}'",
                f"only {', '.join(sorted(PERMITTED))} may be linked; leave the package out")
    return components


def notices(components):
    """The whole file: a table, then each licence text and notice once, with the components it applies to."""
    rows = [(one.name, one.version, one.licence, one.copyright) for one in components]
    widths = [max(len(row[column]) for row in rows) for column in range(3)]
    table = ["  ".join([*(cell.ljust(width) for cell, width in zip(row, widths)), row[3]]) for row in rows]
    apache = read(os.path.join(ROOT, "LICENSE"))
    parts = []

    def add(title, text, name):
        for part in parts:
            if same_text(part[1], text):
                part[2].append(name)
                return
        parts.append((title, text, [name]))

    for one in components:
        own = [text for title, text in one.texts if not re.match("notice|third", title, re.IGNORECASE)]
        if one.licence == "MIT" and not own:
            add("MIT", MIT, one.name)
        if one.licence == "Apache-2.0":
            add("Apache-2.0", apache, one.name)
        for title, text in one.texts:
            # Copies of the Apache licence differ only in the form at their end.
            if not (one.licence == "Apache-2.0" and "TERMS AND CONDITIONS FOR USE" in text):
                add(title, text, one.name)
    line = "=" * 100
    body = [f"{line}\n{title}: {', '.join(names)}\n{line}\n\n{text}" for title, text, names in parts]
    return "\n".join([
        "Third-party software in remote-signer, libblst.so and libe_sqlite3.so, and its licences. OpenSSL and the C library belong",
        "to the system and are not included. Made by tests/third-party.py; do not edit.\n",
        *table, "", *body])


def check(components):
    if not os.path.exists(NOTICES):
        fail("THIRD-PARTY-NOTICES is not there", "run 'tests/third-party.py notices'")
    committed, made = read(NOTICES), notices(components)
    head = {tuple(line.split()[:3]) for line in committed.split("=" * 100)[0].splitlines()}
    unlisted = [one for one in components if (one.name, one.version, one.licence) not in head]
    # Outside CI another SDK may bring another runtime. CI and releases restore the locked one.
    faults = [
        f"{one.name} {one.version} {one.licence} is not listed" for one in unlisted
        if os.environ.get("CI") == "true" or not re.match(r"Microsoft\.\w+\.App\.Runtime\.", one.name)]
    names = {one.name for one in components}
    faults += [f"{row[0]} {row[1]} is listed" for row in sorted(head) if len(row) == 3 and row[2] in PERMITTED and row[0] not in names]
    if not unlisted and committed != made:
        faults = faults or ["a text differs"]
    if faults:
        fail(
            f"THIRD-PARTY-NOTICES does not match the program: {'; '.join(faults)}",
            "run 'tests/third-party.py notices', read the diff, commit it")
    copyright_ = read(COPYRIGHT)
    unnamed = [one.name for one in components if re.split(r"[.]", one.name)[0] not in copyright_]
    if unnamed:
        fail(f"firmware-config/deb/copyright does not name {', '.join(unnamed)}", "add it there")
    licences = ", ".join(sorted({one.licence for one in components}))
    print(f"third-party: {len(components)} components ({licences}), all in THIRD-PARTY-NOTICES")


def sbom(components, published, version):
    """CycloneDX 1.6, without anything from the machine or the clock."""
    edges = {}
    for name, package in target(json.load(open(os.path.join(OBJ, "project.assets.json")))).items():
        edges[name.split("/")[0].lower()] = [other.lower() for other in package.get("dependencies", {})]
    edges["sqlitepclraw.lib.e_sqlite3"] = ["sqlite"]
    known = {one.name.lower(): one.purl for one in components}

    def below(name, seen):
        """purls of the direct dependencies; a package without files of its own is replaced by its dependencies."""
        result = set()
        for other in edges.get(name, []):
            if other not in seen:
                result |= {known[other]} if other in known else below(other, seen | {other})
        return result

    program = f"pkg:generic/remote-signer@{version}"
    files = {name: hashlib.sha256(open(os.path.join(published, name), "rb").read()).hexdigest() for name in sorted(os.listdir(published))}
    # The files that a component is in the published folder.
    built = {"blst": "libblst.so", "SQLitePCLRaw.lib.e_sqlite3": "libe_sqlite3.so"}

    def entry(one):
        result = {
            "type": "framework" if ".App.Runtime." in one.name else "library",
            "bom-ref": one.purl, "name": one.name, "version": one.version,
            "licenses": [{"license": {"id": one.licence}}], "copyright": one.copyright, "purl": one.purl}
        if one.cpe:
            result["cpe"] = one.cpe
        if one.hashes:
            result["hashes"] = [{"alg": algorithm, "content": content} for algorithm, content in one.hashes]
        if one.name in built:
            file = built[one.name]
            result["components"] = [
                {"type": "file", "bom-ref": f"file:{file}", "name": file, "hashes": [{"alg": "SHA-256", "content": files[file]}]}]
        return result

    time = datetime.datetime.fromtimestamp(int(os.environ["SOURCE_DATE_EPOCH"]), datetime.timezone.utc).strftime("%Y-%m-%dT%H:%M:%SZ")
    depends = [{"ref": program, "dependsOn": sorted(one.purl for one in components)}]
    for one in components:
        if found := sorted(below(one.name.lower(), set())):
            depends.append({"ref": one.purl, "dependsOn": found})
    result = {
        "$schema": "http://cyclonedx.org/schema/bom-1.6.schema.json", "bomFormat": "CycloneDX", "specVersion": "1.6", "version": 1,
        "metadata": {
            "timestamp": time,
            "component": {
                "type": "application", "bom-ref": program, "name": "remote-signer", "version": version, "purl": program,
                "licenses": [{"license": {"id": "Apache-2.0"}}], "hashes": [{"alg": "SHA-256", "content": files["remote-signer"]}]}},
        "components": [entry(one) for one in components], "dependencies": depends}
    result["serialNumber"] = uuid.uuid5(uuid.NAMESPACE_URL, json.dumps(result, sort_keys=True)).urn
    return json.dumps(result, indent=2, ensure_ascii=False) + "\n"


def main(words):
    match words:
        case ["notices"]:
            text = notices(judged(carried()))
            with open(NOTICES, "w", encoding="utf-8") as file:
                file.write(text)
        case ["check"]:
            check(judged(carried()))
        case ["sbom", published, version]:
            sys.stdout.write(sbom(judged(carried()), published, version))
        case _:
            print(__doc__, file=sys.stderr)
            sys.exit(2)


main(sys.argv[1:])
