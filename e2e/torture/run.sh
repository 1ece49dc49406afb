#!/usr/bin/env bash
# The tests of a night, each with its large size, one after the other: bash e2e/torture/run.sh [PATTERN]. PATTERN picks tests by
# name; TORTURE_CUTS=100 and its like change a size (see the tests). The summary at the end says what was done and what was lost.
set -uo pipefail
cd "$(dirname "$0")/../.."
export TORTURE=${TORTURE:-nightly} CRASH_ROUNDS=${CRASH_ROUNDS:-1000}
pattern=${1:-.}
log=$(mktemp)
trap 'rm -f "$log"' EXIT
failed=0
for package in ./e2e/crash ./e2e/hostile ./e2e/torture; do
  go test -tags e2e -count=1 -timeout 8h -v -run "$pattern" "$package" 2>&1 | tee -a "$log" | grep -E '^(---|ok|FAIL|panic)|SUMMARY|SKIPPED'
  [ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
done

printf '\n=== what was done, and what was lost\n'
grep -hE 'SUMMARY|rounds of kill -9|reads: median|KiB for each' "$log" | sed -E 's/^( *[a-z_]+\.go:[0-9]+: )?(SUMMARY )?/  /'
grep -hE 'SKIPPED' "$log" | sed -E 's/^ *[a-z_]+\.go:[0-9]+: /  /' | sort | uniq -c
printf '%d passed, %d failed, %d skipped, %d s\n' "$(grep -cE '^--- PASS' "$log")" "$(grep -cE '^--- FAIL' "$log")" "$(grep -cE '^--- SKIP' "$log")" "$SECONDS"
exit $failed
