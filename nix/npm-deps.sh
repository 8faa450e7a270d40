#!/usr/bin/env bash
# Usage: npm-deps.sh OUT, in a folder that holds package-lock.json and every package.json.
# Installs what the lock file names and moves it to OUT, as bytes that depend on the lock file alone: optional packages
# differ between platforms, npm's own hidden lock file and its empty folders between versions of npm.
set -euo pipefail
npm ci --ignore-scripts --omit=optional --no-audit --no-fund --loglevel=error
rm node_modules/.package-lock.json
find . -name node_modules -prune | while read -r folder; do
  mkdir -p "$1/$(dirname "$folder")"
  mv "$folder" "$1/$folder"
done
find "$1" -type d -empty -delete
