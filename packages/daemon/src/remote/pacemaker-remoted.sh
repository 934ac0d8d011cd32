#!/bin/sh
# The command that bundles run in their containers unless told otherwise. There it is the first process, which inherits every orphan: a shell that
# waits for its child takes leave of them too, as Node.js does not.
quorated=$(dirname -- "$(readlink -f -- "$0")")/quorated

case ${1-} in
--help | -\?)
  cat <<END
pacemaker-remoted: @SUMMARY@

Usage: pacemaker-remoted [OPTION]...

It is "quorated --remote", whose options it takes, under the name by which bundles call it, and fit to be the
first process of a container. Settings are those of a remote node, in the environment: PCMK_remote_port,
PCMK_remote_address, PCMK_authkey_location.

Exit status: that of quorated.
END
  exit 0
  ;;
esac

[ $$ -eq 1 ] || exec "$quorated" --remote "$@"

"$quorated" --remote "$@" &
daemon=$!
trap 'kill -TERM "$daemon"' TERM INT
trap : HUP
# A signal ends the waiting, not the daemon.
while :; do
  wait "$daemon"
  status=$?
  kill -0 "$daemon" 2>/dev/null || exit "$status"
done
