# Completion of test-network for bash: source <(test-network completion bash)
# For bash 3.2 as well, which macOS has.
_test_network() {
  local word words=() line places current index last
  # Bash takes --runner=process apart; here it is one word again.
  for ((index = 1; index <= COMP_CWORD; index++)); do
    word=${COMP_WORDS[index]}
    last=$((${#words[@]} - 1))
    if [[ $word == = && $last -ge 0 && ${words[last]} == --* ]]; then
      words[last]+==
    elif [[ $last -ge 0 && ${words[last]} == --*= ]]; then
      words[last]+=$word
    else
      words+=("$word")
    fi
  done
  current=${words[${#words[@]} - 1]}
  COMPREPLY=()
  {
    IFS= read -r places
    while IFS= read -r line; do
      COMPREPLY+=("${line%%$'\t'*}")
    done
  } < <("${COMP_WORDS[0]}" complete -- "${words[@]}" 2> /dev/null)
  if [[ $current == --*=* ]]; then
    # Bash puts a candidate in the place of what follows the sign.
    COMPREPLY=("${COMPREPLY[@]#*=}")
    current=${current#*=}
  fi
  case $places in
    files) _test_network_places -f "$current" ;;
    folders) _test_network_places -d "$current" ;;
  esac
}

_test_network_places() {
  local place
  compopt -o filenames 2> /dev/null
  while IFS= read -r place; do
    COMPREPLY+=("$place")
  done < <(compgen "$1" -- "$2")
}

complete -F _test_network test-network
