#!/usr/bin/env bash
# Networks of mixed kind: libp2p 2 with 3, hosts that find each other by mDNS, pages in a browser. `npm test` skips what a
# machine cannot run; here it is brought from Debian, and nothing is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."

main() {
  command -v chromium > /dev/null && command -v ip > /dev/null || install_missing
  output=$(mktemp)
  trap 'rm -f "$output"' EXIT
  npx tap --reporter=tap lib/test/interop/*.test.ts lib/test/browser/*.test.ts | tee "$output"
  if grep '# SKIP' "$output"; then
    echo 'interop: skipped, see above' >&2
    exit 1
  fi
}

install_missing() {
  echo 'interop: installing chromium and iproute2'
  apt-get update -qq
  apt-get install -y -qq --no-install-recommends chromium iproute2 > /dev/null
}

main
