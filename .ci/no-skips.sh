# Sourced. `no_skips FILE...` runs test files, and fails where `npm test` would skip what the machine cannot run.
no_skips() {
  local output
  output=$(mktemp)
  npm test --silent -- --reporter=tap "$@" < /dev/null | tee "$output"
  if grep '# SKIP' "$output"; then
    echo 'skipped, see above' >&2
    return 1
  fi
  rm -f "$output"
}
