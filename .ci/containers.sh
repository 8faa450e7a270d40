#!/usr/bin/env bash
# Nodes in containers. Where no engine answers, Docker is brought from Debian and started for as long as this takes.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/debian.sh
. .ci/no-skips.sh

main() {
  scratch=$(mktemp -d)
  trap stop_engine EXIT
  docker version > /dev/null 2>&1 || start_engine
  no_skips harness/test/cli/{at-once,container-cli}.test.ts harness/test/runners/container/{faults,keys,leftovers,runner}.test.ts
  network --runner container 10 60
  network run restart 4 --runner container
  [ "${1:-}" != --all ] || network run isolate-one 6 --runner container
  kill_harnesses
}

# A host that was too busy to tell is no fault (exit code 3).
network() {
  npm run --silent test-network -- "$@" --out "$scratch/runs" < /dev/null || [ $? = 3 ]
}

# In namespaces of its own: the host's networks do not hear of its bridges and firewall rules, and whatever runs in it
# ends with it.
start_engine() {
  debian dockerd docker.io iptables
  debian docker docker-cli
  export DOCKER_HOST=unix://$scratch/docker.sock
  unshare --net --mount --pid --fork --kill-child --mount-proc dockerd --host "$DOCKER_HOST" --data-root "$scratch/data" \
    --exec-root "$scratch/exec" --pidfile "$scratch/pid" < /dev/null > "$scratch/log" 2>&1 &
  engine=$!
  timeout 60 bash -c 'until docker version > /dev/null 2>&1; do sleep 0.1; done' && return
  echo 'containers: no engine could be started' >&2
  cat "$scratch/log" >&2
  return 1
}

# Politely, so that it takes its control groups along; it kills whatever does not end.
stop_engine() {
  if [ -n "${engine:-}" ]; then
    pkill -TERM -P "$engine" || true
    wait "$engine" || true
  fi
  rm -rf "$scratch"
}

# Harnesses, each killed at another moment: while the image is built, while containers start, while nodes settle, while one
# of them is paused and another one is to start again. Afterwards the engine holds what it held before.
kill_harnesses() {
  clean
  local round rounds=${ROUNDS:-3} moment_ms before
  before=$(on_engine)
  local plans=('--settle 30 4 60' "run $scratch/faults.yaml 4 200")
  cat > "$scratch/faults.yaml" <<'END'
about: one node is paused, and one is killed and starts again, while their harness is killed
steps:
  - { pause: 1, at: 1s, from: start, for: 60s }
  - { restart: 1, at: 1s, from: start, down: 60s }
END
  for ((round = 0; round < rounds; round++)); do
    moment_ms=$((400 + round * 5000 / rounds + RANDOM % 500))
    # shellcheck disable=SC2086 # several words
    ROUND=$round-of-$$ harness ${plans[round % 2]} --runner container --out "$scratch/runs" > /dev/null 2>&1 &
    sleep "$(printf '%d.%03d' $((moment_ms / 1000)) $((moment_ms % 1000)))"
    printf 'killed after %d ms, with %d containers: ' "$moment_ms" "$(docker ps --all --quiet | wc -l)"
    kill -KILL $!
    # A shell would tell that it was killed.
    wait $! 2> /dev/null || true
    # The reaper has its environment.
    while grep -qsz "^ROUND=$round-of-$$" /proc/[0-9]*/environ; do sleep 0.1; done
    clean
    diff <(echo "$before") <(on_engine)
  done
}

clean() {
  (harness clean)
}

# Not by npm, which would be killed in its place. Ends the shell that calls it.
harness() {
  exec node_modules/.bin/node --conditions=@gossip/source harness/src/cli/bin.ts "$@" < /dev/null
}

# Layers too: they are the size of all images.
on_engine() {
  docker ps --all --format 'container {{.ID}} {{.Names}}'
  docker network ls --format 'network {{.ID}} {{.Name}}'
  docker volume ls --format 'volume {{.Name}}'
  docker images --all --format 'image {{.ID}} {{.Repository}}'
  docker system df --format '{{.Type}} {{.Size}}'
}

main "$@"
