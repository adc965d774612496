#!/usr/bin/env bash
# Measures on PostgreSQL: a cluster of its own is made, used and thrown away. What follows is for the bench.
#
#   bench/on-postgres.sh --only apps --only "growth apps"
#
# Settings are PostgreSQL's own, so that what is written is durable. BENCH is the bench, if it is elsewhere.

set -euo pipefail
cd "$(dirname "$0")/.."

BENCH=${BENCH:-${CARGO_TARGET_DIR:-target}/release/comity-bench}
# Beside the ports of the bench.
PORT=8472

if [ ! -x "$BENCH" ]; then
  echo "there is no $BENCH: cargo build --release -p comity -p comity-bench" >&2
  exit 2
fi

# The newest in Debian's folder, or what is in PATH.
programs() {
  local newest
  newest=$(find /usr/lib/postgresql -mindepth 1 -maxdepth 1 2>/dev/null | sort -V | tail -n 1)
  if [ -n "$newest" ]; then
    echo "$newest/bin"
  elif command -v initdb >/dev/null; then
    dirname "$(command -v initdb)"
  else
    echo "PostgreSQL is missing: install the package postgresql" >&2
    return 2
  fi
}

# PostgreSQL refuses to run as root.
as_owner() {
  if [ "$(id -u)" = 0 ]; then
    runuser -u postgres -- "$@"
  else
    "$@"
  fi
}

PROGRAMS=$(programs)
CLUSTER=$(mktemp -d)

throw_away() {
  # It may not have started.
  (cd "$CLUSTER" && as_owner "$PROGRAMS/pg_ctl" -D "$CLUSTER/data" -m immediate stop) >/dev/null 2>&1 || true
  rm -rf "$CLUSTER"
}
trap throw_away EXIT

if [ "$(id -u)" = 0 ]; then
  chown postgres "$CLUSTER"
fi
(
  cd "$CLUSTER"
  as_owner "$PROGRAMS/initdb" -D "$CLUSTER/data" -U postgres -A trust -E UTF8 --locale=C >"$CLUSTER/log" 2>&1
  as_owner "$PROGRAMS/pg_ctl" -D "$CLUSTER/data" -l "$CLUSTER/data/server.log" -w -t 60 \
    -o "-p $PORT -c listen_addresses=127.0.0.1 -c unix_socket_directories=''" start >>"$CLUSTER/log" 2>&1
) || {
  cat "$CLUSTER/log" "$CLUSTER/data/server.log" >&2 || true
  exit 1
}

"$BENCH" --database "postgres://postgres@127.0.0.1:$PORT/postgres" "$@"
