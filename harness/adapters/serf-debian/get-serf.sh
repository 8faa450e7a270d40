# Unpacks Debian's package beside this file. Installing it would start a daemon that listens on all addresses.
set -e
# A fresh container has no lists of packages, and only root may fetch them.
apt-get download serf || { apt-get update && apt-get download serf; }
dpkg-deb -x serf_*.deb .
