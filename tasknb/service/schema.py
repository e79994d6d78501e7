"""The tables of the store.

Rows refer to each other by small integers (``pk``); the ids that clients see are columns of their own. Times are
microseconds since 1970 in UTC. What is only carried along and never asked about lies in a ``body`` column, as the JSON
of the message.
"""

from typing import Any

from sqlalchemy import (
    BigInteger,
    Boolean,
    Column,
    ForeignKey,
    Index,
    Integer,
    LargeBinary,
    MetaData,
    String,
    Table,
    Text,
    UniqueConstraint,
)

SCHEMA_VERSION = 2
"""Grows with each table that is added; nothing else has changed so far, so that older databases are completed."""

metadata = MetaData()

# SQLite gives INTEGER PRIMARY KEY the row's own id, and only that exact type; PostgreSQL needs 64 bits.
Key = BigInteger().with_variant(Integer, "sqlite")


# SQLite would give the pk of a deleted last row to the next one. A task remembers how far it has gone by pks, and what
# it was about also when that is deleted.
_NEVER_AGAIN: Any = {"sqlite_autoincrement": True}


def _pk() -> Column[int]:
    return Column("pk", Key, primary_key=True)


def _ref(name: str, target: str, *, index: bool = False) -> Column[int]:
    return Column(name, Key, ForeignKey(target, ondelete="CASCADE"), nullable=False, index=index)


def _times() -> tuple[Column[int], Column[int]]:
    return Column("created_at", BigInteger, nullable=False), Column("modified_at", BigInteger, nullable=False)


meta = Table("tasknb_meta", metadata, Column("name", String, primary_key=True), Column("value", String, nullable=False))

users = Table(
    "users",
    metadata,
    _pk(),
    Column("id", String, nullable=False, unique=True),
    Column("first_name", String, nullable=False, default=""),
    Column("last_name", String, nullable=False, default=""),
    Column("created_at", BigInteger, nullable=False),
)

# A key is kept as a hash only; whoever reads the file cannot act with it.
keys = Table(
    "keys",
    metadata,
    _pk(),
    _ref("user_pk", "users.pk"),
    Column("hash", String, nullable=False, unique=True),
    Column("created_at", BigInteger, nullable=False),
)

apps = Table(
    "apps",
    metadata,
    _pk(),
    _ref("user_pk", "users.pk"),
    Column("id", String, nullable=False),
    *_times(),
    Column("body", Text, nullable=False),
    UniqueConstraint("user_pk", "id"),
)

collaborators = Table(
    "collaborators",
    metadata,
    _pk(),
    _ref("app_pk", "apps.pk"),
    _ref("user_pk", "users.pk"),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("app_pk", "user_pk"),
)

concepts = Table(
    "concepts",
    metadata,
    _pk(),
    _ref("app_pk", "apps.pk"),
    Column("id", String, nullable=False),
    Column("name", String, nullable=False),
    Column("created_at", BigInteger, nullable=False),
    Column("body", Text, nullable=False),
    UniqueConstraint("app_pk", "id"),
)

inputs = Table(
    "inputs",
    metadata,
    _pk(),
    _ref("app_pk", "apps.pk"),
    Column("id", String, nullable=False),
    Column("status_code", Integer, nullable=False),
    *_times(),
    Column("body", Text, nullable=False),
    UniqueConstraint("app_pk", "id"),
    Index("ix_inputs_order", "app_pk", "pk"),
    **_NEVER_AGAIN,
)

# The bytes of an input lie apart, so that a list of inputs does not read them. Whoever knows `token` may fetch them.
blobs = Table(
    "blobs",
    metadata,
    Column("input_pk", Key, ForeignKey("inputs.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("token", String, nullable=False, unique=True),
    Column("media_type", String, nullable=False),
    Column("bytes", LargeBinary, nullable=False),
)

# What was sent under one id by PostInputs, for GetInputsAddJob.
upload_jobs = Table(
    "upload_jobs",
    metadata,
    Column("app_pk", Key, ForeignKey("apps.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("id", String, primary_key=True),
    Column("success_count", BigInteger, nullable=False),
    Column("failed_count", BigInteger, nullable=False),
    *_times(),
)

datasets = Table(
    "datasets",
    metadata,
    _pk(),
    _ref("app_pk", "apps.pk"),
    Column("id", String, nullable=False),
    *_times(),
    Column("body", Text, nullable=False),
    UniqueConstraint("app_pk", "id"),
    **_NEVER_AGAIN,
)

# pk grows with each addition: a task that hands out inputs one after the other finds what came later above it.
dataset_inputs = Table(
    "dataset_inputs",
    metadata,
    _pk(),
    _ref("dataset_pk", "datasets.pk"),
    _ref("input_pk", "inputs.pk", index=True),
    Column("created_at", BigInteger, nullable=False),
    UniqueConstraint("dataset_pk", "input_pk"),
    Index("ix_dataset_inputs_order", "dataset_pk", "pk"),
    **_NEVER_AGAIN,
)

# Whoever labels or reviews, in one app: a user, a model or a workflow. `id` is the user's, model's or workflow's id,
# `version_id` the version of the model or workflow. `body` is the Worker message.
workers = Table(
    "workers",
    metadata,
    _pk(),
    _ref("app_pk", "apps.pk"),
    Column("kind", String, nullable=False),
    Column("id", String, nullable=False),
    Column("version_id", String, nullable=False, default=""),
    Column("user_pk", Key, ForeignKey("users.pk", ondelete="CASCADE"), nullable=True, index=True),
    Column("body", Text, nullable=False),
    UniqueConstraint("app_pk", "kind", "id", "version_id"),
)

# `source_pk` is the dataset's or input's pk, NULL for ALL_INPUTS. `seed` freezes how a task shares its inputs.
# `cursor` is how far DYNAMIC has handed out its source (dataset_inputs.pk or inputs.pk). `routed` counts the inputs
# that were sent to one reviewer each, in turn. `body` is the whole Task message as it is answered, without its metrics.
tasks = Table(
    "tasks",
    metadata,
    _pk(),
    _ref("app_pk", "apps.pk"),
    Column("id", String, nullable=False),
    Column("status_code", Integer, nullable=False),
    Column("strategy", Integer, nullable=False),
    Column("source_type", Integer, nullable=False),
    Column("source_pk", Key, nullable=True),
    Column("seed", BigInteger, nullable=False),
    Column("cursor", BigInteger, nullable=False, default=0),
    Column("routed", BigInteger, nullable=False, default=0),
    *_times(),
    Column("body", Text, nullable=False),
    UniqueConstraint("app_pk", "id"),
    # Pages are counted on this one alone, so that the bodies before a deep page are not read.
    Index("ix_tasks_newest", "app_pk", "pk"),
    **_NEVER_AGAIN,
)

# How many tasks of an app have their pk in a block of 1024 (pk // 1024): what finds a page deep in a long list.
task_blocks = Table(
    "task_blocks",
    metadata,
    Column("app_pk", Key, ForeignKey("apps.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("block", BigInteger, primary_key=True, autoincrement=False),
    Column("number", Integer, nullable=False),
)

# Who labels (role 0) and who reviews (role 1), in the order that the task gives.
task_people = Table(
    "task_people",
    metadata,
    Column("task_pk", Key, ForeignKey("tasks.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("role", Integer, primary_key=True, autoincrement=False),
    Column("position", Integer, primary_key=True, autoincrement=False),
    Column("worker_pk", Key, ForeignKey("workers.pk"), nullable=False),
    Index("ix_task_people_worker", "worker_pk", "role", "task_pk"),
)

# One worker's work on one input. `slot` counts the workers of an input from 0 (under FULL it is the worker's pk): the
# unique constraint is what keeps two processes from giving the same input out twice.
assignments = Table(
    "assignments",
    metadata,
    _pk(),
    Column("task_pk", Key, ForeignKey("tasks.pk", ondelete="CASCADE"), nullable=False),
    Column("input_pk", Key, ForeignKey("inputs.pk", ondelete="CASCADE"), nullable=False, index=True),
    Column("slot", Integer, nullable=False),
    Column("worker_pk", Key, ForeignKey("workers.pk"), nullable=False),
    Column("status_code", Integer, nullable=False),
    *_times(),
    UniqueConstraint("task_pk", "input_pk", "slot"),
    Index("ix_assignments_worker", "task_pk", "worker_pk", "status_code", "input_pk"),
)

# One reviewer's review of one assignment: pending, done (SUCCESS), or dismissed because it must start anew or because
# another reviewer's rejection was final.
reviews = Table(
    "reviews",
    metadata,
    Column(
        "assignment_pk", Key, ForeignKey("assignments.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("reviewer_pk", Key, ForeignKey("workers.pk"), primary_key=True, autoincrement=False),
    Column("task_pk", Key, nullable=False),
    Column("input_pk", Key, nullable=False),
    Column("status_code", Integer, nullable=False),
    Column("modified_at", BigInteger, nullable=False),
    Index("ix_reviews_reviewer", "task_pk", "reviewer_pk", "status_code", "input_pk", "assignment_pk"),
)

annotations = Table(
    "annotations",
    metadata,
    _pk(),
    _ref("app_pk", "apps.pk"),
    Column("id", String, nullable=False),
    _ref("input_pk", "inputs.pk"),
    Column("task_pk", Key, nullable=True),
    Column("task_id", String, nullable=False, default=""),
    Column("worker_pk", Key, ForeignKey("workers.pk"), nullable=False),
    Column("status_code", Integer, nullable=False),
    Column("input_level", Boolean, nullable=False, default=False),
    *_times(),
    Column("body", Text, nullable=False),
    UniqueConstraint("app_pk", "id"),
    Index("ix_annotations_task", "task_pk", "worker_pk", "status_code"),
    # What one worker said of one input for one task; also what is deleted with an input.
    Index("ix_annotations_input", "input_pk", "task_pk", "worker_pk"),
    # Pages are counted on these alone, so that the bodies before a deep page are not read.
    Index("ix_annotations_order", "app_pk", "pk", "status_code"),
    Index("ix_annotations_of_task", "task_pk", "pk", "status_code", "worker_pk"),
)

# The work on an automatic task. `holder` is the process that does it, until `expires_at` (see service/auto/leases.py).
# `cleaned_to` is how far the annotations of earlier tasks have been looked at, NULL once all have.
auto_runs = Table(
    "auto_runs",
    metadata,
    Column("task_pk", Key, ForeignKey("tasks.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False),
    Column("holder", String, nullable=False, default=""),
    Column("expires_at", BigInteger, nullable=False, default=0),
    Column("cleaned_to", BigInteger, nullable=True, default=0),
)

# The assignments of automatic tasks whose inputs could not be read, and why (see service/auto/unread.py).
auto_unread = Table(
    "auto_unread",
    metadata,
    Column(
        "assignment_pk", Key, ForeignKey("assignments.pk", ondelete="CASCADE"), primary_key=True, autoincrement=False
    ),
    Column("task_pk", Key, nullable=False, index=True),
    Column("reason", Text, nullable=False),
)
