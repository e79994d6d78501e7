"""What several use cases ask of a request: sound ids, a page, not too many items."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

from sqlalchemy import func, select

from tasknb.messages.requests import DEFAULT_PER_PAGE, MAX_PER_PAGE, PagedRequest
from tasknb.messages.status import StatusCode
from tasknb.service.context import Refusal

if TYPE_CHECKING:
    from collections.abc import Collection, Iterable, Sequence

    from sqlalchemy import Connection, Row, Select

    from tasknb.messages.people import UserAppID
    from tasknb.messages.status import Status

MAX_ID = 256
"""The longest id, in characters."""

MAX_BATCH = 128
"""How many inputs or annotations one request may hold."""

MAX_FILTER = 1000
"""How many ids, or small resources, one request may name."""


def check_id(value: str, path: str, code: StatusCode = StatusCode.CONN_INVALID_REQUEST) -> None:
    """Refuse an id that could not be stored or shown; `path` is where it stands in the request."""
    if not value.strip():
        raise Refusal(code, f"{path}: an id is needed.")
    if len(value) > MAX_ID:
        raise Refusal(code, f"{path}: an id has at most {MAX_ID} characters; this one has {len(value)}.")
    if not value.isprintable():
        raise Refusal(code, f"{path}: an id holds no line breaks or other control characters.")


def check_count(items: Collection[Any], path: str, most: int = MAX_BATCH, code: StatusCode | None = None) -> None:
    """Refuse an empty list, and, by the code given, one that is longer than `most`."""
    if not items:
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"{path}: at least one is needed.")
    if len(items) > most:
        raise Refusal(
            code or StatusCode.CONN_INVALID_REQUEST,
            f"{path}: {len(items)} at once are too many; send at most {most} in one request.",
        )


def check_found(ids: Iterable[str], known: Collection[str], code: StatusCode, noun: str, listing: str) -> None:
    """Refuse the first id that is not among the app's known ones; `listing` is the request that names them."""
    for one in ids:
        if one not in known:
            raise Refusal(code, f"There is no {noun} {one!r} in the app. {listing} names them.")


def check_filter(ids: Collection[Any], path: str) -> None:
    """Refuse a filter that names more than a statement can hold."""
    if len(ids) > MAX_FILTER:
        raise Refusal(
            StatusCode.CONN_INVALID_REQUEST, f"{path}: {len(ids)} at once are too many; name at most {MAX_FILTER}."
        )


def check_distinct(ids: Sequence[str], path: str, code: StatusCode = StatusCode.DATABASE_DUPLICATE_KEY) -> None:
    """Refuse ids of which one comes twice."""
    twice = [one for one, count in Counter(ids).items() if count > 1]
    if twice:
        raise Refusal(code, f"{path}: {twice[0]!r} comes twice in one request.")


def asked_code(status: Status | None, path: str) -> int:
    """The code of a status that a request looks for; 0 for none."""
    code = status.code if status else 0
    if isinstance(code, str):
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"{path}.code: unknown status code {code!r}.")
    return code


def page_rows(db: Connection, query: Select[Any], request: PagedRequest) -> Sequence[Row[Any]]:
    """The rows of one page of an ordered query.

    The page after the last one is empty, so that whoever reads until nothing comes finds an end; pages further out are
    refused.

    Raises
    ------
    Refusal
        CONN_INVALID_RANGE for a page that does not exist, CONN_INVALID_REQUEST for impossible numbers.
    """
    limit, offset = page_window(request)
    rows = db.execute(query.limit(limit).offset(offset)).all()
    if not rows and offset:
        total = db.execute(select(func.count()).select_from(query.order_by(None).subquery())).scalar() or 0
        check_page(request, total)
    return rows


def page_window(request: PagedRequest) -> tuple[int, int]:
    """How many rows the page has, and how many come before it."""
    if not 0 <= request.per_page <= MAX_PER_PAGE:
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"per_page: a page has 1 to {MAX_PER_PAGE} items.")
    if request.page < 0:
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, "page: pages are counted from 1.")
    limit = request.per_page or DEFAULT_PER_PAGE
    # No list is longer than 2**31, and a database takes no larger number than 2**63.
    return limit, min(max(request.page, 1) - 1, 2**31) * limit


def check_page(request: PagedRequest, total: int) -> None:
    """Refuse a page that lies beyond the one after the last."""
    limit, offset = page_window(request)
    if offset >= total + limit:
        pages = -(-total // limit)
        there = f"there are {pages} of {limit} items" if pages > 1 else "there is only one"
        raise Refusal(StatusCode.CONN_INVALID_RANGE, f"page: there is no page {request.page}; {there}.")


def named_user(named: UserAppID | None, caller_id: str) -> str:
    """The user that a request names; ``me``, or nobody, is the caller."""
    user_id = named.user_id if named else ""
    return caller_id if user_id in ("", "me") else user_id
