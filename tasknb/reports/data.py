"""What a report says, as plain typed data: every rendering and every rule reads from here and from nowhere else."""

from __future__ import annotations

from datetime import datetime  # noqa: TC003  msgspec reads the annotations at run time

import msgspec

FORMAT = 1
"""The version of this structure, in JSON as ``format``."""


class Part(msgspec.Struct):
    """A part of a report; ``msgspec.to_builtins`` makes dicts and lists of it."""


class Ahead(Part, kw_only=True):
    """When something will be done, if people go on as they did.

    Attributes
    ----------
    expected_at, low_at, high_at : datetime
        The likeliest time (UTC), and the interval that holds the true one in about 8 cases of 10.
    per_hour : float
        The present pace, in labels an hour, pauses included.
    """

    expected_at: datetime
    low_at: datetime
    high_at: datetime
    per_hour: float


class Agreement(Part, kw_only=True):
    """How well the workers of a task agree.

    Attributes
    ----------
    measure : str
        ``alpha`` (Krippendorff's, nominal) for classes, ``f1`` (regions matched by overlap) for boxes and polygons.
    value, low, high : float or None
        The coefficient and its 95 % interval; None where it is undefined.
    percent : float or None
        The share of agreeing pairs of labels on an input, 0 to 1; of classes only.
    inputs : int
        Inputs with labels of two or more workers that it rests on.
    coverage : float or None
        Their share of all inputs that were looked at, 0 to 1.
    reason : str
        Why there is no value; empty where there is one.
    """

    measure: str
    value: float | None = None
    low: float | None = None
    high: float | None = None
    percent: float | None = None
    inputs: int = 0
    coverage: float | None = None
    reason: str = ""


class TaskLine(Part, kw_only=True):
    """One task.

    Attributes
    ----------
    id, name, type, status : str
        As the API names them: ``BOUNDING_BOX_DETECTION``, ``TASK_IN_PROGRESS``.
    reason : str
        What the status says in words: why a task failed.
    unit : str
        What `counts` and `total` count: ``inputs`` where each is labeled once, else ``labels``.
    counts : dict of str to int
        Work in each status, by the keys of `tasknb.look.STATUSES`; pending includes what is not handed out yet.
    total, finished : int
        All work, and what is done or rejected.
    estimated : bool
        Whether `total` rests on the API's estimate of the number of inputs.
    workers, reviewers : list of str
        Their ids.
    created_at, last_at : datetime or None
        When it was created, and when the last label came in (UTC).
    ahead : Ahead or None
        When all will be labeled; None when that is done, when the task has ended, or when too little is known.
    agreement : Agreement
        Over all workers.
    labeled, contested : int
        Inputs with a label that were looked at, and those of them whose labels differ.
    sampled : bool
        Whether agreement and contested inputs are those of a random sample of the inputs.
    """

    id: str
    name: str
    type: str
    status: str
    reason: str = ""
    unit: str
    counts: dict[str, int]
    total: int
    finished: int
    estimated: bool
    workers: list[str]
    reviewers: list[str]
    created_at: datetime | None = None
    last_at: datetime | None = None
    ahead: Ahead | None = None
    agreement: Agreement
    labeled: int = 0
    contested: int = 0
    sampled: bool = False

    @property
    def title(self) -> str:
        """The name, or the id where there is none."""
        return self.name.strip() or self.id

    @property
    def handed_in(self) -> int:
        """Work that has left the labelers' hands."""
        return self.total - self.counts["pending"]

    @property
    def active(self) -> bool:
        """Whether work is expected on it."""
        return self.status in ("TASK_IN_PROGRESS", "TASK_IDLE")


class WorkerLine(Part, kw_only=True):
    """One worker over all tasks of the report.

    Attributes
    ----------
    id, name, kind : str
        The id, what people are called (empty where it is not known), and ``user``, ``model`` or ``workflow``.
    tasks : int
        How many tasks he works in.
    counts : dict of str to int
        His assignments in each status, by the keys of `tasknb.look.STATUSES`.
    open : int
        Pending assignments in tasks that have not ended.
    last_at : datetime or None
        When his last label came in (UTC).
    per_hour : float or None
        Labels an hour at work, pauses of more than 30 minutes left out.
    median_seconds : float or None
        How long a label takes.
    stalled : bool
        Whether he has open work and has been silent for unusually long.
    silent_seconds : float or None
        For how long, where he has open work.
    """

    id: str
    name: str = ""
    kind: str = "user"
    tasks: int = 0
    counts: dict[str, int]
    open: int = 0
    last_at: datetime | None = None
    per_hour: float | None = None
    median_seconds: float | None = None
    stalled: bool = False
    silent_seconds: float | None = None

    @property
    def title(self) -> str:
        """The name, or the id where there is none."""
        return self.name or self.id

    @property
    def handed_in(self) -> int:
        """Assignments that are no longer pending."""
        return sum(self.counts.values()) - self.counts["pending"]


class ReviewerLine(Part, kw_only=True):
    """One reviewer over all tasks of the report; both counts are inputs, and the API's estimates."""

    id: str
    name: str = ""
    tasks: int = 0
    reviewed: int = 0
    reviewable: int = 0

    @property
    def title(self) -> str:
        """The name, or the id where there is none."""
        return self.name or self.id


class Vote(Part, kw_only=True):
    """How many workers gave an input a label."""

    label: str
    workers: int


class Contested(Part, kw_only=True):
    """An input whose labels differ.

    Attributes
    ----------
    task_id, task : str
        The labeling task and its title.
    input_id : str
        The input.
    votes : list of Vote
        What was said of it, the most frequent first.
    text : str
        The text to label, cut to some lines; empty for other kinds of input.
    kind : str
        ``image``, ``text``, ``video``, ``audio``; empty when the input could not be read.
    """

    task_id: str
    task: str
    input_id: str
    votes: list[Vote]
    text: str = ""
    kind: str = ""


class TaskChange(Part, kw_only=True):
    """What became of one task since the last report; counts are differences.

    Attributes
    ----------
    id, title : str
        Which task.
    handed_in, finished, total : int
        How much more there is of each.
    before, now : str
        The status then and now; `before` is empty for a new task, `now` for one that is gone.
    """

    id: str
    title: str
    handed_in: int = 0
    finished: int = 0
    total: int = 0
    before: str = ""
    now: str = ""


class Changes(Part, kw_only=True):
    """What changed since the last report; tasks and workers that did not move are left out.

    Attributes
    ----------
    since : datetime
        When the last report was made (UTC).
    seconds : float
        How long ago that was.
    handed_in, finished : int
        Labels that came in, and work that was finished.
    tasks : list of TaskChange
        In the order of the report; those that are gone last.
    workers : dict of str to int
        Labels handed in by each worker who did any, the most first.
    """

    since: datetime
    seconds: float
    handed_in: int
    finished: int
    tasks: list[TaskChange]
    workers: dict[str, int]


class History(Part, kw_only=True):
    """Labels handed in over time: at each of `times` (UTC) so many of `handed_in`, of `total` in all."""

    times: list[datetime] = []
    handed_in: list[int] = []
    total: int = 0


class ReportData(Part, kw_only=True):
    """Everything that a report says.

    Attributes
    ----------
    format : int
        `FORMAT`.
    title, app, source, version : str
        The heading, the app as owner/app, where it was read from, and tasknb's version.
    made_at : datetime
        When it was read (UTC).
    figures : dict of str to float or None
        The headline figures, which the rules of ``--fail-if`` are about; None where one is undefined.
    tasks, workers, reviewers, contested : list
        The lines of the tables.
    ahead : Ahead or None
        When all tasks will be labeled.
    history : History
        Over all tasks.
    changes : Changes or None
        None when there was no last report.
    notes : list of str
        What could not be read, in sentences.
    """

    format: int = FORMAT
    title: str
    app: str
    source: str
    version: str
    made_at: datetime
    figures: dict[str, float | None] = {}
    tasks: list[TaskLine] = []
    workers: list[WorkerLine] = []
    reviewers: list[ReviewerLine] = []
    contested: list[Contested] = []
    ahead: Ahead | None = None
    history: History
    changes: Changes | None = None
    notes: list[str] = []
