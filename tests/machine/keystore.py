#!/usr/bin/env python3
"""keystore.py FOLDER EPOCH: what a person brings from another client: a keystore, its password, and a history up to the epoch.

The key is that of EIP-2335's own test vector.
"""
import hashlib
import json
import os
import subprocess
import sys

SECRET = bytes.fromhex("000000000019d6689c085ae165831e934ff763ae46a2a6c172b3f1b60a8ce26f")
PUBLIC = "9612d7a727c9d0a22e185a1c768478dfe919cada9266988cb32359c11f2b7b27f4ae4040902382ae2910c15e2b420d07"
MAINNET = "0x4b363db94e286120d76eb905340fdd4e54bfe9f06bf33ff6cf5ad27f511bfe95"

folder, epoch = sys.argv[1], int(sys.argv[2])
keys = os.path.join(folder, "validator_keys")
os.makedirs(keys)
password, salt, iv = "rehearsal", os.urandom(32), os.urandom(16)
derived = hashlib.pbkdf2_hmac("sha256", password.encode(), salt, 1024, 32)
cipher = subprocess.run(
    ["openssl", "enc", "-aes-128-ctr", "-K", derived[:16].hex(), "-iv", iv.hex()], input=SECRET, stdout=subprocess.PIPE, check=True).stdout
keystore = {
    "crypto": {
        "kdf": {"function": "pbkdf2", "params": {"dklen": 32, "c": 1024, "prf": "hmac-sha256", "salt": salt.hex()}, "message": ""},
        "checksum": {"function": "sha256", "params": {}, "message": hashlib.sha256(derived[16:] + cipher).hexdigest()},
        "cipher": {"function": "aes-128-ctr", "params": {"iv": iv.hex()}, "message": cipher.hex()}},
    "pubkey": PUBLIC, "path": "", "uuid": "1d85ae20-35c5-4611-98e8-aa14a633906f", "version": 4}
history = {
    "metadata": {"interchange_format_version": "5", "genesis_validators_root": MAINNET},
    "data": [{"pubkey": "0x" + PUBLIC, "signed_blocks": [], "signed_attestations": [{"source_epoch": str(epoch - 1), "target_epoch": str(epoch)}]}]}
files = {"validator_keys/keystore-0.json": json.dumps(keystore), "validator_keys/keystore-0.txt": password, "slashing.json": json.dumps(history)}
for name, text in files.items():
    with open(os.path.join(folder, name), "w") as file:
        file.write(text)
