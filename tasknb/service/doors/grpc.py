"""The gRPC door: every RPC of the official service, translated to messages and back.

Like the official server it keeps the RPC's own status OK and says in ``response.status`` how it went. What a protobuf
message does not carry has its protobuf default, also where JSON has another one: a concept without a value is absent.
"""

from __future__ import annotations

import logging
import ssl
import time
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

import msgspec
import numpy as np

from tasknb.errors import MessageError, MissingExtraError, TasknbError
from tasknb.messages.requests import Response
from tasknb.messages.rpcs import RPCS
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.wire import convert, to_dict
from tasknb.service.context import Refusal
from tasknb.service.core import Service, new_req_id
from tasknb.service.doors.http import MAX_BODY, find_caller

try:
    import grpc
    from clarifai_grpc.grpc.api import service_pb2
    from google.protobuf import json_format
    from google.protobuf.descriptor import FieldDescriptor
    from google.protobuf.message import Message
    from google.protobuf.message_factory import GetMessageClass
    from google.protobuf.struct_pb2 import Struct
    from google.protobuf.timestamp_pb2 import Timestamp
except ModuleNotFoundError:
    raise MissingExtraError("The gRPC door", "grpc") from None

if TYPE_CHECKING:
    from collections.abc import Iterator

    from google.protobuf.descriptor import MethodDescriptor

    from tasknb.messages.requests import Request

log = logging.getLogger("tasknb.access")

THREADS = 16
GRACE_SECONDS = 10
"""How long calls may go on when the server ends."""

_SERVICE = "clarifai.api.V2"
_CONCEPT = "clarifai.api.Concept"


class GrpcDoor:
    """Answers the RPCs of ``clarifai.api.V2`` from a service.

    Parameters
    ----------
    service : Service
        What answers.
    """

    def __init__(self, service: Service) -> None:
        self._service = service

    def handler(self) -> Any:
        """What a `grpc.Server` needs; gRPC's own UNIMPLEMENTED answers what the official service has not either."""
        methods = service_pb2.DESCRIPTOR.services_by_name["V2"].methods
        return grpc.method_handlers_generic_handler(_SERVICE, {one.name: self._method(one) for one in methods})

    def _method(self, method: MethodDescriptor) -> Any:
        request, response = GetMessageClass(method.input_type), GetMessageClass(method.output_type)

        def one(message: Any, context: grpc.ServicerContext) -> Message:
            return to_proto(self._answer(method.name, message, context), response)

        def stream(message: Any, context: grpc.ServicerContext) -> Iterator[Message]:
            yield one(message, context)

        kinds: dict[tuple[bool, bool], Any] = {
            (False, False): grpc.unary_unary_rpc_method_handler,
            (False, True): grpc.unary_stream_rpc_method_handler,
            (True, False): grpc.stream_unary_rpc_method_handler,
            (True, True): grpc.stream_stream_rpc_method_handler,
        }
        make = kinds[method.client_streaming, method.server_streaming]
        return make(
            stream if method.server_streaming else one,
            request_deserializer=request.FromString,
            response_serializer=response.SerializeToString,
        )

    def _answer(self, name: str, message: Any, context: grpc.ServicerContext) -> Response:
        started, req_id = time.perf_counter(), new_req_id()
        response = self._ask(name, message, context, req_id)
        code = response.status.code if response.status else 0
        log.info("%s gRPC %s %d %.1f ms %s", context.peer(), name, code, (time.perf_counter() - started) * 1000, req_id)
        return response

    def _ask(self, name: str, message: Any, context: grpc.ServicerContext, req_id: str) -> Response:
        if name not in RPCS:
            return _refused(StatusCode.NOT_IMPLEMENTED, f"The embedded service does not offer {name}.", req_id)
        try:
            metadata = dict(context.invocation_metadata())
            caller = find_caller(self._service, str(metadata.get("authorization", "")))
            request: Request = convert(to_plain(message), RPCS[name].request)
        except Refusal as refusal:
            return _refused(refusal.code, refusal.details, req_id)
        except (MessageError, json_format.Error, ValueError, OverflowError) as error:
            return _refused(StatusCode.CONN_INVALID_REQUEST, str(error), req_id)
        return self._service.call(name, request, caller, req_id)


def start_server(
    service: Service,
    address: str = "127.0.0.1:0",
    *,
    certificate: bytes | None = None,
    private_key: bytes | None = None,
) -> tuple[grpc.Server, int]:
    """Serve over gRPC until ``server.stop(grace).wait()``.

    Parameters
    ----------
    service : Service
        What answers.
    address : str, default "127.0.0.1:0"
        Host and port; port 0 picks a free one.
    certificate, private_key : bytes, optional
        PEM texts: the chain of certificates and the key, for TLS. Plain when left out.

    Returns
    -------
    server : grpc.Server
        The running server.
    port : int
        Where it listens.

    Raises
    ------
    TasknbError
        If it cannot listen there, or only one half of the TLS pair is given.
    """
    if (certificate is None) != (private_key is None):
        raise TasknbError("TLS needs both a certificate and its private key")
    server = grpc.server(
        ThreadPoolExecutor(THREADS, "tasknb-grpc"),
        handlers=[GrpcDoor(service).handler()],
        options=[
            ("grpc.max_receive_message_length", MAX_BODY),
            ("grpc.max_send_message_length", -1),
            # Two servers on one port would answer in turn; the second one must hear that the port is taken.
            ("grpc.so_reuseport", 0),
        ],
    )
    try:
        if certificate is None or private_key is None:
            port = server.add_insecure_port(address)
        else:
            port = server.add_secure_port(address, grpc.ssl_server_credentials([(private_key, certificate)]))
    except RuntimeError as error:
        raise TasknbError(f"gRPC cannot listen on {address}: the port is in use, or the address is wrong") from error
    server.start()
    return server, port


@contextmanager
def serving(service: Service, host: str, port: int, certificate: str = "", private_key: str = "") -> Iterator[str]:
    """Serve over gRPC within a ``with`` block, and let the calls under way end after it.

    Parameters
    ----------
    service : Service
        What answers.
    host, port : str, int
        Where to listen; port 0 picks a free one.
    certificate, private_key : str, optional
        PEM files, for TLS.

    Yields
    ------
    str
        The address, as clients write it.

    Raises
    ------
    TasknbError
        If it cannot listen there, or a file cannot be read.
    """
    shown = f"[{host}]" if ":" in host else host
    server, found = start_server(
        service,
        f"{shown or '[::]'}:{port}",
        **(_pem(certificate, private_key) if certificate or private_key else {}),
    )
    try:
        yield f"{shown or 'localhost'}:{found}"
    finally:
        server.stop(GRACE_SECONDS).wait()


def _pem(certificate: str, private_key: str) -> dict[str, bytes]:
    """The two files' contents, once Python has found them to be a certificate and its key: gRPC would not say which."""
    for path, what in ((certificate, "certificate"), (private_key, "private key")):
        if not path:
            raise TasknbError(f"TLS needs both a certificate and its private key; the {what} is missing.")
        if not Path(path).is_file():
            raise TasknbError(f"{path}, the {what} for TLS, is no file.")
    try:
        ssl.create_default_context(ssl.Purpose.CLIENT_AUTH).load_cert_chain(certificate, private_key, lambda: "")
    except (OSError, ValueError) as error:
        raise TasknbError(f"{certificate} and {private_key} are no certificate and its key as PEM: {error}") from None
    return {"certificate": Path(certificate).read_bytes(), "private_key": Path(private_key).read_bytes()}


def to_plain(message: Message) -> dict[str, Any]:
    """A protobuf message as plain dicts, lists, strings and numbers, with times and bytes as they are."""
    plain = {field.name: _plain(field, value) for field, value in message.ListFields()}
    if message.DESCRIPTOR.full_name == _CONCEPT:
        plain.setdefault("value", 0.0)
    return plain


def _plain(field: FieldDescriptor, value: Any) -> Any:
    if isinstance(value, Timestamp):
        return value.ToDatetime(tzinfo=UTC)
    if isinstance(value, Struct):
        return json_format.MessageToDict(value)
    if isinstance(value, Message):
        return to_plain(value)
    if isinstance(value, float) and field.type == FieldDescriptor.TYPE_FLOAT:
        # 32 bits: 0.7 as a Python number would be 0.699999988.
        return float(str(np.float32(value)))
    if isinstance(value, str | bytes | int | float):
        return value
    return [_plain(field, one) for one in value]


def to_proto(response: Response, kind: type[Message]) -> Message:
    """An answer as a protobuf message; an enum value that this version of the stubs does not know is left out."""
    plain = msgspec.to_builtins(response, builtin_types=(bytes, datetime))
    try:
        return kind(**plain)
    except ValueError:
        return json_format.ParseDict(to_dict(response), kind(), ignore_unknown_fields=True)


def _refused(code: StatusCode, details: str, req_id: str) -> Response:
    status = Status.of(code, details)
    status.req_id = req_id
    return Response(status=status)
