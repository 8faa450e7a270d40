#!/usr/bin/env bash
# What strangers send, 100,000 times a target: valid, mutated and random bytes, read by the library and by an independent
# reader, which must agree. `npm run fuzz -- <target> --inputs 1000000` looks longer.
set -euo pipefail
cd "$(dirname "$0")/.."

for target in envelope frame snapshot heartbeat; do
  npm run --silent fuzz -- "$target" --inputs 100000 < /dev/null
done
