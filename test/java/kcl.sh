#!/usr/bin/env bash
# A real Kinesis Client Library on a stream of ours whose shards are split and merged under traffic: nothing
# is lost, and each key's records come in order. Needs a JDK of 17 or later, and Maven with its registry.
# Usage: test/java/kcl.sh [records per key]
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"
per_key=${1:-100}

if ! command -v javac >/dev/null || ! command -v mvn >/dev/null; then
  echo 'KCL, skipped: no JDK/Maven'
  exit 0
fi

work=$(mktemp -d)
server=
finish() {
  [ -z "$server" ] || kill "$server" 2>/dev/null || true
  rm -rf "$work"
}
trap finish EXIT

cp -r test/java/kcl "$work/kcl"
(cd "$work/kcl" && mvn -q -B compile dependency:copy-dependencies -DoutputDirectory=lib) >/dev/null

node src/cli/main.ts start --port 0 --data "$work/data" >"$work/server.log" 2>&1 &
server=$!
for _ in $(seq 100); do
  port=$(sed -n 's|.*http://127.0.0.1:\([0-9]*\).*|\1|p' "$work/server.log" | head -1)
  [ -n "$port" ] && break
  sleep 0.2
done
[ -n "$port" ] || { cat "$work/server.log"; exit 1; }

for manner in polling fan-out; do
  if ! java -cp "$work/kcl/target/classes:$work/kcl/lib/*" millrace.Consumer \
    "http://127.0.0.1:$port" "$manner" "$per_key" 2>"$work/$manner.log"; then
    tail -n 60 "$work/$manner.log"
    echo "KCL, $manner: failed"
    exit 1
  fi
done
