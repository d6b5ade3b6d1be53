#!/usr/bin/env bash
# SPDX-License-Identifier: MIT
# run.sh PROGRAM: each failure is told once, no case fails for another, and a
# case that hangs says which task waits for what, and where.
set -uo pipefail

said=$(DUET_TEST_GUARD_SECONDS=12 ${DUET_EMULATOR//\'/} "$1" 2>&1)
status=$?

wrong() {
    echo "$said"
    echo "$*"
    exit 1
}

# cmocka says OK of a case that passed.
for line in 'OK.*a_passes' 'FAILED.*b_fails_in_a_task' 'OK.*c_passes' \
    'FAILED.*d_fails_in_a_callback' 'FAILED.*e_fails_in_a_thread' \
    'OK.*f_passes_with' 'FAILED.*g_fails_where' \
    '0x4d2|1234' '"this" != "that"' '0x10e1|4321' \
    'broken_cases.c:[0-9]+: error' \
    'guard: this takes too long: h_hangs' \
    'dreamer +waits for event' 'main +waits for dreamer|main +waits for .*task'; do
    grep -qE "$line" <<<"$said" || wrong "nothing is said like '$line'"
done
! grep -qE 'i_never_runs' <<<"$said" || wrong "it went on behind a hang"
[ $status = 124 ] || wrong "it ended with $status"
if grep -q '#0' <<<"$said" && command -v addr2line >/dev/null; then
    grep -qE 'in sleeper|sleeper at' <<<"$said" ||
        grep -q 'sleeper' <<<"$said" || wrong "the task's calls have no names"
fi
echo "four cases failed alone, and a hang said where"
