"""The messages beside the official protobuf descriptors: names, kinds, enums, codes, paths."""

from __future__ import annotations

import types
import typing
from datetime import datetime

import pytest
from clarifai_grpc.grpc.api import service_pb2
from clarifai_grpc.grpc.api.status import status_code_pb2
from google.api import annotations_pb2
from google.protobuf.descriptor import FieldDescriptor as Field

from tasknb.messages.enums import AnnotationDataType
from tasknb.messages.requests import AnyRequest
from tasknb.messages.rpcs import RPCS
from tasknb.messages.status import StatusCode
from tasknb.messages.wire import Message, WireEnum

# What one struct holds for several official messages: a config of each action, and the requests that name no app.
SHARED = {
    ("LabelSubmitConfig", "workers"),
    ("ReviewStartConfig", "task_assignments"),
    ("ListStatusCodesRequest", "user_app_id"),
    ("GetStatusCodeRequest", "user_app_id"),
}
METHODS = {method.name: method for method in service_pb2.DESCRIPTOR.services_by_name["V2"].methods}
OFFICIAL = [rpc for rpc in RPCS.values() if rpc.official]
INTEGERS = {Field.CPPTYPE_INT32, Field.CPPTYPE_INT64, Field.CPPTYPE_UINT32, Field.CPPTYPE_UINT64}
KINDS = {
    str: {Field.CPPTYPE_STRING},
    bytes: {Field.CPPTYPE_STRING},
    bool: {Field.CPPTYPE_BOOL},
    float: {Field.CPPTYPE_FLOAT, Field.CPPTYPE_DOUBLE},
    int: INTEGERS | {Field.CPPTYPE_ENUM},
}


def pairs():
    """Every message struct that an RPC can carry, with its descriptor; each once."""
    found = {}

    def follow(struct, descriptor):
        if (struct, descriptor.full_name) in found:
            return
        found[struct, descriptor.full_name] = descriptor
        for name, kind in typing.get_type_hints(struct).items():
            inner = bare(kind)[0]
            field = descriptor.fields_by_name.get(name)
            if isinstance(inner, type) and issubclass(inner, Message) and field is not None:
                follow(inner, field.message_type)

    for rpc in OFFICIAL:
        if rpc.request is not AnyRequest:
            follow(rpc.request, METHODS[rpc.name].input_type)
        follow(rpc.response, METHODS[rpc.name].output_type)
    return [(struct, descriptor) for (struct, _), descriptor in found.items()]


def bare(kind):
    """The kind without list and None, and whether it is a list: ``list[Task]`` is (Task, True)."""
    many = typing.get_origin(kind) is list
    if many:
        (kind,) = typing.get_args(kind)
    if typing.get_origin(kind) in (typing.Union, types.UnionType):
        choices = [one for one in typing.get_args(kind) if one is not type(None)]
        # Code is int | str, an enum on the wire is Kind | int: the first says what it is.
        kind = choices[0]
    return kind, many


@pytest.mark.parametrize("rpc", OFFICIAL, ids=lambda rpc: rpc.name)
def test_rpcs_are_bound_where_the_official_ones_are(rpc):
    rule = METHODS[rpc.name].GetOptions().Extensions[annotations_pb2.http]
    official = {
        (one.WhichOneof("pattern").upper(), plain(getattr(one, one.WhichOneof("pattern"))))
        for one in [rule, *rule.additional_bindings]
    }
    for path in filter(None, (rpc.path, rpc.short)):
        assert (rpc.verb, path) in official


def plain(path):
    return path.replace("user_app_id.user_id", "user_id").replace("user_app_id.app_id", "app_id")


@pytest.mark.parametrize(("struct", "descriptor"), pairs(), ids=lambda one: getattr(one, "__name__", one))
def test_fields_have_the_official_names_and_kinds(struct, descriptor):
    for name, kind in typing.get_type_hints(struct).items():
        field = descriptor.fields_by_name.get(name)
        if field is None and (descriptor.name, name) in SHARED:
            continue
        assert field is not None, f"{descriptor.full_name} has no {name}"
        inner, many = bare(kind)
        repeated = field.is_repeated if hasattr(field, "is_repeated") else field.label == Field.LABEL_REPEATED
        assert many == repeated, name
        assert fits(inner, field), f"{name} is {kind}, officially {field.message_type or field.type}"


def fits(kind, field):
    if kind is datetime:
        return field.message_type.full_name == "google.protobuf.Timestamp"
    if typing.get_origin(kind) is dict:
        return field.message_type.full_name == "google.protobuf.Struct"
    if isinstance(kind, type) and issubclass(kind, Message):
        return field.message_type is not None
    if isinstance(kind, type) and issubclass(kind, WireEnum):
        return field.enum_type is not None
    return field.cpp_type in KINDS[kind]


ENUMS = {
    field.enum_type.full_name: (bare(typing.get_type_hints(struct)[field.name])[0], field.enum_type)
    for struct, descriptor in pairs()
    for field in descriptor.fields
    if field.enum_type is not None and field.name in struct.__struct_fields__
}


@pytest.mark.parametrize("name", [name for name, (kind, _) in ENUMS.items() if kind is not int])
def test_enums_have_the_official_names_and_numbers(name):
    kind, official = ENUMS[name]
    assert {one.value: one.number for one in kind} == {one.name: one.number for one in official.values}


def test_status_codes_have_the_official_numbers():
    official = dict(status_code_pb2.StatusCode.items())
    assert {code.name: code.value for code in StatusCode} == {code.name: official.get(code.name) for code in StatusCode}


def test_annotation_data_types_are_the_official_bits():
    enum = service_pb2.DESCRIPTOR.pool.FindEnumTypeByName("clarifai.api.AnnotationDataType")
    official = {value.name.removeprefix("ANNOTATION_DATA_TYPE_"): value.number for value in enum.values}
    for bit in AnnotationDataType:
        assert official[bit.name] == bit.value
