#!/usr/bin/env bash
# Both packages as npm would publish them, installed into empty projects outside the repository and used there. Needs npm's
# registry, as their users do.
set -euo pipefail
cd "$(dirname "$0")/.."
npm run --silent check:packages
