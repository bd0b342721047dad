#!/usr/bin/env bash
# A smoke of the AWS CLI with nothing but `millrace env`: a bus, a rule, a topic, a queue, an event.
# Version 1, the one on PyPI, sends SQS to AWS unless it is told otherwise on the command line.
set -euo pipefail
cd "$(dirname "$0")/../.."
export PATH="$PWD/node_modules/.bin:$PATH"
aws=${AWS_CLI:-$PWD/.venv-cli/bin/aws}
data=$(mktemp -d)
port=${PORT:-14566}

node src/cli/main.ts start --port "$port" --data "$data" >"$data/out" 2>"$data/err" &
server=$!
trap 'kill "$server" 2>/dev/null; wait "$server" 2>/dev/null; rm -rf "$data"' EXIT
for _ in $(seq 100); do
  grep -q 'Ready\.' "$data/out" 2>/dev/null && break
  sleep 0.1
done
grep -q 'Ready\.' "$data/out" || { cat "$data/err"; echo 'the server did not start'; exit 1; }

# shellcheck disable=SC2046 # unquoted on purpose: that works too
eval $(node src/cli/main.ts env --port "$port")
expect() { grep -q -- "$1" <<<"$2" || { printf 'expected %s in:\n%s\n' "$1" "$2"; exit 1; }; }

policy='{"Version":"2012-10-17","Statement":[{"Effect":"Allow","Principal":"*","Action":"sqs:*","Resource":"*"}]}'
attributes=$(node -p 'JSON.stringify({ Policy: process.argv[1] })' "$policy")
url=$("$aws" --endpoint-url "$AWS_ENDPOINT_URL" sqs create-queue --queue-name orders --attributes "$attributes" --query QueueUrl --output text)
expect "127.0.0.1:$port" "$url"
arn=$("$aws" --endpoint-url "$AWS_ENDPOINT_URL" sqs get-queue-attributes --queue-url "$url" --attribute-names QueueArn \
  --query Attributes.QueueArn --output text)

"$aws" events create-event-bus --name shop >/dev/null
"$aws" events put-rule --name all --event-bus-name shop --event-pattern '{"source":["shop"]}' >/dev/null
failed=$("$aws" events put-targets --rule all --event-bus-name shop --targets "Id=q,Arn=$arn" \
  --query FailedEntryCount --output text)
expect '^0$' "$failed"
"$aws" events put-events --entries \
  '[{"EventBusName":"shop","Source":"shop","DetailType":"OrderPlaced","Detail":"{\"id\":7}"}]' >/dev/null
expect 'OrderPlaced' "$("$aws" --endpoint-url "$AWS_ENDPOINT_URL" sqs receive-message --queue-url "$url" --wait-time-seconds 5)"

topic=$("$aws" sns create-topic --name news --query TopicArn --output text)
"$aws" sns subscribe --topic-arn "$topic" --protocol sqs --notification-endpoint "$arn" \
  --attributes RawMessageDelivery=true >/dev/null
"$aws" sns publish --topic-arn "$topic" --message 'hello from the CLI' >/dev/null
expect 'hello from the CLI' "$("$aws" --endpoint-url "$AWS_ENDPOINT_URL" sqs receive-message --queue-url "$url" --wait-time-seconds 5)"

missing=$("$aws" --endpoint-url "$AWS_ENDPOINT_URL" sqs get-queue-url --queue-name none 2>&1 || true)
expect 'NonExistentQueue' "$missing"
echo 'aws cli: ok'
