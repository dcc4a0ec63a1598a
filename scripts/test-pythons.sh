#!/usr/bin/env bash
# The unit tests on SQLite under every Python 3.11 to 3.13 of this machine, each in a .venv-3.NN of its own.
set -uo pipefail
cd "$(dirname "$0")/.."
tested=() failed=()
for version in 3.11 3.12 3.13; do
    if command -v "python$version" >/dev/null; then
        tested+=("$version")
        { VENV=.venv-$version PYTHON=python$version scripts/setup.sh &&
            ".venv-$version/bin/python" scripts/run_tests.py --sqlite; } || failed+=("$version")
    fi
done
echo "tested on Python: ${tested[*]:-none}; failed: ${failed[*]:-none}"
[ ${#tested[@]} -gt 0 ] && [ ${#failed[@]} = 0 ]
