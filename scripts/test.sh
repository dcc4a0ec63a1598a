#!/usr/bin/env bash
# The tests: units in parallel, then the browser, then faults, one after the other.
#   scripts/test.sh          on PostgreSQL and Redis of its own (T=path and ARGS="-k word" narrow it)
#   scripts/test.sh sqlite   the units on SQLite, without any server
set -euo pipefail
cd "$(dirname "$0")/.."
pytest="${VENV:-.venv}/bin/python -m pytest"
serial=(tests/browser tests/faults) # they start processes and watch the clock: two at a time are slower

# Only what these tests say counts, not what the shell of whoever starts them happens to hold.
unset DEMO DATABASE_URL REDIS_URL EMAIL_URL BASE_URL PORT HOMESTRETCH_VAR SECRET_KEY ALLOWED_HOSTS NOTICE_TICK_SECONDS
export SECRET_KEY="only-for-tests-0123456789-0123456789-0123456789-abcdef" HTTPS=0
export ALLOWED_HOSTS=testserver,localhost,127.0.0.1

run() { # A phase; all phases run, and the worst status counts.
    echo "== $1"
    shift
    local phase_status=0
    $pytest --durations=10 --durations-min=1 "$@" ${ARGS:-} || phase_status=$?
    # 5: nothing collected, which happens where ARGS picks tests of another phase.
    if [ "$phase_status" != 0 ] && { [ "$phase_status" != 5 ] || [ -z "${ARGS:-}" ]; }; then
        status=$phase_status
    fi
}

units() {
    local ignored=()
    for folder in "${serial[@]}"; do ignored+=("--ignore=$folder"); done
    run "units" -n "${WORKERS:-2}" --dist loadscope "${ignored[@]}" tests
}

status=0
case ${1:-} in
sqlite)
    if [ -n "${T:-}" ]; then run "$T" "$T"; else units; fi
    ;;
with-servers)
    if [ -n "${T:-}" ]; then
        run "$T" "$T"
    else
        units
        for folder in "${serial[@]}"; do
            if [ -n "$(find "$folder" -name 'test_*.py' 2>/dev/null)" ]; then run "$folder" "$folder"; fi
        done
    fi
    ;;
*)
    scripts/system-packages.sh postgresql redis-server chromium fonts-dejavu-core
    exec scripts/with-servers.sh "$0" with-servers
    ;;
esac
exit "$status"
