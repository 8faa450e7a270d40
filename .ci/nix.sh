#!/usr/bin/env bash
# Everything that the flake offers, against the stand-in for nixpkgs in nix/nixpkgs-stub: evaluation, wiring and running, not
# nixpkgs' own packages. Needs Debian's package tool if Nix is not there.
set -euo pipefail
cd "$(dirname "$0")/.."
export NIX_CONF_DIR=$PWD/nix/nixpkgs-stub
stub=(--no-write-lock-file --override-input nixpkgs path:./nix/nixpkgs-stub)
