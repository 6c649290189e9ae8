#!/usr/bin/env bash
# Lints the OpenAPI documents that the signer serves.
set -euo pipefail
cd "$(dirname "$0")/openapi"
[ -d node_modules/@redocly/cli ] || npm ci --ignore-scripts --no-audit --no-fund --loglevel=error >/dev/null
export REDOCLY_TELEMETRY=off REDOCLY_SUPPRESS_UPDATE_NOTICE=true
node_modules/.bin/redocly lint --config redocly.yaml ../../src/RemoteSigner.Host/Http/OpenApi/*.json >lint.log 2>&1 || { cat lint.log >&2; exit 1; }
echo "openapi lint: $(grep -c ': validated in' lint.log) documents valid"
