#!/usr/bin/env bash
# Run real clients against the real server: install what they need, then test. Arguments go to `go test`.
#
# Needs Go, a C compiler, Node 20 or newer and Python 3.11 or newer; everything else comes from the package registries, in the
# versions that are committed, and stays in a folder that is used again: e2e/.cache, or E2E_CACHE.
set -euo pipefail
cd "$(dirname "$0")"
cache=${E2E_CACHE:-$PWD/.cache}
mkdir -p "$cache"
cache=$(cd "$cache" && pwd)

for tool in go cc npm node python3; do
  command -v "$tool" >/dev/null || { echo "e2e: $tool is missing" >&2; exit 1; }
done

# install NAME LOCKFILE FUNCTION installs again when the lock file has changed since the last time. The shell goes on after an
# error in FUNCTION, because it is asked whether it succeeds: its commands have to be joined.
install() {
  local name=$1 lock=$2 stamp=$cache/$1.installed
  cmp -s "$lock" "$stamp" && return 0
  local start=$SECONDS log=$cache/$1.log
  rm -rf "$stamp"
  # What comes over the network may fail now and then.
  if ! { "$3" || { sleep 5; "$3"; } || { sleep 30; "$3"; }; } >"$log" 2>&1; then
    echo "e2e: installing the $name clients failed:" >&2
    tail -n 40 "$log" >&2
    return 1
  fi
  cp "$lock" "$stamp"
  echo "e2e: installed the $name clients in $((SECONDS - start)) s"
}

install_js() {
  mkdir -p "$cache/js" &&
    cp clients/js/package.json clients/js/package-lock.json "$cache/js/" &&
    npm ci --prefix "$cache/js" --ignore-scripts --no-audit --no-fund
}

# The journeys through the pages need a browser, which the system's packages have.
install_ui() {
  mkdir -p "$cache/ui" &&
    cp ui/package.json ui/package-lock.json "$cache/ui/" &&
    npm ci --prefix "$cache/ui" --ignore-scripts --no-audit --no-fund || return 1
  if [ ! -x /usr/bin/chromium ] && [ -z "${UI_BROWSER:-}" ]; then
    local sudo=()
    [ "$(id -u)" = 0 ] || sudo=(sudo -n)
    "${sudo[@]}" apt-get update && "${sudo[@]}" apt-get install -y --no-install-recommends chromium
  fi
}

install_python() {
  rm -rf "$cache/python" &&
    python3 -m venv "$cache/python" &&
    "$cache/python/bin/pip" install --only-binary :all: --no-deps -r clients/python/requirements.txt
}

# Building fetches only what is used, and fills the build cache for the tests.
install_go() {
  (cd clients/go && go build -o /dev/null ./...)
}

# They wait for the network more than for the processor.
install JavaScript clients/js/package-lock.json install_js & js=$!
install Python clients/python/requirements.txt install_python & python=$!
install Go clients/go/go.sum install_go & go=$!
install "pages'" ui/package-lock.json install_ui & ui=$!
failed=0
for job in "$js" "$python" "$go" "$ui"; do wait "$job" || failed=1; done
[ "$failed" = 0 ] || exit 1
ln -sfn "$cache/js/node_modules" clients/js/node_modules # where node looks for them
ln -sfn "$cache/ui/node_modules" ui/node_modules

cd ..
E2E_CACHE=$cache exec go test -tags e2e -count=1 -timeout 30m -v "$@" ./e2e/...
