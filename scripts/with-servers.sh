#!/usr/bin/env bash
# Runs a command with a PostgreSQL and a Redis of its own, on free ports, in a temporary folder:
#   scripts/with-servers.sh COMMAND...
# Both are stopped and the folder is removed however the command ends, also on Ctrl-C.
# DURABLE=1 keeps PostgreSQL from losing acknowledged commits when it is killed (fault tests; slower).
set -euo pipefail
here=$(cd "$(dirname "$0")" && pwd)
"$here/system-packages.sh" postgresql redis-server

folder=$(mktemp -d "${TMPDIR:-/tmp}/homestretch-servers-XXXXXX")
pg_bin=$(dirname "$(find /usr/lib/postgresql /usr/local/pgsql "$(pg_config --bindir 2>/dev/null || echo /nonexistent)" \
    -name initdb 2>/dev/null | sort --version-sort | tail -1)")
command=

as_postgres() { # PostgreSQL refuses to run as root.
    if [ "$(id -u)" = 0 ]; then
        setpriv --reuid=postgres --regid=postgres --init-groups "$@"
    else
        "$@"
    fi
}

stop() {
    local status=$?
    trap - EXIT INT TERM HUP
    if [ -n "$command" ]; then
        kill -TERM "$command" 2>/dev/null && wait "$command" 2>/dev/null
    fi
    as_postgres "$pg_bin/pg_ctl" -D "$folder/pg" -m immediate stop >/dev/null 2>&1 || true
    if [ -f "$folder/redis.pid" ]; then
        kill "$(cat "$folder/redis.pid")" 2>/dev/null || true
    fi
    rm -rf "$folder"
    exit "$status"
}
trap stop EXIT
trap 'exit 130' INT
trap 'exit 143' TERM HUP

free_port() {
    python3 -c 'import socket; s = socket.socket(); s.bind(("127.0.0.1", 0)); print(s.getsockname()[1])'
}

start_postgres() { # A port that was free may be taken a moment later: try a few.
    local fast="-c fsync=off -c synchronous_commit=off -c full_page_writes=off"
    [ -z "${DURABLE:-}" ] || fast=
    for _ in 1 2 3 4 5; do
        pg_port=$(free_port)
        if as_postgres "$pg_bin/pg_ctl" -D "$folder/pg" -l "$folder/pg.log" -w \
            -o "-c port=$pg_port -c listen_addresses=127.0.0.1 -c unix_socket_directories=$folder/sock $fast" \
            start >/dev/null; then
            return
        fi
    done
    cat "$folder/pg.log" >&2
    return 1
}

start_redis() {
    for _ in 1 2 3 4 5; do
        redis_port=$(free_port)
        redis-server --port "$redis_port" --bind 127.0.0.1 --save "" --appendonly no --dir "$folder" \
            --daemonize yes --pidfile "$folder/redis.pid" --logfile "$folder/redis.log" >/dev/null
        for _ in $(seq 50); do
            if [ "$(redis-cli -p "$redis_port" ping 2>/dev/null)" = PONG ]; then
                return
            fi
            sleep 0.1
        done
    done
    cat "$folder/redis.log" >&2
    return 1
}

mkdir "$folder/sock"
touch "$folder/pg.log"
if [ "$(id -u)" = 0 ]; then
    chown -R postgres:postgres "$folder"
    chmod 755 "$folder"
fi
as_postgres "$pg_bin/initdb" -D "$folder/pg" -U postgres -A trust -E UTF8 --locale=C.UTF-8 --no-sync >/dev/null
start_postgres
start_redis

export DATABASE_URL="postgres://postgres@127.0.0.1:$pg_port/postgres"
export REDIS_URL="redis://127.0.0.1:$redis_port/0"
"$@" &
command=$!
wait "$command"
