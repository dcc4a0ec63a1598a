#!/usr/bin/env bash
# Everything that can be said about the code without running it. All of it runs; one failure fails the whole.
set -uo pipefail
cd "$(dirname "$0")/.."
bin=.venv/bin
failed=()

check() {
    local name=$1
    shift
    echo "== $name"
    "$@" || failed+=("$name")
}

# Two installations that are checked, never started: the address of a database is not opened.
production() {
    env -u DEMO SECRET_KEY="only-for-this-check-$("$bin/python" -c 'import secrets; print(secrets.token_hex(40))')" \
        ALLOWED_HOSTS=clinic.example DATABASE_URL=postgres://nobody@127.0.0.1:1/nothing \
        REDIS_URL=redis://127.0.0.1:1/0 EMAIL_URL=smtp+tls://127.0.0.1:1 \
        HOMESTRETCH_VAR="$folder" "$@"
}
folder=$(mktemp -d)
trap 'rm -rf "$folder"' EXIT

check "ruff" $bin/ruff check --output-format concise .
check "ruff format" $bin/ruff format --check --output-format concise .
check "mypy" $bin/mypy .
check "import-linter" $bin/lint-imports --no-logo
check "migrations" $bin/python manage.py makemigrations --check --dry-run --settings tests.settings
check "djlint" $bin/djlint --lint --quiet templates
check "deployment" production $bin/python manage.py check --deploy --fail-level WARNING

if [ ${#failed[@]} -gt 0 ]; then
    printf '\nfailed: %s\n' "$(IFS=,; echo "${failed[*]}")" >&2
    exit 1
fi
echo "all checks passed"
