"""The code that makes the same task as a filled-in form: Python through the public face, and cURL."""

from __future__ import annotations

import json
import shlex
from typing import TYPE_CHECKING, Any

import msgspec

from tasknb.messages.task import InputSource, Task, TaskConcept, TaskReview, TaskWorker
from tasknb.messages.wire import Message, encode

if TYPE_CHECKING:
    from collections.abc import Iterator

    from tasknb.api import Client

WIDTH = 80
"""The longest call that stays on one line."""

FORM_ORDER = ("id", "name", "type", "concepts", "description", "priority", "input_source", "worker", "review")
PUBLIC = (InputSource, Task, TaskConcept, TaskReview, TaskWorker)


def python_code(task: Task, client: Client) -> str:
    """Python that creates `task`, or changes the one with its id; it runs when pasted below the client's cell."""
    imports: dict[str, set[str]] = {}
    expression = _call(task, imports)
    verb = "update" if task.id else "create"
    lines = ["import tasknb as tn"]
    lines += [f"from {module} import {', '.join(sorted(names))}" for module, names in sorted(imports.items())]
    return "\n".join([*lines, "", _client_line(client), f"task = client.tasks.{verb}(\n{_indent(expression)},\n)", ""])


def curl_code(task: Task, client: Client) -> str:
    """The cURL command that creates `task`, or changes it; it reads the key from the environment."""
    verb, action = ("PATCH", {"action": "overwrite"}) if task.id else ("POST", {})
    body = json.dumps({**action, "tasks": [json.loads(encode(task))]}, indent=2, ensure_ascii=False)
    url = "http://127.0.0.1:8008" if client.is_local else client.url
    lines = [
        f"curl -X {verb} {shlex.quote(f'{url}/v2/users/{client.owner_id}/apps/{client.app_id}/tasks')}",
        '  -H "Authorization: Key $CLARIFAI_PAT"',
        "  -H 'Content-Type: application/json'",
        f"  -d {shlex.quote(body)}",
    ]
    note = "# The embedded service answers here once it runs: tasknb serve --db FILE\n" if client.is_local else ""
    return note + " \\\n".join(lines) + "\n"


def _client_line(client: Client) -> str:
    if client.is_local:
        return f"# client: the embedded service, app {client.app_id!r} of {client.owner_id!r}"
    options = {"user_id": client.owner_id, "app_id": client.app_id, "base_url": client.url}
    return f"client = tn.Client({', '.join(f'{key}={_literal(value)}' for key, value in options.items())})"


def _expression(value: Any, imports: dict[str, set[str]]) -> str:
    if isinstance(value, Message):
        return _short(value, imports) or _call(value, imports)
    if isinstance(value, list):
        return _listed("[", [_expression(one, imports) for one in value], "]")
    if isinstance(value, dict):
        return _listed("{", [f"{_literal(key)}: {_expression(one, imports)}" for key, one in value.items()], "}")
    return _literal(value)


def _literal(value: Any) -> str:
    """A text, number or enum as Python writes it, with double quotes."""
    if isinstance(value, str):
        return json.dumps(str(value), ensure_ascii=False)
    return repr(value)


def _short(message: Message, imports: dict[str, set[str]]) -> str:
    """The shortest call that makes an equal message; empty when only the constructor does."""
    for name, arguments, options in _makers(message):
        made = getattr(type(message), name)(*arguments, **options)
        if made == message:
            values = [_literal(one) for one in arguments]
            values += [f"{key}={_expression(value, imports)}" for key, value in options.items()]
            return _listed(f"{_name(type(message), imports)}.{name}(", values, ")")
    return ""


def _makers(message: Message) -> Iterator[tuple[str, list[Any], dict[str, Any]]]:
    if isinstance(message, InputSource):
        yield "all_inputs", [], {}
        yield "dataset", [message.id], {}
    elif isinstance(message, TaskWorker):
        ids = [one.id for one in message.workers]
        yield "dynamic", ids, {}
        yield "full", ids, {}
        info = message.partitioned_strategy_info
        if info is not None:
            weights = {"weights": info.weights} if info.weights else {}
            yield "partitioned", ids, {"workers_per_input": info.workers_per_input, **weights}
    elif isinstance(message, TaskReview):
        ids = [user.id for user in message.users]
        yield "none", [], {}
        yield "manual", ids, {}
        info_ = message.consensus_strategy_info
        if info_ is not None:
            thresholds = info_.approval_threshold_labelers, info_.approval_threshold_reviewers
            yield "consensus", ids, dict(zip(("labelers", "reviewers"), thresholds, strict=True))


def _call(message: Message, imports: dict[str, set[str]]) -> str:
    values = []
    for field in sorted(msgspec.structs.fields(message), key=lambda field: _rank(field.name)):
        value = getattr(message, field.name)
        default = field.default_factory() if field.default_factory is not msgspec.NODEFAULT else field.default
        if value != default:
            values.append(f"{field.name}={_field(message, field.name, value, imports)}")
    return _listed(f"{_name(type(message), imports)}(", values, ")")


def _rank(name: str) -> int:
    """The order of the form first, then that of the messages."""
    return FORM_ORDER.index(name) if name in FORM_ORDER else len(FORM_ORDER)


def _field(message: Message, name: str, value: Any, imports: dict[str, set[str]]) -> str:
    if isinstance(message, Task) and name == "concepts":
        ids = [one.concept.id for one in value if one.concept]
        if TaskConcept.of(*ids) == value:
            return _listed(f"{_name(TaskConcept, imports)}.of(", [_literal(one) for one in ids], ")")
    return _expression(value, imports)


def _name(kind: type[Message], imports: dict[str, set[str]]) -> str:
    if kind in PUBLIC:
        return f"tn.{kind.__name__}"
    imports.setdefault(kind.__module__, set()).add(kind.__name__)
    return kind.__name__


def _listed(opening: str, values: list[str], closing: str) -> str:
    one_line = f"{opening}{', '.join(values)}{closing}"
    if not values or (len(one_line) <= WIDTH and "\n" not in one_line):
        return one_line
    inside = ",\n".join(_indent(value) for value in values)
    return f"{opening}\n{inside},\n{closing}"


def _indent(text: str) -> str:
    return "\n".join(f"    {line}" for line in text.split("\n"))
