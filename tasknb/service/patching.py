"""How ``merge``, ``overwrite`` and ``remove`` change a resource: the API's rules for PATCH, on plain dicts."""

from __future__ import annotations

from typing import Any

from tasknb.messages.status import StatusCode
from tasknb.service.context import Refusal

ACTIONS = ("merge", "overwrite", "remove")


def check_action(action: str, allowed: tuple[str, ...] = ACTIONS) -> None:
    """Refuse an action that is not offered; it must be named, because each does something else."""
    if action not in allowed:
        choices = " or ".join(repr(one) for one in allowed)
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"action: {action!r} is none; choose {choices}.")


def patched(old: dict[str, Any], new: dict[str, Any], action: str) -> dict[str, Any]:
    """`old` changed by `new`; both stay as they are.

    ``merge`` sets what is given, dict by dict; lists grow, and their items with the same ``id`` are merged.
    ``overwrite`` takes the new as it is. ``remove`` deletes the listed items by ``id``, deletes a key whose new value
    is True, and overwrites any other.
    """
    if action == "overwrite":
        return dict(new)
    return _merged(old, new) if action == "merge" else _removed(old, new)


def _merged(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    result = dict(old)
    for key, value in new.items():
        before = old.get(key)
        if isinstance(value, dict) and value and isinstance(before, dict):
            result[key] = _merged(before, value)
        elif isinstance(value, list) and value and isinstance(before, list):
            result[key] = _merged_lists(before, value)
        elif value is not None:
            result[key] = value
    return result


def _merged_lists(old: list[Any], new: list[Any]) -> list[Any]:
    result = list(old)
    places = {_id(item): index for index, item in enumerate(old) if _id(item) is not None}
    for item in new:
        place = places.get(_id(item))
        if place is None:
            result.append(item)
        else:
            result[place] = _merged(old[place], item)
    return result


def _removed(old: dict[str, Any], new: dict[str, Any]) -> dict[str, Any]:
    result = dict(old)
    for key, value in new.items():
        before = old.get(key)
        if isinstance(value, dict) and isinstance(before, dict):
            result[key] = _removed(before, value)
        elif isinstance(value, list) and isinstance(before, list):
            gone = {_id(item) for item in value} - {None}
            result[key] = [item for item in before if _id(item) not in gone]
        elif value is True:
            result.pop(key, None)
        elif value is not None and value != {}:
            result[key] = value
    return result


def _id(item: Any) -> Any:
    return item.get("id") if isinstance(item, dict) else None
