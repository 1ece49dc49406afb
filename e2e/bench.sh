#!/usr/bin/env bash
# Measure the server against the budgets of docs/performance.md and print the tables.
#
# It builds the binary, starts it with its default settings on a loopback port and a new data file, and runs the load generator
# regbench, which measures a bare echo server on the same routes in the same rounds: that server's rate is the limit.
# REGBENCH names the generator's source folder; ROUNDS (5) and DUR (2s) bound the run; TABLES ("hot new checks storm") names what
# is measured. Arguments are passed on to the generator.
set -euo pipefail
cd "$(dirname "$0")/.."
regbench=$(cd "${REGBENCH:-../shared/tools/regbench}" 2>/dev/null && pwd) || {
  echo "bench: there is no regbench in ${REGBENCH:-../shared/tools/regbench}; REGBENCH names its folder" >&2
  exit 1
}
work=$(mktemp -d)
server=
trap '[ -z "$server" ] || kill "$server" 2>/dev/null || true; wait; rm -rf "$work"' EXIT

CGO_ENABLED=0 go build -trimpath -o "$work/concord" ./cmd/concord
(cd "$regbench" && go build -o "$work/regbench" .)

# start NAME runs a server with a data file of that name; its address is in $url, its process in $server.
start() {
  local log=$work/$1.log
  "$work/concord" serve --listen 127.0.0.1:0 --data "$work/$1.db" --shutdown-delay 0s >"$log" 2>&1 &
  server=$!
  for _ in $(seq 200); do
    url=$(grep -oE 'http://127\.0\.0\.1:[0-9]+' "$log" | head -n 1 || true)
    [ -n "$url" ] && return 0
    kill -0 "$server" 2>/dev/null || break
    sleep 0.05
  done
  echo "bench: the server did not start:" >&2
  cat "$log" >&2
  exit 1
}

stop() {
  kill "$server"
  wait "$server" || true
  server=
}

# measure NAME ARGUMENTS… prints one table.
measure() {
  local name=$1
  shift
  start "$name"
  "$work/regbench" -url "$url" -pid "$server" -name concord -limit echo -rounds "${ROUNDS:-5}" -dur "${DUR:-2s}" \
    -table "$work/$name.md" "$@" >"$work/$name.json"
  stop
  printf '\n### %s\n\n' "$name"
  cat "$work/$name.md"
  grep '"failed"' "$work/$name.json" || true
}

echo "$(git rev-parse --short HEAD), $(go version | cut -d' ' -f3), $(nproc) cores, $(grep -m1 'model name' /proc/cpuinfo | cut -d: -f2- | xargs), $(stat -f -c %T "$work")"
for table in ${TABLES:-hot new checks storm}; do
  case $table in
  hot) measure hot -workers 16 -only '^(get_id|get_latest|lookup|register_existing|list_subjects)$' "$@" ;;
  new) measure new -workers 1,16,128 -only '^register_new$' "$@" ;;
  checks) measure checks -workers 16 -only '^(evolve|compat)_' "$@" ;;
  storm) measure storm -only '^storm$' "$@" ;;
  *) echo "bench: there is no table $table" >&2 && exit 1 ;;
  esac
done
