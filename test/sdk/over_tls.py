"""Uses boto3 over TLS, as users do: it trusts the server by AWS_CA_BUNDLE, or by verify=.

Its argument is the server's address; it prints what it has seen as JSON.
"""

import json
import os
import sys

import boto3

session = boto3.session.Session("111122223333", "test", region_name="eu-west-1")
endpoint = sys.argv[1]

sqs = session.client("sqs", endpoint_url=endpoint)
url = sqs.create_queue(QueueName="orders")["QueueUrl"]
sqs.send_message(QueueUrl=url, MessageBody="sent over TLS")
body = sqs.receive_message(QueueUrl=url)["Messages"][0]["Body"]

bundle = os.environ.pop("AWS_CA_BUNDLE")
dynamodb = session.client("dynamodb", endpoint_url=endpoint, verify=bundle)
dynamodb.create_table(
    TableName="orders",
    KeySchema=[{"AttributeName": "id", "KeyType": "HASH"}],
    AttributeDefinitions=[{"AttributeName": "id", "AttributeType": "S"}],
    BillingMode="PAY_PER_REQUEST",
)
dynamodb.put_item(TableName="orders", Item={"id": {"S": "1"}, "n": {"N": "42"}})
item = dynamodb.get_item(TableName="orders", Key={"id": {"S": "1"}})["Item"]

kinesis = session.client("kinesis", endpoint_url=endpoint, verify=bundle)
kinesis.create_stream(StreamName="clicks", ShardCount=1)
arn = kinesis.describe_stream_summary(StreamName="clicks")["StreamDescriptionSummary"]["StreamARN"]
consumer = kinesis.register_stream_consumer(StreamARN=arn, ConsumerName="c")["Consumer"]
kinesis.put_record(StreamName="clicks", PartitionKey="p", Data=b"clicked")
events = kinesis.subscribe_to_shard(
    ConsumerARN=consumer["ConsumerARN"],
    ShardId="shardId-000000000000",
    StartingPosition={"Type": "TRIM_HORIZON"},
)["EventStream"]
for event in events:
    records = event["SubscribeToShardEvent"]["Records"]
    if records:
        record = records[0]["Data"].decode()
        break

print(json.dumps({"QueueUrl": url, "body": body, "item": item, "record": record}))
