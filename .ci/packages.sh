#!/usr/bin/env bash
# Both packages as npm would publish them, installed into empty projects outside the repository and used there, by every
# package manager, runtime and bundler. Needs npm's registry, as their users do, and a browser for the bundles.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/debian.sh
[ -e "${CHROMIUM:-/usr/bin/chromium}" ] || debian chromium chromium
npm run --silent check:packages
