"""What is asked and answered when inputs or annotations are searched for.

The messages of a filter refuse fields that they do not name: one that was left out in silence would find too much.
"""

from __future__ import annotations

import msgspec

from tasknb.messages.data import Annotation, Data, Input
from tasknb.messages.requests import Request, Response
from tasknb.messages.wire import Message


class FilterData(Data, forbid_unknown_fields=True):
    """The data to look for. An empty message, such as ``{"image": {}}``, asks for whatever has that field."""


class FilterAnnotation(Annotation, forbid_unknown_fields=True):
    """The fields that an annotation must have."""

    data: FilterData | None = None


class FilterInput(Input, forbid_unknown_fields=True):
    """The fields that an input must have."""

    data: FilterData | None = None


class Filter(Message, forbid_unknown_fields=True):
    """What to find; `negate` turns it round."""

    negate: bool = False
    annotation: FilterAnnotation | None = None
    input: FilterInput | None = None


class Rank(Message):
    """What to sort by likeness to; an empty one says nothing."""

    negate: bool = False
    annotation: Annotation | None = None


class Query(Message, forbid_unknown_fields=True):
    """The filters are combined by AND."""

    language: str = ""
    filters: list[Filter] = []
    ranks: list[Rank] = []


class Search(Message):
    """One search; `id` and `save` are about stored ones."""

    query: Query | None = None
    id: str = ""
    name: str = ""
    save: bool = False


class Pagination(Message):
    """A page, counted from 1, of ``per_page`` hits; 0 means 128."""

    page: int = 0
    per_page: int = 0


class PostAnnotationsSearchesRequest(Request):
    """Find annotations."""

    searches: list[Search] = []
    pagination: Pagination | None = None


class PostInputsSearchesRequest(Request):
    """Find inputs, or with ``only_count`` say only how many there are."""

    searches: list[Search] = []
    pagination: Pagination | None = None
    only_count: bool = False


def _certain() -> float:
    return 1.0


class Hit(Message):
    """What was found: an input, or an annotation with its input. Without ranks every score is 1; it is always sent."""

    score: float = msgspec.field(default_factory=_certain)
    input: Input | None = None
    annotation: Annotation | None = None


class HitCount(Message, omit_defaults=False):
    """How many hits there are on all pages."""

    estimated_total: int = 0


class MultiSearchResponse(Response):
    """The hits of one page, oldest first, or how many there are."""

    hits: list[Hit] = []
    hit_counts: list[HitCount] = []
