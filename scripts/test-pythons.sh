#!/usr/bin/env bash
# The unit tests on SQLite under every Python 3.11 to 3.13 of this machine, each in a .venv-3.NN of its own.
set -uo pipefail
cd "$(dirname "$0")/.."

interpreter() { # The path of a Python "$1" that works: on the PATH, or kept by pyenv.
    local candidate
    for candidate in "python$1" "${PYENV_ROOT:-$HOME/.pyenv}/versions/$1".*/bin/python; do
        # Run it: pyenv puts a name on the PATH also for versions that it has switched off.
        if "$candidate" -c "import sys; sys.exit('%d.%d' % sys.version_info[:2] != '$1')" 2>/dev/null; then
            command -v "$candidate"
            return
        fi
    done
    return 1
}

tested=() failed=()
for version in 3.11 3.12 3.13; do
    if python=$(interpreter "$version"); then
        tested+=("$version")
        { VENV=.venv-$version PYTHON=$python scripts/setup.sh &&
            ".venv-$version/bin/python" scripts/run_tests.py --sqlite; } || failed+=("$version")
    fi
done
echo "tested on Python: ${tested[*]:-none}; failed: ${failed[*]:-none}"
[ ${#tested[@]} -gt 0 ] && [ ${#failed[@]} = 0 ]
