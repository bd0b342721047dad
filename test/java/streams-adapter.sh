#!/usr/bin/env bash
# A real Kinesis Client Library, through its adapter for DynamoDB Streams, follows a table from shard to shard:
# every change comes once and in order. Needs a JDK of 17 or later, and Maven with its registry.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"

if ! command -v javac >/dev/null || ! command -v mvn >/dev/null; then
  echo 'Streams adapter, skipped: no JDK/Maven'
  exit 0
fi

work=$(mktemp -d)
trap 'rm -rf "$work"' EXIT
cp -r test/java/streams-adapter "$work/consumer"
(cd "$work/consumer" && mvn -q -B compile dependency:copy-dependencies -DoutputDirectory=lib) >/dev/null

if ! timeout 180 node test/java/streams-adapter.ts java \
  -cp "$work/consumer/target/classes:$work/consumer/lib/*" millrace.TableConsumer 2>"$work/log"; then
  tail -n 60 "$work/log"
  exit 1
fi
