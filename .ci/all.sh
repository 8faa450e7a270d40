#!/usr/bin/env bash
# `npm run test:all`: everything, at its full size. Takes some hours of a host that does nothing else.
set -euo pipefail
cd "$(dirname "$0")/.."

npm run check
npm test
PROPERTY_SEED=any npm run test:core
CROWD=full TAP_TIMEOUT=9000 npm run test:one -- lib/test/core/overlay/surrounded.test.ts
SEEDS=20 npm run test:one -- harness/test/simulation/shipped.test.ts
ROUNDS=20 npm run test:one -- harness/test/cli/killed.test.ts
QUIET=full TAP_TIMEOUT=7200 npm run test:one -- harness/test/simulation/quiet.test.ts
bash .ci/interop.sh
bash .ci/scenarios.sh --all
ROUNDS=20 bash .ci/containers.sh --all
npm run test:kubernetes
bash .ci/nix.sh --all
bash .ci/fuzz.sh
npm run attacks
npm run endurance
npm run adapters
npm run bench -- --only presence --runs 10 --no-serf
node --conditions=@gossip/source harness/bench/sharing/compare-sharing.ts
