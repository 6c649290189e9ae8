#!/usr/bin/env python3
"""container.py [FOLDER]: the container file and the compose example hold together, without an engine.

With a folder the build's context is put there, as .dockerignore lets it through, and the command that makes the program is printed:
tests/machine/container.sh runs it.
"""
import fnmatch
import json
import os
import re
import shutil
import subprocess
import sys

import yaml

ROOT = os.path.dirname(os.path.dirname(os.path.abspath(__file__)))
faults = []


def require(holds, fault):
    if not holds:
        faults.append(fault)


def instructions():
    """(word, rest) of each line of the Dockerfile."""
    with open(os.path.join(ROOT, "Dockerfile")) as file:
        text = re.sub(r"\\\n", " ", re.sub(r"^#.*\n", "", file.read(), flags=re.MULTILINE))
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def passes(path, rules):
    """Does .dockerignore let this file through? The last pattern that matches it or a folder above decides."""
    parts = path.split("/")
    places = ["/".join(parts[:count]) for count in range(1, len(parts) + 1)]
    kept = True
    for keeps, pattern in rules:
        # "**/" is any number of folders, none included.
        tries = [pattern[3:], "*/" + pattern[3:]] if pattern.startswith("**/") else [pattern]
        for place in places:
            if any(fnmatch.fnmatchcase(place, one) and (pattern.startswith("**/") or place.count("/") == one.count("/")) for one in tries):
                kept = keeps
    return kept


def context():
    with open(os.path.join(ROOT, ".dockerignore")) as file:
        lines = [line.strip() for line in file if line.strip() and not line.startswith("#")]
    rules = [(line.startswith("!"), line.lstrip("!")) for line in lines]
    listed = subprocess.run(["git", "ls-files", "--cached", "--others", "--exclude-standard"], cwd=ROOT, check=True, capture_output=True, text=True)
    return [path for path in listed.stdout.splitlines() if os.path.exists(os.path.join(ROOT, path)) and passes(path, rules)]


def check_dockerfile(found, files):
    stages, makes = found[: next(number for number, one in enumerate(found[1:], 1) if one[0] == "FROM")], []
    for word, rest in stages:
        if word == "RUN":
            makes += [part.strip() for part in rest.split("&&") if part.strip().startswith("dotnet ")]
            for path in re.findall(r"\b(?:src|tests|hsm-profiles|firmware-config)/\S+", rest):
                require(any(file.startswith(path.rstrip("/") + "/") or file == path for file in files), f"the build wants {path}, which .dockerignore keeps out")
            require("tests/" not in rest and "make " not in rest, f"the build wants what only tests have: {rest}")
    for word, rest in found:
        if word == "COPY" and "--from" not in rest:
            source = rest.split()[0]
            require(source == "." or any(file == source or file.startswith(source + "/") for file in files), f"{source} is copied and is not in the context")
        if word == "COPY" and "--from=build" in rest:
            source = re.sub(r"--\S+ ", "", rest).split()[0].rstrip("/")
            require(any(word == "RUN" and re.search(rf"{source}\b", made) for word, made in stages), f"{source} is copied and the build does not make it")
    require(len(makes) == 1, f"one command makes the program, not {makes}")
    require(not [file for file in files if file.startswith("tests/") or file.endswith((".key", ".p12"))], "the context has tests or keys")
    return makes[0] if makes else ""


def check_compose(found):
    with open(os.path.join(ROOT, "firmware-config/compose.yaml.example")) as file:
        whole = yaml.safe_load(file)
    service = whole["services"]["remote-signer"]
    rest = {word: [rest for one, rest in found if one == word] for word in ("EXPOSE", "VOLUME", "CMD", "USER")}
    exposed = set(rest["EXPOSE"][0].split())
    command = json.loads(rest["CMD"][0])
    require({part.rsplit(":", 1)[1] for part in command if ":" in part} == exposed, f"the command listens elsewhere than EXPOSE says: {command}")
    require({port.rsplit(":", 1)[1] for port in service["ports"]} == exposed, "the ports of the compose example are not those of the image")
    require(all(port.startswith("127.0.0.1:") for port in service["ports"] if port.endswith(":9001")), "the compose example shows health and metrics to everybody")
    require({volume.split(":")[1] for volume in service["volumes"]} == set(rest["VOLUME"]), "the volumes of the compose example are not those of the image")
    require({volume.split(":")[0] for volume in service["volumes"]} <= set(whole["volumes"]), "a volume of the compose example is not declared")
    require(set(service["secrets"]) <= set(whole["secrets"]), "a secret of the compose example is not declared")
    for name, value in {"read_only": True, "cap_drop": ["ALL"], "security_opt": ["no-new-privileges:true"], "stop_grace_period": "60s", "restart": "no"}.items():
        require(service.get(name) == value, f"the compose example has {name}: {service.get(name)}")
    require(service["ulimits"]["memlock"] == 64 << 20 and service["ulimits"]["core"] == 0, "the compose example has other limits than the unit")
    require(not [key for key in service if key not in KNOWN], f"no such key in a compose file: {[key for key in service if key not in KNOWN]}")


KNOWN = {
    "image", "read_only", "cap_drop", "security_opt", "ulimits", "pids_limit", "stop_grace_period", "restart", "ports", "volumes", "devices", "group_add",
    "secrets", "healthcheck"}


def main():
    found, files = instructions(), context()
    make = check_dockerfile(found, files)
    check_compose(found)
    for fault in faults:
        print(f"container.py: error: {fault}", file=sys.stderr)
    if faults:
        sys.exit(1)
    for path in files if len(sys.argv) > 1 else []:
        os.makedirs(os.path.dirname(os.path.join(sys.argv[1], path)) or ".", exist_ok=True)
        shutil.copy2(os.path.join(ROOT, path), os.path.join(sys.argv[1], path))
    print(make if len(sys.argv) > 1 else f"container: {len(files)} files go to the build, nothing it wants is kept out; the compose example fits the image")


main()
