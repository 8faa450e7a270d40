#!/usr/bin/env bash
# Networks of mixed kind: libp2p 2 with 3, hosts that find each other by mDNS, pages in a browser. `npm test` skips what a
# machine cannot run; here it is brought from Debian, and nothing is skipped.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/debian.sh
. .ci/no-skips.sh

debian ip iproute2
[ -e "${CHROMIUM:-/usr/bin/chromium}" ] || debian chromium chromium
no_skips lib/test/interop/*.test.ts lib/test/browser/*.test.ts
