#!/usr/bin/env bash
# Installs the locked versions into .venv and compiles the Italian messages. Does nothing when nothing changed.
# PYTHON names the interpreter (3.11 to 3.13); VENV another folder than .venv.
set -euo pipefail
cd "$(dirname "$0")/.."
venv=${VENV:-.venv}
stamp=$venv/homestretch-setup

fail() {
    echo "setup: $*" >&2
    exit 1
}

fits() { # Whether "$1" is a Python that Homestretch runs on.
    "$1" -c 'import sys; sys.exit(not (3, 11) <= sys.version_info[:2] <= (3, 13))' 2>/dev/null
}

choose_python() {
    local candidate
    for candidate in ${PYTHON:-python3 python3.13 python3.12 python3.11}; do
        if command -v "$candidate" >/dev/null && fits "$candidate"; then
            command -v "$candidate"
            return
        fi
    done
    fail "no Python 3.11 to 3.13 found (looked for ${PYTHON:-python3, python3.13, python3.12, python3.11})." \
        "Install one, or name it: PYTHON=/path/to/python3.12 make setup"
}

make_venv() {
    local python=$1
    if ! "$python" -c 'import venv, ensurepip' 2>/dev/null; then
        "$(dirname "$0")/system-packages.sh" python3-venv
    fi
    "$python" -m venv --clear "$venv" || fail "$python could not make $venv."
    "$venv/bin/python" -m pip install --quiet --disable-pip-version-check "uv>=0.9,<1"
}

# Another interpreter than the one in the venv was asked for: begin anew.
if [ -n "${PYTHON:-}" ] || ! [ -x "$venv/bin/python" ] || ! [ -x "$venv/bin/uv" ] || ! fits "$venv/bin/python"; then
    python=$(choose_python)
    version='import sys; print(sys.version_info[:2])'
    if ! [ -x "$venv/bin/uv" ] || [ "$("$python" -c "$version")" != "$("$venv/bin/python" -c "$version" 2>&1)" ]; then
        echo "setup: $("$python" --version) into $venv"
        make_venv "$python"
    fi
fi

if ! cmp --silent requirements.lock "$stamp"; then
    echo "setup: installing the locked versions"
    "$venv/bin/uv" pip sync --quiet --python "$venv/bin/python" --require-hashes requirements.lock
    scripts/system-packages.sh printing || echo "setup: without these no handout can be printed; all else works."
    cp requirements.lock "$stamp"
fi

VENV=$venv scripts/compile-messages.sh
