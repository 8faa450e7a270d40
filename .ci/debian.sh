# Sourced. `debian PROGRAM PACKAGE...` installs the packages from Debian unless the program is there.
debian() {
  local program=$1
  shift
  command -v "$program" > /dev/null && return
  printf 'installing %s\n' "$*"
  # The lists of packages are fetched once: only where there are none, or old ones.
  install_packages "$@" || { apt-get update -qq && install_packages "$@"; }
}

# Chromium, unless there is one, or another browser that CHROMIUM names.
debian_browser() {
  [ -e "${CHROMIUM:-/usr/bin/chromium}" ] || debian chromium chromium
}

install_packages() {
  DEBIAN_FRONTEND=noninteractive apt-get install -y -qq --no-install-recommends "$@" < /dev/null > /dev/null
}
