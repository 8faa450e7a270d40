#compdef test-network
# Completion of test-network for zsh: source <(test-network completion zsh), after compinit.
_test_network() {
  local -a lines candidates
  local line
  lines=("${(@f)$("${(Q)words[1]}" complete -- "${(@Q)words[2,CURRENT]}" 2> /dev/null)}")
  for line in "${(@)lines[2,-1]}"; do
    # A colon ends the word.
    candidates+=("${${line%%$'\t'*}//:/\\:}:${line#*$'\t'}")
  done
  (( $#candidates )) && _describe -V 'test-network' candidates
  case $lines[1] in
    files)
      compset -P '--*='
      _files
      ;;
    folders)
      compset -P '--*='
      _files -/
      ;;
  esac
}

# Called by compinit, or sourced.
if [[ $funcstack[1] == _test_network ]]; then
  _test_network "$@"
else
  compdef _test_network test-network
fi
