#!/usr/bin/env bash
# all.sh: everything that is shown about same-root signing (README.md tells what); minutes. RANDOM_SCALARS= for another number than a million.
set -euo pipefail
cd "$(dirname "$0")"
bash binary.sh
python3 exceptions.py
bash field.sh
bash left.sh
bash identity.sh "${RANDOM_SCALARS:-1000000}"
bash sanitize.sh
bash undefined.sh
bash trace.sh
bash portable.sh
bash bench.sh
echo "constant-time: all checks passed in $SECONDS s"
