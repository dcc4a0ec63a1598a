#!/usr/bin/env bash
# Sees to it that Debian packages are there: scripts/system-packages.sh postgresql redis-server chromium
# Root gets what is missing installed, quietly; anybody else is told what to ask for.
# `printing` stands for all that a PDF is made with.
set -euo pipefail
printing=(libpango-1.0-0 libpangoft2-1.0-0 libharfbuzz-subset0 fonts-open-sans fonts-dejavu-core)

present() {
    case $1 in
    postgresql) [ -n "$(find /usr/lib/postgresql /usr/local/pgsql -name initdb 2>/dev/null)" ] || command -v initdb ;;
    redis-server) command -v redis-server && command -v redis-cli ;;
    chromium) command -v chromium || command -v chromium-browser || command -v google-chrome ;;
    fonts-dejavu-core) [ -d /usr/share/fonts/truetype/dejavu ] || ! command -v dpkg ;;
    lib* | fonts-*) ! command -v dpkg || dpkg --status "$1" ;; # elsewhere they go by other names
    *) command -v dpkg && dpkg --status "$1" ;;
    esac >/dev/null 2>&1
}

wanted=()
for package in "$@"; do
    if [ "$package" = printing ]; then wanted+=("${printing[@]}"); else wanted+=("$package"); fi
done
missing=()
for package in "${wanted[@]}"; do
    present "$package" || missing+=("$package")
done
if [ ${#missing[@]} = 0 ]; then
    exit
fi
if [ "$(id -u)" = 0 ] && command -v apt-get >/dev/null; then
    echo "installing ${missing[*]}"
    export DEBIAN_FRONTEND=noninteractive
    log=$(mktemp)
    if ! { apt-get update && apt-get install -y --no-install-recommends "${missing[@]}"; } >"$log" 2>&1; then
        tail -20 "$log" >&2
        echo "could not install ${missing[*]}" >&2
        exit 1
    fi
    rm -f "$log"
else
    echo "Missing on this machine: ${missing[*]} (the names are Debian's)." >&2
    echo "Please have them installed, for example: sudo apt-get install --no-install-recommends ${missing[*]}" >&2
    exit 1
fi
