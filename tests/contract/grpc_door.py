"""The gRPC door for the contract suite: each request of the suite as an RPC, each answer as the JSON it would be."""

from __future__ import annotations

from datetime import datetime
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

import grpc
import msgspec
import pytest
import requests
from clarifai_grpc.grpc.api import service_pb2
from doors import Entry
from google.protobuf.message_factory import GetMessageClass
from requests.adapters import BaseAdapter

from tasknb.errors import MessageError
from tasknb.messages.people import UserAppID
from tasknb.messages.status import http_status
from tasknb.messages.wire import convert, decode, encode
from tasknb.service.context import Refusal
from tasknb.service.core import Service
from tasknb.service.doors.grpc import start_server, to_plain
from tasknb.service.doors.http import Door
from tasknb.service.doors.query import read_query
from tasknb.service.doors.routes import find_rpc
from tasknb.service.people.users import add_key, ensure_user

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasknb.messages.requests import Request
    from tasknb.messages.rpcs import Rpc
    from tasknb.service.context import AppRow

URL = "http://grpc.test"
METHODS = {method.name: method for method in service_pb2.DESCRIPTOR.services_by_name["V2"].methods}


class GrpcAdapter(BaseAdapter):
    """Sends what it is given as an RPC; what only HTTP can say goes through the HTTP door, or skips the test."""

    def __init__(self, channel: grpc.Channel, service: Service, key: str) -> None:
        super().__init__()
        self._channel, self._key = channel, key
        self._http = Door(service)

    def send(self, request: requests.PreparedRequest, *_args: Any, **_options: Any) -> requests.Response:
        url = urlsplit(request.url)
        body = request.body or b""
        body = body if isinstance(body, bytes) else body.encode()
        rpc, message = self._message(request.method, url.path, url.query, body)
        response = requests.Response()
        response.request, response.url = request, request.url
        if rpc is None or not rpc.official:
            answer = self._http.handle(request.method, url.path, url.query, body, authorization=f"Key {self._key}")
            response.status_code, response._content = answer.status, answer.body
            response.headers.update(answer.headers)
            return response
        response._content, code = self._call(rpc, message)
        response.status_code = http_status(code)
        response.headers["content-type"] = "application/json"
        return response

    def _message(self, verb: str, path: str, query: str, body: bytes) -> tuple[Rpc | None, Request | None]:
        try:
            rpc, values = find_rpc(verb, path)
            message = read_query(query, rpc.request) if verb == "GET" else decode(body or b"{}", rpc.request)
        except (Refusal, MessageError):
            return None, None
        if "user_id" in values:
            message.user_app_id = UserAppID(user_id=values["user_id"], app_id=values.get("app_id", ""))
        for name in values.keys() & set(rpc.request.__struct_fields__):
            setattr(message, name, values[name])
        return rpc, message

    def _call(self, rpc: Rpc, message: Request) -> tuple[bytes, int]:
        method = METHODS[rpc.name]
        call = self._channel.unary_unary(
            f"/clarifai.api.V2/{rpc.name}",
            request_serializer=GetMessageClass(method.input_type).SerializeToString,
            response_deserializer=GetMessageClass(method.output_type).FromString,
        )
        try:
            sent = GetMessageClass(method.input_type)(**msgspec.to_builtins(message, builtin_types=(bytes, datetime)))
        except (TypeError, ValueError, OverflowError) as error:
            pytest.skip(f"no protobuf message can say this: {error}")
        answer = call(sent, metadata=(("authorization", f"Key {self._key}"),), timeout=60)
        assert answer.status.code, "every answer has a status"
        return encode(convert(to_plain(answer), rpc.response)), answer.status.code

    def close(self) -> None:
        """The channel serves others."""


class OverGrpc(Entry):
    def __init__(self, service: Service, channel: grpc.Channel) -> None:
        super().__init__(service, URL)
        self._channel = channel

    def session(self, user_id: str, app: AppRow) -> requests.Session:
        with self.service.store.write() as db:
            key = add_key(db, ensure_user(db, user_id))
        session = requests.Session()
        session.trust_env = False
        session.mount(URL, GrpcAdapter(self._channel, self.service, key))
        return session


def over_grpc(location: str) -> Iterator[OverGrpc]:
    service = Service(location, base_url=URL)
    server, port = start_server(service)
    with grpc.insecure_channel(f"127.0.0.1:{port}", options=[("grpc.max_receive_message_length", -1)]) as channel:
        yield OverGrpc(service, channel)
    server.stop(None).wait()
    service.close()
