#!/usr/bin/env python3
"""recipe.py README KIND: the recipe's own blocks as one script, word for word, in the order in which a person with this kind of hardware follows them.

Between them stands what the page leaves to the person, and a line "@ step" before each block.
"""
import re
import shlex
import sys
import textwrap

# What a person does just before the block with these words.
DOINGS = {
    "chown -R remote-signer: /var/lib/remote-signer/import": "cp -r /root/import /var/lib/remote-signer/import",
    "nft -c -f": "sed -i 's/^define clients4 = .*/define clients4 = { 203.0.113.10 }/' nftables.conf",
    "systemctl enable --now remote-signer": "mv /var/lib/remote-signer/clients/* /root/carried/ && "
                                            "sed -i 's/\"listen\": \"127.0.0.1:9000\"/\"listen\": \"0.0.0.0:9000\"/' /var/lib/remote-signer/signer.json",
}


def blocks(text):
    return [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)]


def position(found, start):
    return next(number for number, block in enumerate(found) if block.startswith(start))


def main():
    page, kind = open(sys.argv[1]).read(), sys.argv[2]
    install, tpm = page.split("\n## Install\n")[1].split("\n## ")[0].split("\n### With a TPM\n")
    steps, instead = blocks(install), blocks(tpm)
    if kind == "tpm":
        function, init = position(steps, "signer()"), position(steps, "signer init")
        steps = [steps[0], instead[0], steps[function], instead[1], *steps[init + 1:]]
    print("set -e")
    for step in steps:
        for doing in [doing for words, doing in DOINGS.items() if words in step]:
            print(doing)
        print("printf '@ %s\\n' " + shlex.quote(step.splitlines()[0][:80]))
        print(step)
    print("echo '@ done'")


main()
