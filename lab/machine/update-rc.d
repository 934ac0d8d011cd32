#!/bin/bash
# Which services a lab host without systemd starts at boot: update-rc.d NAME enable|disable
set -eu
name=${1:?usage: update-rc.d NAME enable|disable}
action=${2:?usage: update-rc.d NAME enable|disable}
if [ ! -e "/etc/lab/services/$name" ]; then
  # A service of the machine: it is installed, and nothing on this host starts it.
  [ "$action" = disable ] && [ -e "/etc/init.d/$name" ] && exit 0
  echo "update-rc.d: no service $name" >&2
  exit 64
fi
mkdir -p /etc/lab/enabled
case $action in
enable) touch "/etc/lab/enabled/$name" ;;
disable) rm -f "/etc/lab/enabled/$name" ;;
*) echo "update-rc.d: unknown action $action" >&2; exit 64 ;;
esac
