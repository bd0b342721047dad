"""The Python runtime: loads a function's handler and runs it, one event after another.

It answers and logs in the shapes of AWS's runtime
(https://docs.aws.amazon.com/lambda/latest/dg/python-handler.html and .../python-logging.html),
over one connection that stays open. When the server is gone, so is this process.
"""

import importlib
import json
import logging
import os
import sys
import time
import traceback
from http.client import HTTPConnection, HTTPException

ROOT = "/2018-06-01/runtime"
LOG_JSON = os.environ.get("AWS_LAMBDA_LOG_FORMAT", "").upper() == "JSON"
# A line end inside one message: the server makes one log event of the whole.
SAME_MESSAGE = "\r"

request_id = None


class RuntimeFault(Exception):
    """An error of the runtime itself; its type is AWS's name for it."""

    def __init__(self, error_type, message, trace=()):
        super().__init__(message)
        self.error_type = "Runtime." + error_type
        self.trace = list(trace)


class Client:
    def __init__(self, address):
        self.connection = HTTPConnection(address)

    def call(self, method, path, body=None, headers=None):
        try:
            self.connection.request(method, ROOT + path, body, headers or {})
            response = self.connection.getresponse()
            return response.headers, response.read(), response.status
        except (OSError, HTTPException):
            os._exit(1)

    def next(self):
        headers, body, _ = self.call("GET", "/invocation/next")
        return headers, body

    def answer(self, invocation, result):
        headers = {"Content-Type": "application/json"}
        _, _, status = self.call("POST", f"/invocation/{invocation}/response", result, headers)
        if status >= 300:
            print(f"Failed to post the response. Http response code: {status}.")

    def fail(self, path, error):
        headers = {
            "Content-Type": "application/json",
            # Headers are no place for other characters.
            "Lambda-Runtime-Function-Error-Type": error["errorType"].encode("ascii", "replace"),
        }
        self.call("POST", path, error_json(error), headers)


class CognitoIdentity:
    def __init__(self, identity):
        self.cognito_identity_id = identity.get("cognitoIdentityId")
        self.cognito_identity_pool_id = identity.get("cognitoIdentityPoolId")


class ClientInfo:
    def __init__(self, client):
        self.installation_id = client.get("installation_id")
        self.app_title = client.get("app_title")
        self.app_version_name = client.get("app_version_name")
        self.app_version_code = client.get("app_version_code")
        self.app_package_name = client.get("app_package_name")


class ClientContext:
    def __init__(self, context):
        self.client = ClientInfo(context["client"]) if context.get("client") else None
        self.custom = context.get("custom")
        self.env = context.get("env")


class LambdaContext:
    def __init__(self, headers):
        self.aws_request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        self.invoked_function_arn = headers["Lambda-Runtime-Invoked-Function-Arn"]
        self.function_name = os.environ["AWS_LAMBDA_FUNCTION_NAME"]
        self.function_version = os.environ["AWS_LAMBDA_FUNCTION_VERSION"]
        self.memory_limit_in_mb = os.environ["AWS_LAMBDA_FUNCTION_MEMORY_SIZE"]
        self.log_group_name = os.environ["AWS_LAMBDA_LOG_GROUP_NAME"]
        self.log_stream_name = os.environ["AWS_LAMBDA_LOG_STREAM_NAME"]
        context = parse_header(headers, "Lambda-Runtime-Client-Context")
        self.client_context = ClientContext(context) if context is not None else None
        identity = parse_header(headers, "Lambda-Runtime-Cognito-Identity")
        self.identity = CognitoIdentity(identity or {})
        self._deadline_ms = int(headers["Lambda-Runtime-Deadline-Ms"])

    def get_remaining_time_in_millis(self):
        return max(0, self._deadline_ms - int(time.time() * 1000))

    def log(self, message):
        print(message)


def parse_header(headers, name):
    value = headers.get(name)
    return json.loads(value) if value else None


def as_json(value, surrogates="strict"):
    """As AWS's: decimals are numbers, NaN is refused by nobody, nothing is escaped needlessly."""
    from decimal import Decimal

    def other(item):
        if isinstance(item, Decimal):
            return float(item)
        raise TypeError(f"Object of type {type(item).__name__} is not JSON serializable")

    return json.dumps(value, ensure_ascii=False, default=other).encode("utf-8", surrogates)


def error_json(error):
    """Messages may hold half a character, as file names do: JSON can escape it."""
    return as_json(error, "backslashreplace")


class Unbuffered:
    """Writes at once: whatever was printed is out before the answer is."""

    def __init__(self, stream):
        self.stream = stream

    def write(self, message):
        self.stream.write(message)
        self.stream.flush()

    def writelines(self, messages):
        self.stream.writelines(messages)
        self.stream.flush()

    def __getattr__(self, name):
        return getattr(self.stream, name)


class AddRequestId(logging.Filter):
    def filter(self, record):
        record.aws_request_id = request_id or ""
        return True


class WriteToOutput(logging.Handler):
    def emit(self, record):
        sys.stdout.write(self.format(record).replace("\n", SAME_MESSAGE) + "\n")


PLAIN_FIELDS = set(vars(logging.makeLogRecord({}))) | {"message", "asctime", "aws_request_id"}


class JsonLines(logging.Formatter):
    def format(self, record):
        line = {
            "timestamp": time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime(record.created)),
            "level": record.levelname,
            "message": record.getMessage(),
            "logger": record.name,
        }
        if record.exc_info and record.exc_info[0]:
            kind, value, trace = record.exc_info
            line["stackTrace"] = [f.strip("\n") for f in traceback.format_tb(trace)]
            line["errorType"] = kind.__name__
            line["errorMessage"] = str(value)
            line["location"] = f"{record.pathname}:{record.funcName}:{record.lineno}"
        more = {k: v for k, v in vars(record).items() if k not in PLAIN_FIELDS}
        if record.aws_request_id:
            line["requestId"] = record.aws_request_id
        return json.dumps({**line, **more}, ensure_ascii=False, default=str)


def set_up_logging():
    sys.stdout = Unbuffered(sys.stdout)
    sys.stderr = Unbuffered(sys.stderr)
    logging.Formatter.converter = time.gmtime
    handler = WriteToOutput()
    if LOG_JSON:
        handler.setFormatter(JsonLines())
    else:
        text = "[%(levelname)s]\t%(asctime)s.%(msecs)03dZ\t%(aws_request_id)s\t%(message)s"
        handler.setFormatter(logging.Formatter(text, "%Y-%m-%dT%H:%M:%S"))
    handler.addFilter(AddRequestId())
    logger = logging.getLogger()
    logger.addHandler(handler)
    levels = {"TRACE": "DEBUG", "WARN": "WARNING", "FATAL": "CRITICAL"}
    level = os.environ.get("AWS_LAMBDA_LOG_LEVEL", "")
    if level:
        logger.setLevel(levels.get(level, level))


def load_handler(name):
    module_name, dot, function_name = name.rpartition(".")
    if not dot:
        message = f"Bad handler '{name}': not enough values to unpack (expected 2, got 1)"
        raise RuntimeFault("MalformedHandlerName", message)
    try:
        module = importlib.import_module(module_name.replace("/", "."))
    except ImportError as error:
        message = f"Unable to import module '{module_name}': {error}"
        raise RuntimeFault("ImportModuleError", message)
    except SyntaxError as error:
        trace = [f'  File "{error.filename}" Line {error.lineno}\n    {error.text}']
        message = f"Syntax error in module '{module_name}': {error}"
        raise RuntimeFault("UserCodeSyntaxError", message, trace)
    try:
        return getattr(module, function_name)
    except AttributeError:
        message = f"Handler '{function_name}' missing on module '{module_name}'"
        raise RuntimeFault("HandlerNotFound", message)


def shape_of(error, invocation=""):
    if isinstance(error, RuntimeFault):
        message, error_type, trace = str(error), error.error_type, error.trace
    else:
        message, error_type = str(error), type(error).__name__
        frames = traceback.extract_tb(error.__traceback__)
        # Not the frames of this file, which stand before the function's.
        own = [at for at, frame in enumerate(frames) if frame.filename != __file__]
        frames = frames[own[0] :] if own else frames
        trace = traceback.format_list([(f.filename, f.lineno, f.name, f.line) for f in frames])
    return {
        "errorMessage": message,
        "errorType": error_type,
        "requestId": invocation,
        "stackTrace": trace,
    }


def log_error(shape):
    if LOG_JSON:
        now = time.strftime("%Y-%m-%dT%H:%M:%SZ", time.gmtime())
        line = {"timestamp": now, "level": "ERROR", **shape}
        sys.stdout.write(error_json(line).decode("utf-8") + "\n")
        return
    lines = [f"[ERROR] {shape['errorType']}: {shape['errorMessage']}"]
    lines.append("Traceback (most recent call last):")
    for frame in shape["stackTrace"]:
        lines.extend(frame.splitlines())
    sys.stdout.write(SAME_MESSAGE.join(lines).replace("\n", SAME_MESSAGE) + "\n")


def run_once(client, handler, headers, body):
    try:
        context = LambdaContext(headers)
        result = handler(json.loads(body.decode("utf-8")), context)
        try:
            answer = as_json(result)
        except Exception as error:
            message = f"Unable to marshal response: {error}"
            raise RuntimeFault("MarshalError", message)
    except Exception as error:
        shape = shape_of(error, request_id)
        log_error(shape)
        client.fail(f"/invocation/{request_id}/error", shape)
    else:
        client.answer(request_id, answer)


def main():
    global request_id
    set_up_logging()
    client = Client(os.environ["AWS_LAMBDA_RUNTIME_API"])
    # Where this file lies is none of the function's business.
    sys.path[0] = os.environ["LAMBDA_TASK_ROOT"]
    try:
        handler = load_handler(os.environ["_HANDLER"])
    except Exception as error:
        shape = shape_of(error)
        log_error(shape)
        client.fail("/init/error", shape)
        sys.exit(1)
    while True:
        headers, body = client.next()
        request_id = headers["Lambda-Runtime-Aws-Request-Id"]
        trace = headers.get("Lambda-Runtime-Trace-Id")
        if trace is None:
            os.environ.pop("_X_AMZN_TRACE_ID", None)
        else:
            os.environ["_X_AMZN_TRACE_ID"] = trace
        run_once(client, handler, headers, body)


if __name__ == "__main__":
    main()
