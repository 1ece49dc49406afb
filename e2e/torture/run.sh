#!/usr/bin/env bash
# The tests of a night, each with its large size, one after the other: bash e2e/torture/run.sh [PATTERN]. PATTERN picks tests by
# name; TORTURE_CUTS=100 and its like change a size (see the tests). Without a pattern every fuzz target follows, for FUZZTIME
# (5m) each. The summary at the end says what was done and what was lost; why a test failed stands before it, and the whole
# log stays where it says.
set -uo pipefail
cd "$(dirname "$0")/../.."
export TORTURE=${TORTURE:-nightly} CRASH_ROUNDS=${CRASH_ROUNDS:-1000}
pattern=${1:-.}
log=$(mktemp -t concord-nightly-XXXXXX)
failed=0
for package in ./e2e/crash ./e2e/hostile ./e2e/torture; do
  go test -tags e2e -count=1 -timeout 8h -v -run "$pattern" "$package" 2>&1 | tee -a "$log" | grep -E '^(---|ok|FAIL|panic)|SUMMARY|SKIPPED'
  [ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
done
if [ "$pattern" = . ]; then
  bash .ci/fuzz "${FUZZTIME:-5m}" 2>&1 | tee -a "$log" | grep -E '^(--- |fuzz: [0-9]+ targets)| executions, '
  [ "${PIPESTATUS[0]}" -eq 0 ] || failed=1
fi

# What a test that failed has printed, from its start on.
if grep -qE '^(--- FAIL|panic)' "$log"; then
  printf '\n=== what failed\n'
  awk '/^=== RUN/ && !/\// { n = 0 }
    { kept[n++ % 60] = substr($0, 1, 400) }
    /^--- FAIL/ { for (i = n > 60 ? n - 60 : 0; i < n; i++) print kept[i % 60]; n = 0 }
    /^panic/ { dying = 1 } dying && lines++ < 40' "$log"
fi
printf '\n=== what was done, and what was lost\n'
grep -hE 'SUMMARY|rounds of kill -9|reads: median|KiB for each' "$log" | sed -E 's/^( *[a-z_]+\.go:[0-9]+: )?(SUMMARY )?/  /'
grep -hE ' executions, |^fuzz: [0-9]+ targets' "$log" | sed 's/^/  /'
grep -hE 'SKIPPED' "$log" | sed -E 's/^ *[a-z_]+\.go:[0-9]+: /  /' | sort | uniq -c
printf '%d passed, %d failed, %d skipped, %d s\n' "$(grep -cE '^--- PASS' "$log")" "$(grep -cE '^--- FAIL' "$log")" "$(grep -cE '^--- SKIP' "$log")" "$SECONDS"
if [ "$failed" -eq 0 ]; then rm -f "$log"; else echo "the whole log: $log"; fi
exit $failed
