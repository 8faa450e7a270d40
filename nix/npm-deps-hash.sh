#!/usr/bin/env bash
# `npm run nix:hash`: computes the hash of the npm dependencies anew and writes it to nix/npm-deps-hash.
set -euo pipefail
cd "$(dirname "$0")/.."
if ! command -v nix > /dev/null; then
  echo 'npm run nix:hash needs Nix (on Debian: apt-get install nix-bin), which computes the hash.' >&2
  exit 1
fi
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT
tar -cf - package-lock.json package.json ./*/package.json | tar -xf - -C "$folder"
here=$PWD
(cd "$folder" && bash "$here/nix/npm-deps.sh" "$folder/out")
nix --extra-experimental-features nix-command hash path "$folder/out" > nix/npm-deps-hash
cat nix/npm-deps-hash
