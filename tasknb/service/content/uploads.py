"""Adding inputs, by URL or with their bytes."""

from __future__ import annotations

import re
import uuid
from typing import TYPE_CHECKING, Any, NamedTuple

import msgspec
from sqlalchemy import insert

from tasknb.messages.content_requests import PostInputsRequest, PostInputsResponse
from tasknb.messages.data import Audio, Data, HostedURL, Image, Input, Text, Video
from tasknb.messages.enums import IdConflict
from tasknb.messages.status import Status, StatusCode
from tasknb.messages.wire import encode
from tasknb.service.checks import MAX_BATCH, check_count, check_distinct, check_id
from tasknb.service.content.datasets import add_to_dataset, require_datasets
from tasknb.service.content.inputs import MEDIA_FIELDS, input_pks, read_inputs
from tasknb.service.content.media import image_info, media_type, new_token
from tasknb.service.content.upload_jobs import count_upload
from tasknb.service.context import Context, Refusal
from tasknb.service.schema import blobs, inputs

if TYPE_CHECKING:
    from collections.abc import Sequence

_URL = re.compile(r"(https?|ftp|s3|gs|azure)://[^\s]+", re.IGNORECASE)


class Blob(NamedTuple):
    """Bytes to store, and the address that leads to them."""

    token: str
    content: bytes


def post_inputs(ctx: Context, request: PostInputsRequest) -> PostInputsResponse:
    """Add 1 to 128 inputs.

    All of them or none, unless the request says what to do with an id that exists: SKIP answers it with a status of its
    own and adds the others, SUFFIX adds it under a new id.
    """
    check_count(request.inputs, "inputs", MAX_BATCH, StatusCode.INPUT_OVER_LIMIT)
    wanted = [msgspec.structs.replace(one, id=one.id or uuid.uuid4().hex) for one in request.inputs]
    for index, one in enumerate(wanted):
        check_id(one.id, f"inputs[{index}].id", StatusCode.INPUT_INVALID_ARGUMENT)
        _check_data(one.data, f"inputs[{index}].data")
    check_distinct([one.id for one in wanted], "inputs", StatusCode.INPUT_DUPLICATE)
    datasets = require_datasets(ctx, {dataset_id for one in wanted for dataset_id in one.dataset_ids})
    taken = input_pks(ctx, [one.id for one in wanted])
    new = _resolved(ctx, wanted, taken, request.input_id_conflict_resolution)
    _add(ctx, new, datasets)
    response = _answer(ctx, [one.id for one in wanted], new, taken)
    response.inputs_add_job = count_upload(ctx, request.inputs_add_job_id, len(new), len(wanted) - len(new))
    return response


def _resolved(ctx: Context, wanted: list[Input], taken: dict[str, int], rule: IdConflict) -> dict[str, Input]:
    """The inputs to add, by the id that was asked for."""
    if taken and not rule:
        raise Refusal(
            StatusCode.INPUT_DUPLICATE,
            f"There is an input {min(taken)!r} already. Leave it out, or set input_id_conflict_resolution to SKIP or "
            "SUFFIX.",
        )
    if not rule.known:
        choices = ", ".join(IdConflict.__members__)
        raise Refusal(StatusCode.CONN_INVALID_REQUEST, f"input_id_conflict_resolution: choose one of {choices}.")
    if rule is IdConflict.SUFFIX:
        used = set(taken) | {one.id for one in wanted}
        for index, one in enumerate(wanted):
            if one.id in taken:
                wanted[index] = msgspec.structs.replace(one, id=_suffixed(ctx, one.id, used))
        return {one.id: one for one in wanted}
    return {one.id: one for one in wanted if one.id not in taken}


def _suffixed(ctx: Context, input_id: str, used: set[str]) -> str:
    """A free id: with -1 to -9, and then at random."""
    candidates = [f"{input_id}-{number}" for number in range(1, 10)] + [f"{input_id}-{uuid.uuid4().hex}"]
    used |= input_pks(ctx, candidates).keys()
    free = next(one for one in candidates if one not in used)
    used.add(free)
    return free


def _add(ctx: Context, new: dict[str, Input], datasets: dict[str, int]) -> None:
    """Insert inputs, their bytes and their memberships."""
    if not new:
        return
    code = StatusCode.INPUT_DOWNLOAD_SUCCESS.value
    fixed = {"app_pk": ctx.app_pk, "status_code": code, "created_at": ctx.now, "modified_at": ctx.now}
    rows, stored = [], {}
    for one in new.values():
        data, blob = _split(one.data or Data())
        rows.append({**fixed, "id": one.id, "body": encode(Input(data=data)).decode()})
        if blob is not None:
            stored[one.id] = blob
    ctx.db.execute(insert(inputs), rows)
    pks = input_pks(ctx, [one.id for one in new.values()])
    contents = [
        {"input_pk": pks[one], "token": blob.token, "media_type": media_type(blob.content), "bytes": blob.content}
        for one, blob in stored.items()
    ]
    if contents:
        ctx.db.execute(insert(blobs), contents)
    for dataset_id, dataset_pk in datasets.items():
        add_to_dataset(ctx, dataset_pk, [pks[one.id] for one in new.values() if dataset_id in one.dataset_ids])


def _answer(ctx: Context, ids: Sequence[str], new: dict[str, Input], taken: dict[str, int]) -> PostInputsResponse:
    """Each input as it is now stored; where SKIP left one out, why."""
    added = dict(zip(new, read_inputs(ctx, [one.id for one in new.values()]), strict=True))
    skipped = [one for one in ids if one in taken and one not in added]
    if not skipped:
        return PostInputsResponse(inputs=list(added.values()))
    duplicate = Status.of(StatusCode.INPUT_DUPLICATE, "There is an input of this id already; it stays as it is.")
    shown = [added.get(one) or Input(id=one, status=duplicate) for one in ids]
    code = StatusCode.MIXED_STATUS if added else StatusCode.FAILURE
    status = Status.of(code, f"{len(skipped)} of {len(ids)} inputs existed already.")
    return PostInputsResponse(inputs=shown, status=status)


def _check_data(data: Data | None, path: str) -> None:
    """Refuse an input that has not exactly one of an image, a video, a recording or a text."""
    given = [name for name in MEDIA_FIELDS if data is not None and getattr(data, name) is not None]
    if len(given) != 1:
        choices = ", ".join(f"data.{name}" for name in MEDIA_FIELDS)
        raise Refusal(StatusCode.INPUT_INVALID_ARGUMENT, f"{path}: an input has exactly one of {choices}.")
    media, path = getattr(data, given[0]), f"{path}.{given[0]}"
    content = media.raw if isinstance(media, Text) else media.base64
    if not media.url and not content:
        source = "raw" if isinstance(media, Text) else "base64"
        raise Refusal(StatusCode.INPUT_INVALID_ARGUMENT, f"{path}: give its url, or its content in {source}.")
    if media.url and not content and not _URL.fullmatch(media.url):
        raise Refusal(StatusCode.INPUT_INVALID_URL, f"{path}.url: {media.url[:200]!r} is no URL; begin with https://.")
    if isinstance(media, Image) and media.base64 and not media_type(media.base64).startswith("image/"):
        raise Refusal(
            StatusCode.INPUT_UNSUPPORTED_FORMAT,
            f"{path}.base64: these bytes are no PNG, JPEG, GIF, WebP, BMP or TIFF picture.",
        )


def _split(data: Data) -> tuple[Data, Blob | None]:
    """The data without their bytes, and the bytes."""
    media: Any = data.image or data.video or data.audio
    if not isinstance(media, Image | Video | Audio) or not media.base64:
        return data, None
    blob = Blob(new_token(), media.base64)
    kept = msgspec.structs.replace(media, base64=b"", hosted=HostedURL(suffix=blob.token))
    if isinstance(kept, Image):
        kept.image_info = image_info(blob.content)
    name = next(name for name in MEDIA_FIELDS if getattr(data, name) is media)
    changes: dict[str, Any] = {name: kept}
    return msgspec.structs.replace(data, **changes), blob
