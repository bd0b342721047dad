#!/usr/bin/env bash
# Makes sure that there is a browser for the console's tests: Debian's Chromium, installed where that may be
# done. Without one those tests are left out and say so.
set -euo pipefail
if ! command -v chromium > /dev/null && [ "$(id -u)" = 0 ] && command -v apt-get > /dev/null; then
  {
    apt-get update -q
    DEBIAN_FRONTEND=noninteractive apt-get install -q -y --no-install-recommends chromium
  } >&2
fi
command -v chromium || true
