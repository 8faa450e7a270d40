#!/usr/bin/env bash
# Shipped scenarios with real nodes in network namespaces. A host that was too busy to tell is no fault (exit code 3).
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/debian.sh
debian ip iproute2
debian nft nftables
scratch=$(mktemp -d)
trap 'rm -rf "$scratch"' EXIT

scenario() {
  printf '\n%s\n' "$*"
  npm run --silent test-network -- run "$@" --runner netns --out "$scratch/runs" < /dev/null || [ $? = 3 ]
}

scenario crash 10
scenario crash-and-newcomer 6
scenario leave 6
scenario home-routers 6
# The others take minutes together: `npm run test:all` runs them.
if [ "${1:-}" = --all ]; then
  scenario split 12
  for name in bootstrap-dies restart restart-without-key everybody-restarts late-joiner power-off clock-jumps freeze isolate-one one-way starved flapping churn slow-links rolling-restart two-versions lossy home-routers hotel-and-office nat-changes; do
    scenario "$name" 12
  done
fi
