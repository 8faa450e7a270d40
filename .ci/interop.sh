#!/usr/bin/env bash
# Networks of mixed kind: libp2p 2 with 3, hosts that find each other by mDNS, pages in a browser. `npm test` skips what a
# machine cannot run; here it is brought from Debian, and nothing is skipped. Then the presence page is measured, twice; `npm run test:all` does it ten times.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/debian.sh
. .ci/no-skips.sh

debian ip iproute2
debian_browser
no_skips lib/test/interop/*.test.ts lib/test/browser/*.test.ts examples/test/presence.test.ts
npm run --silent bench -- --only presence --runs 2 --no-serf < /dev/null
