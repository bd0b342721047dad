#!/usr/bin/env bash
# Makes .venv/ with boto3 and .venv-cli/ with the AWS CLI, both pinned. Does nothing when they are there.
# Two environments, because the CLI pins a botocore of its own.
set -euo pipefail
cd "$(dirname "$0")/.."

environment() {
  local folder=$1
  shift
  [ -x "$folder/bin/python" ] || python3 -m venv "$folder"
  "$folder/bin/python" -m pip install --quiet "$@"
}

environment .venv boto3==1.44.5 botocore==1.44.5
environment .venv-cli awscli==1.46.2
