"""Calls boto3 for the tests: one JSON question a line on stdin, one JSON answer a line on stdout.

Bytes travel as {"$bytes": base64}, timestamps as epoch milliseconds. Calls run on threads, so a
long poll does not hold up the call that ends it.
"""

import base64
import json
import sys
import threading
from concurrent.futures import ThreadPoolExecutor
from datetime import datetime, timedelta, timezone

import boto3
from botocore.config import Config
from botocore.eventstream import EventStream
from botocore.exceptions import ClientError
from botocore.response import StreamingBody

EPOCH = datetime(1970, 1, 1, tzinfo=timezone.utc)
CONFIG = Config(
    parameter_validation=False,
    retries={"total_max_attempts": 1},
    connect_timeout=5,
    read_timeout=60,
    max_pool_connections=50,
)

session = boto3.session.Session()
clients = {}
clients_lock = threading.Lock()
output_lock = threading.Lock()


def client_for(question):
    key = tuple(question[name] for name in ("service", "endpoint", "account", "region"))
    with clients_lock:
        if key not in clients:
            clients[key] = session.client(
                question["service"],
                endpoint_url=question["endpoint"],
                region_name=question["region"],
                aws_access_key_id=question["account"],
                aws_secret_access_key="test",
                config=CONFIG,
            )
        return clients[key]


def forget(endpoint):
    with clients_lock:
        for key in [key for key in clients if key[1] == endpoint]:
            clients.pop(key).close()
    return {"output": {}}


def to_python(value, shape):
    """Bytes and timestamps as boto3 wants them; everything else as it came."""
    if isinstance(value, dict) and "$bytes" in value:
        return base64.b64decode(value["$bytes"])
    if shape is None:
        return value
    if shape.type_name == "timestamp" and isinstance(value, (int, float)):
        return EPOCH + timedelta(milliseconds=value)
    if shape.type_name == "structure" and isinstance(value, dict):
        return {k: to_python(v, shape.members.get(k)) for k, v in value.items()}
    if shape.type_name == "map" and isinstance(value, dict):
        return {k: to_python(v, shape.value) for k, v in value.items()}
    if shape.type_name == "list" and isinstance(value, list):
        return [to_python(v, shape.member) for v in value]
    return value


def to_json(value):
    if isinstance(value, StreamingBody):
        value = value.read()
    if isinstance(value, (bytes, bytearray)):
        return {"$bytes": base64.b64encode(value).decode()}
    if isinstance(value, datetime):
        return round((value - EPOCH) / timedelta(milliseconds=1))
    if isinstance(value, dict):
        return {k: to_json(v) for k, v in value.items() if k != "ResponseMetadata"}
    if isinstance(value, (list, tuple, EventStream)):
        return [to_json(v) for v in value]
    return value


def failure_of(client, error):
    details = error.response.get("Error", {})
    reported = details.get("Code", "")
    # boto3 shows the older Query code of SQS and keeps the shape's name beside it.
    modelled = client.meta.service_model.shape_for_error_code
    shape = modelled(details.get("QueryErrorCode", reported)) or modelled(reported)
    return {
        "code": shape.name if shape else reported,
        "reported": reported,
        "message": details.get("Message", ""),
        "status": error.response["ResponseMetadata"]["HTTPStatusCode"],
    }


def ask(question):
    client = client_for(question)
    model = client.meta.service_model.operation_model(question["operation"])
    parameters = to_python(question["input"], model.input_shape)
    try:
        # The private call takes AWS's own operation names and unvalidated parameters.
        return {"output": to_json(client._make_api_call(question["operation"], parameters))}
    except ClientError as error:
        return {"failure": failure_of(client, error)}


def serve(line):
    question = json.loads(line)
    try:
        answer = forget(question["forget"]) if "forget" in question else ask(question)
    except Exception as error:  # Whatever broke, the test that asked has to hear of it.
        answer = {"broken": f"{type(error).__name__}: {error}"}
    with output_lock:
        sys.stdout.write(json.dumps({"id": question["id"], **answer}) + "\n")
        sys.stdout.flush()


with ThreadPoolExecutor(max_workers=64) as pool:
    for line in sys.stdin:
        pool.submit(serve, line)
