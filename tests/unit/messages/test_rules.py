"""The rules of a valid task: each is broken alone, and said at its place."""

from __future__ import annotations

import msgspec
import pytest

from tasknb.messages.normal import normalised
from tasknb.messages.people import Model, User, Worker
from tasknb.messages.rules import labels_per_input, problems
from tasknb.messages.task import (
    AutoAnnotationConfig,
    ConsensusStrategyInfo,
    InputSource,
    ManualStrategyInfo,
    PartitionedStrategyInfo,
    Task,
    TaskConcept,
    TaskReview,
    TaskWorker,
    ThresholdRange,
)

PARTITION = "worker.partitioned_strategy_info"
CONFIG = "concepts[0].auto_annotation_config"


def valid(**changes):
    task = Task(
        name="Digits",
        type="CONCEPTS_CLASSIFICATION",
        concepts=TaskConcept.of("0", "1"),
        input_source=InputSource.dataset("digits"),
        worker=TaskWorker.dynamic("ann", "bob", "cleo"),
        review=TaskReview.none(),
    )
    return msgspec.structs.replace(task, **changes)


def automatic(*, concepts=None, **changes):
    return valid(
        type="TYPE_NOT_SET",
        worker=TaskWorker.automatic(Model(id="digits")),
        **({"concepts": concepts} if concepts else {}),
        **changes,
    )


def auto_concept(**config):
    return [
        TaskConcept(concept=TaskConcept.of("0")[0].concept, auto_annotation_config=AutoAnnotationConfig(**config)),
    ]


@pytest.mark.parametrize(
    "task",
    [
        valid(),
        valid(worker=TaskWorker.full("ann", "bob")),
        valid(worker=TaskWorker.partitioned("ann", "bob", workers_per_input=2)),
        valid(
            worker=TaskWorker.partitioned(
                "ann", "bob", "cleo", workers_per_input=2, weights={"ann": 50, "bob": 30, "cleo": 20}
            )
        ),
        valid(
            worker=TaskWorker.partitioned(
                "ann", "bob", "cleo", workers_per_input=3, weights={"ann": 1 / 3, "bob": 1 / 3, "cleo": 1 / 3}
            )
        ),
        valid(review=TaskReview.manual("rita")),
        valid(worker=TaskWorker.full("ann", "bob", "cleo"), review=TaskReview.consensus("rita", labelers=2)),
        valid(review=TaskReview.consensus(labelers=1)),
        automatic(),
        automatic(concepts=auto_concept(status_code="ANNOTATION_SUCCESS", annotation_data_types=34)),
    ],
)
def test_valid_tasks_have_no_problems(task):
    assert problems(task) == []


@pytest.mark.parametrize(
    ("task", "path", "words"),
    [
        (valid(name="  "), "name", "needs a name"),
        (valid(type="PAINTING"), "type", "PAINTING is no TaskType"),
        (valid(type="TYPE_NOT_SET"), "type", "Choose what labelers do"),
        (valid(concepts=[]), "concepts", "at least one concept"),
        (valid(concepts=TaskConcept.of("0", "0")), "concepts[1]", "listed twice"),
        (valid(concepts=[TaskConcept()]), "concepts[0].concept", "needs an id"),
        (valid(concepts=auto_concept()), CONFIG, "Only an automatic task"),
        (valid(sample_ms=-1), "sample_ms", "0 or more"),
        (valid(input_source=None), "input_source.type", "Choose where"),
        (valid(input_source=InputSource(type="DATASET")), "input_source.id", "Choose the dataset"),
        (valid(input_source=InputSource(type="ALL_INPUTS", id="x")), "input_source.id", "need no id"),
        (valid(worker=None), "worker.workers", "at least one worker"),
        (valid(worker=TaskWorker.dynamic()), "worker.workers", "at least one worker"),
        (valid(worker=TaskWorker.dynamic("ann", "ann")), "worker.workers[1]", "listed twice"),
        (valid(worker=TaskWorker(strategy="DYNAMIC", workers=[Worker()])), "worker.workers[0]", "exactly one"),
        (valid(worker=TaskWorker(workers=[Worker(user=User(id="ann"))])), "worker.strategy", "DYNAMIC"),
        (valid(worker=TaskWorker(strategy="PARTITIONED", user_ids=["ann"])), PARTITION, "EVENLY"),
        (
            valid(
                worker=TaskWorker(
                    strategy="FULL", user_ids=["ann"], partitioned_strategy_info=PartitionedStrategyInfo()
                )
            ),
            PARTITION,
            "Only PARTITIONED",
        ),
        (
            valid(worker=TaskWorker.partitioned("ann", workers_per_input=2)),
            f"{PARTITION}.workers_per_input",
            "2 workers for each input are more than the 1",
        ),
        (
            valid(worker=TaskWorker.partitioned("ann", workers_per_input=0)),
            f"{PARTITION}.workers_per_input",
            "At least one",
        ),
        (
            valid(worker=TaskWorker.partitioned("ann", "bob", weights={"ann": 1, "bob": 1, "eve": 1})),
            f"{PARTITION}.weights",
            "eve has a weight but is no worker",
        ),
        (
            valid(worker=TaskWorker.partitioned("ann", "bob", weights={"ann": 1, "bob": -1})),
            f"{PARTITION}.weights",
            "weight of bob is -1",
        ),
        (
            valid(worker=TaskWorker.partitioned("ann", "bob", weights={"ann": 0, "bob": 0})),
            f"{PARTITION}.weights",
            "All weights are 0",
        ),
        (
            valid(
                worker=TaskWorker.partitioned("a", "b", "c", workers_per_input=2, weights={"a": 51, "b": 25, "c": 24})
            ),
            f"{PARTITION}.weights",
            "a holds 51%",
        ),
        (valid(review=None), "review.strategy", "NONE, MANUAL or CONSENSUS"),
        (valid(review=TaskReview.manual()), "review.users", "at least one reviewer"),
        (valid(review=TaskReview.manual("rita", "rita")), "review.users[1]", "listed twice"),
        (valid(review=TaskReview(strategy="NONE", user_ids=["rita"])), "review.users", "no reviewers"),
        (
            valid(
                review=TaskReview(
                    strategy="MANUAL", user_ids=["rita"], manual_strategy_info=ManualStrategyInfo(sample_percentage=1.5)
                )
            ),
            "review.manual_strategy_info.sample_percentage",
            "from 0 to 1",
        ),
        (valid(review=TaskReview(strategy="CONSENSUS")), "review.consensus_strategy_info", "how many labelers"),
        (
            valid(review=TaskReview.consensus("rita", labelers=2)),
            "review.consensus_strategy_info.approval_threshold_labelers",
            "given to only 1",
        ),
        (
            valid(worker=TaskWorker.full("ann", "bob"), review=TaskReview.consensus("rita", reviewers=2)),
            "review.consensus_strategy_info.approval_threshold_reviewers",
            "Either 1",
        ),
        (
            valid(worker=TaskWorker.full("ann", "bob"), review=TaskReview.consensus()),
            "review.users",
            "at least one reviewer",
        ),
        (
            automatic(concepts=auto_concept(threshold_range=ThresholdRange(lower=0.9, upper=0.2))),
            f"{CONFIG}.threshold_range",
            "above the upper",
        ),
        (
            automatic(concepts=auto_concept(threshold_range=ThresholdRange(lower=0.5, upper=0.5))),
            f"{CONFIG}.threshold_range",
            "No value lies",
        ),
        (automatic(concepts=auto_concept(annotation_data_types=64)), f"{CONFIG}.annotation_data_types", "63"),
        (automatic(concepts=auto_concept(status_code=10000)), f"{CONFIG}.status_code", "ANNOTATION_"),
    ],
)
def test_a_broken_rule_is_said_at_its_place(task, path, words):
    assert [problem.path for problem in problems(task)] == [path]
    assert words in problems(task)[0].message


def test_an_automatic_task_has_exactly_one_worker():
    task = automatic()
    task.worker.workers.append(Worker(model=Model(id="second")))
    assert [problem.path for problem in problems(task)] == ["worker.workers"]


def test_a_human_task_has_users_only():
    task = valid(worker=TaskWorker(strategy="FULL", type="WORKER_HUMAN", workers=[Worker(model=Model(id="digits"))]))
    assert "worker.workers[0]" in [problem.path for problem in problems(task)]


def test_deprecated_fields_are_read_as_the_present_ones():
    old = Task(
        name="Digits",
        type=1,
        concept_ids=["0", "1"],
        input_source=InputSource(type="DATASET", id="digits"),
        worker=TaskWorker(strategy=3, users=[User(id="ann"), User(id="bob")]),
        review=TaskReview(
            strategy="CONSENSUS",
            user_ids=["rita"],
            consensus_strategy_info=ConsensusStrategyInfo(approval_threshold=2),
        ),
    )
    before = msgspec.json.encode(old)
    new = normalised(old)
    assert problems(old) == []
    assert [one.concept.id for one in new.concepts] == ["0", "1"]
    assert [one.id for one in new.worker.workers] == ["ann", "bob"]
    assert [user.id for user in new.review.users] == ["rita"]
    assert new.review.consensus_strategy_info.approval_threshold_labelers == 2
    assert msgspec.json.encode(old) == before


@pytest.mark.parametrize(
    ("worker", "labels"),
    [
        (TaskWorker.dynamic("ann", "bob"), 1),
        (TaskWorker.full("ann", "bob"), 2),
        (TaskWorker.partitioned("ann", "bob", "cleo", workers_per_input=2), 2),
        (TaskWorker.dynamic(), 0),
    ],
)
def test_labels_per_input(worker, labels):
    assert labels_per_input(valid(worker=worker)) == labels
