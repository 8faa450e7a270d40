#!/usr/bin/env bash
# Everything that the flake offers, against the stand-in for nixpkgs in nix/nixpkgs-stub. That shows evaluation, wiring and
# running, but not nixpkgs' own packages; and no virtual machine is booted. Brings Nix from Debian if there is none.
set -euo pipefail
cd "$(dirname "$0")/.."
. .ci/debian.sh

main() {
  debian nix nix-bin
  export NIX_CONF_DIR=$PWD/nix/nixpkgs-stub
  flake=git+file://$PWD
  stub=(--no-write-lock-file --override-input nixpkgs "path:$PWD/nix/nixpkgs-stub")
  system=$(nix eval --raw --impure --expr builtins.currentSystem)
  scratch=$(mktemp -d)
  trap 'rm -rf "$scratch"' EXIT

  step 'nix flake metadata: the lock file is complete' metadata
  step 'nix flake show' flake show
  step 'nix flake check' flake check --keep-going --print-build-logs
  step 'nix build .#lib .#test-network .#image' packages
  step 'the man page and what shells complete are where they look for it' shell_files
  step 'nix develop --command node --version' shell
  step 'nix run .#test-network 10 60, from a folder that cannot be written' run_elsewhere
  step 'nix run .#demo alice, until Ctrl-C' demo
  step 'nix run .#simulate 100 60' simulate
  step 'nix run .#bench -- --quick --only bytes,command,sim-start' bench
  step 'nix run .#node, which ends with its stdin' node
  step 'the image has the tag that image.nix names' image_tag
  step 'nix run .#test-network 0 says what is wrong' refuse_nonsense
  step 'the flake of the guide is Nix' guide_flake
  step 'nix fmt has nothing to change' format
  # Takes longer than all others but one: `npm run test:all` runs it.
  [ "${1:-}" != --all ] || step 'a stale hash of the dependencies fails with the new one' stale_hash
}

# Prints one line, or what went wrong and everything that was said.
step() {
  local title=$1 from=$SECONDS status
  shift
  # Not as a condition, within which no failure but the last would count.
  set +e
  (set -e; "$@") < /dev/null > "$scratch/log" 2>&1
  status=$?
  set -e
  if [ "$status" != 0 ]; then
    printf 'nix: FAILED: %s\n' "$title"
    cat "$scratch/log"
    exit 1
  fi
  printf 'nix: %s (%d s)\n' "$title" $((SECONDS - from))
}

flake() {
  nix flake "$1" "${stub[@]}" "${@:2}" "$flake"
}

metadata() {
  nix flake metadata --no-update-lock-file "$flake"
}

packages() {
  nix build "${stub[@]}" --out-link "$scratch/result" "$flake#lib" "$flake#test-network" "$flake#image"
  ls "$scratch"/result*/gossip-discovery-libp2p-*.tgz
}

shell_files() {
  local share=$scratch/test-network/share
  nix build "${stub[@]}" --out-link "$scratch/test-network" "$flake#test-network"
  ls "$share"/man/man1/test-network.1* "$share/bash-completion/completions/test-network.bash"
  ls "$share/zsh/site-functions/_test-network" "$share/fish/vendor_completions.d/test-network.fish"
  bash -c '. "$1" && complete -p test-network' - "$share/bash-completion/completions/test-network.bash"
}

shell() {
  [[ $(nix develop "${stub[@]}" "$flake" --command node --version) == v24.* ]]
}

# /sys takes no new folder, not even from root: the run is then kept under XDG_STATE_HOME.
run_elsewhere() {
  (cd /sys && XDG_STATE_HOME=$scratch/state nix run "${stub[@]}" "$flake#test-network" 10 60)
  [ -f "$scratch/state/gossip-testbed/latest/result.json" ]
}

demo() {
  nix run "${stub[@]}" "$flake#demo" alice > "$scratch/demo" &
  local shown=0
  timeout 60 bash -c "until grep -q 'nix run .#demo bob /ip4/' '$scratch/demo'; do sleep 0.1; done" || shown=$?
  kill $!
  wait $! && [ "$shown" = 0 ] && grep 'alice says goodbye' "$scratch/demo"
}

simulate() {
  (cd "$scratch" && nix run "${stub[@]}" "$flake#simulate" 100 60)
}

bench() {
  (cd "$scratch" && nix run "${stub[@]}" "$flake#bench" -- --quick --only bytes,command,sim-start)
}

node() {
  nix run "${stub[@]}" "$flake#node" -- --name alice --topic storage | grep '"type":"ready"'
}

image_tag() {
  local tag
  nix build "${stub[@]}" --out-link "$scratch/image" "$flake#image"
  tag=$(tar -xOf "$scratch/image" manifest.json | grep -o 'gossip-discovery-node:[0-9.]*')
  grep -F "$tag" nix/image.nix && grep -F "$tag" docs/guide/use-with-nix.md
}

refuse_nonsense() {
  local status=0
  nix run "${stub[@]}" "$flake#test-network" 0 || status=$?
  [ "$status" = 2 ]
}

guide_flake() {
  sed -n '/^```nix$/,/^```$/p' docs/guide/use-with-nix.md | sed '1d;$d' | nix-instantiate --parse -
}

format() {
  local before
  before=$(git diff | sha256sum)
  nix fmt "${stub[@]}"
  [ "$before" = "$(git diff | sha256sum)" ]
}

stale_hash() {
  local message
  git clone -q . "$scratch/clone"
  # Another one each time: Nix trips over what it left when it was killed while it made a path.
  echo "sha256-$(head -c 32 /dev/urandom | base64)" > "$scratch/clone/nix/npm-deps-hash"
  message=$(nix build "${stub[@]}" "git+file://$scratch/clone#checks.$system.npm-deps" 2>&1) && return 1
  grep -F "$(git show HEAD:nix/npm-deps-hash)" <<< "$message"
}

main "$@"
