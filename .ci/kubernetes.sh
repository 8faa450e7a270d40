#!/usr/bin/env bash
# Nodes in pods: first with agents and a collector of this host, then on the cluster that KUBECONFIG names, if it is set.
#   LOAD_COMMAND               for a shell: brings the image in the file $ARCHIVE onto the machines; not set: they have it
#   CUT_COMMAND, HEAL_COMMAND  for a shell: cut off the machine $MACHINE, and connect it again; not set: `split` is left out
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/no-skips.sh

tests=harness/test/runners/kubernetes

main() {
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT
  if command -v go > /dev/null; then
    TEST_KUBERNETES=local no_skips $tests/{local,runner}.test.ts
  else
    echo 'kubernetes: there is no Go, with which the agent of the pods is built'
    return
  fi
  if [ -z "${KUBECONFIG:-}" ]; then
    echo 'kubernetes: KUBECONFIG names no cluster; the tests with agents of this host have passed'
    return
  fi
  bring_image
  TEST_KUBERNETES=cluster no_skips $tests/cluster.test.ts
  network 12 120
  network run crash 12
  npm run --silent test-network -- clean --runner kubernetes < /dev/null
  [ -z "${CUT_COMMAND:-}" ] || network run split 12 --cut-command "$CUT_COMMAND" --heal-command "$HEAL_COMMAND"
}

bring_image() {
  [ -n "${LOAD_COMMAND:-}" ] || return 0
  npm run --silent test-network -- image "$scratch/node.tar" < /dev/null
  ARCHIVE=$scratch/node.tar sh -c "$LOAD_COMMAND"
}

# A host that was too busy to tell is no fault (exit code 3).
network() {
  npm run --silent test-network -- "$@" --runner kubernetes --out "$scratch/runs" < /dev/null || [ $? = 3 ]
}

main
