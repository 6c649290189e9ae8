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


# The software token of openCryptoki with the label that it comes with: its first PINs are the maker's, and are changed.
OPENCRYPTOKI = """\
usermod -a -G pkcs11 remote-signer
chgrp -R pkcs11 /var/lib/opencryptoki/swtok && chmod -R g=u /var/lib/opencryptoki/swtok
systemctl enable --now pkcsslotd
pkcsconf -P -c 3 -S 87654321 -n 12345678
pkcsconf -u -c 3 -S 12345678 -n 123456
pkcsconf -t -c 3
"""
# Its label is another one in each version.
LABEL = r'''"$(pkcsconf -t -c 3 | sed -n 's/.*Label: \(.*[^ ]\) *$/\1/p')"'''


def blocks(text):
    return [textwrap.dedent(block) for block in re.findall(r"^ *```sh\n(.*?)^ *```$", text, re.MULTILINE | re.DOTALL)]


def position(found, start):
    return next(number for number, block in enumerate(found) if block.startswith(start))


def main():
    page, kind = open(sys.argv[1]).read(), sys.argv[2]
    install, bound, tpm = re.split(r"\n### .*\n", page.split("\n## Install\n")[1].split("\n## ")[0])
    steps, instead = blocks(install), blocks(tpm)
    if kind == "bound":
        print("set -e", *blocks(bound), sep="\n")
        return
    if kind == "tpm":
        function, init = position(steps, "signer()"), position(steps, "signer init")
        steps = [steps[0], instead[0], steps[function], instead[1], *steps[init + 1:]]
    if kind == "opencryptoki":
        # "Or another one's": its drop-in with what that file asks for, its maker's tool, its profile.
        own, rehearsal, init = (position(steps, start) for start in ("install -D", "apt-get install softhsm2", "signer init"))
        steps[own] = steps[own].replace("softhsm.conf", "shared-memory-module.conf")
        steps[rehearsal] = OPENCRYPTOKI
        steps[init] = steps[init].replace("--seal softhsm2", "--seal opencryptoki --token " + LABEL)
    print("set -e")
    for step in steps:
        for doing in [doing for words, doing in DOINGS.items() if words in step]:
            print(doing)
        print("printf '@ %s\\n' " + shlex.quote(step.splitlines()[0][:80]))
        print(step)
    print("echo '@ done'")


main()
