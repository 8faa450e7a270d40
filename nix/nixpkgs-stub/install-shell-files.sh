#!/bin/bash
# installManPage PAGE...; installShellCompletion --cmd NAME FILE.{bash,zsh,fish}...
set -eu
put() { mkdir -p "$(dirname "$2")"; cp "$1" "$2"; }
if [ "$(basename "$0")" = installManPage ]; then
  for page; do put "$page" "$out/share/man/man${page##*.}/$(basename "$page")"; done
  exit
fi
[ "$1" = --cmd ] || { echo "install-shell-files: unknown $1" >&2; exit 1; }
name=$2; shift 2
for file; do case $file in
  *.bash) put "$file" "$out/share/bash-completion/completions/$name.bash";;
  *.zsh) put "$file" "$out/share/zsh/site-functions/_$name";;
  *.fish) put "$file" "$out/share/fish/vendor_completions.d/$name.fish";;
  *) echo "install-shell-files: unknown $file" >&2; exit 1;; esac; done
