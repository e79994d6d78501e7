from __future__ import annotations

from datetime import UTC, datetime

import pytest

from tasknb.messages.enums import PartitionedStrategy
from tasknb.messages.partition import partition
from tasknb.messages.task import PartitionedStrategyInfo, Task, TaskReview, TaskWorker
from tasknb.widgets.plan import Load, plan

MONDAY = datetime(2026, 11, 23, 9, tzinfo=UTC)


def planned(worker, inputs=100, review=None, **options):
    return plan(Task(worker=worker, review=review), inputs, **options)


def test_dynamic_is_an_average_and_says_so():
    seen = planned(TaskWorker.dynamic("ann", "bob", "cleo"))
    assert not seen.exact
    assert seen.labels == 100
    assert [load.inputs for load in seen.workers] == [34, 33, 33]


def test_full_gives_everybody_everything():
    seen = planned(TaskWorker.full("ann", "bob"))
    assert seen.exact
    assert (seen.labels, seen.labels_per_input, seen.shared) == (200, 2, 100)
    assert seen.workers == (Load("ann", 100), Load("bob", 100))


@pytest.mark.parametrize("weights", [None, {"ann": 5, "bob": 3, "cleo": 2}])
def test_partitioned_is_what_the_service_assigns(weights):
    workers = ["ann", "bob", "cleo"]
    seen = planned(TaskWorker.partitioned(*workers, workers_per_input=2, weights=weights), 1000)
    assigned = partition(1000, list(weights.values()) if weights else [1, 1, 1], 2, seed=7)
    assert [load.inputs for load in seen.workers] == [int((assigned == at).sum()) for at in range(3)]
    assert seen.labels == 2000


def test_shared_is_the_mean_over_all_pairs_of_workers():
    seen = planned(TaskWorker.partitioned("a", "b", "c", "d", workers_per_input=2), 600)
    assigned = partition(600, [1] * 4, 2, seed=7)
    pairs = [sum({a, b} <= set(row) for row in assigned.tolist()) for a in range(4) for b in range(a)]
    assert seen.shared == sum(pairs) / len(pairs) == 100


@pytest.mark.parametrize("weights", [{"ann": 9, "bob": 1}, {"ann": 0, "bob": 0}, {"ann": "much", "bob": 1}])
def test_shares_that_break_the_rules_have_no_loads(weights):
    info = PartitionedStrategyInfo(type=PartitionedStrategy.WEIGHTED, workers_per_input=2, weights=weights)
    worker = TaskWorker.partitioned("ann", "bob")
    worker.partitioned_strategy_info = info
    assert planned(worker).workers == ()


@pytest.mark.parametrize(
    ("review", "kind", "each"),
    [
        (TaskReview.none(), "none", []),
        (TaskReview.manual("rita", "sam", "tom"), "all", [34, 33, 33]),
        (TaskReview.manual(), "all", []),
        (TaskReview.consensus("rita", "sam", labelers=2), "some", [50, 50]),
        (TaskReview.consensus("rita", "sam", labelers=2, reviewers=-1), "some", [100, 100]),
        (TaskReview.consensus("rita", labelers=0), "all", [100]),
        (TaskReview.consensus("rita", labelers=1), "none", []),
    ],
)
def test_the_load_of_reviewers(review, kind, each):
    seen = planned(TaskWorker.full("ann", "bob"), review=review)
    assert seen.review == kind
    assert [load.inputs for load in seen.reviewers] == each


def test_a_rate_gives_hours_and_an_end():
    worker = TaskWorker.partitioned("ann", "bob", weights={"ann": 3, "bob": 1})
    seen = planned(worker, 1600, labels_per_hour=60, hours_per_day=8, now=MONDAY)
    assert [load.hours for load in seen.workers] == [20, 400 / 60]
    assert seen.hours == 20
    assert seen.end == datetime(2026, 11, 25, 21, tzinfo=UTC)  # 20 hours at 8 a day are two and a half days


def test_an_end_beyond_all_calendars_is_none():
    assert planned(TaskWorker.full("ann"), 10**9, labels_per_hour=1e-9, now=MONDAY).end is None


def test_a_task_without_workers_has_an_empty_plan():
    seen = plan(Task(), 100)
    assert (seen.labels, seen.workers, seen.hours) == (0, (), None)
