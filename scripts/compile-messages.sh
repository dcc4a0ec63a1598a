#!/usr/bin/env bash
# Compiles the message catalogues that changed, with the pybabel of .venv (VENV) or, in the image, of the PATH.
set -euo pipefail
cd "$(dirname "$0")/.."
pybabel=${VENV:-.venv}/bin/pybabel
[ -x "$pybabel" ] || pybabel=pybabel
for catalogue in locale/*/LC_MESSAGES/django.po; do
    # No catalogue at all leaves the pattern itself, which is no file.
    if [ -f "$catalogue" ] && [ "$catalogue" -nt "${catalogue%.po}.mo" ]; then
        "$pybabel" --quiet compile -d locale -D django
        break
    fi
done
