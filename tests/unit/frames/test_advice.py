"""What to do next."""

import numpy as np
import pandas as pd
import pytest
from reference_labels import BEGIN

import tasknb  # noqa: F401  registers the accessor
from tasknb import frames


def test_the_tied_come_first():
    rows = {"sure": "aaaa", "tied": "aabb", "lean": "aaab"}
    cells = [(task, f"w{number}", label) for task, said in rows.items() for number, label in enumerate(said)]
    labels = pd.DataFrame(cells, columns=["task", "worker", "label"])
    found = labels.labels.next_inputs(2, method="majority")
    assert found.index.tolist() == ["tied", "lean"]
    assert found.loc["tied", "gain"] > 0
    assert pd.isna(found.loc["tied", "ask"])  # all four have labeled it


def test_the_most_skilled_free_worker_is_asked():
    generator = np.random.default_rng(2)
    cells = []
    for number in range(300):
        truth = "ab"[number % 2]
        for worker, skill in (("good", 0.98), ("fair", 0.8), ("poor", 0.55)):
            if generator.random() < 0.6:
                cells.append((f"i{number}", worker, truth if generator.random() < skill else "ab"[1 - number % 2]))
    labels = pd.DataFrame(cells, columns=["task", "worker", "label"])
    found = labels.labels.next_inputs(50)
    by_task = labels.groupby("task")["worker"].agg(set)
    for task, asked in found["ask"].dropna().items():
        assert asked not in by_task[task]
        assert asked == next(name for name in ("good", "fair", "poor") if name not in by_task[task])


def test_more_labels_where_advised_beat_more_labels_anywhere():
    """The advice is worth something: spent on 200 labels, it leaves fewer wrong than chance does."""
    generator = np.random.default_rng(9)
    truth = pd.Series(generator.integers(0, 3, 400), index=[f"i{number}" for number in range(400)]).map("c{}".format)
    skill = dict(zip([f"w{number}" for number in range(8)], np.linspace(0.5, 0.9, 8), strict=True))

    def says(worker, task):
        others = [name for name in ("c0", "c1", "c2") if name != truth[task]]
        return truth[task] if generator.random() < skill[worker] else generator.choice(others)

    cells = [
        (task, worker, says(worker, task))
        for task in truth.index
        for worker in generator.choice(list(skill), 2, replace=False)
    ]
    labels = pd.DataFrame(cells, columns=["task", "worker", "label"])
    advised = frames.next_inputs(labels, 200)
    anywhere = generator.choice(truth.index, 200, replace=False)

    def right(tasks):
        more = [(task, "w7", says("w7", task)) for task in tasks]
        both = pd.concat([labels, pd.DataFrame(more, columns=labels.columns)])
        return (frames.consensus(both, "one_coin")["label"].astype("str") == truth).mean()

    assert right(advised.index) > right(anywhere) + 0.02


def test_open_work_of_the_stalled_passes_to_the_active(team):
    found = team.labels.rebalance(now=BEGIN + pd.Timedelta("4h"))
    assert len(found) == 14
    assert found["from_worker"].value_counts().to_dict() == {"bob": 10, "cleo": 4}
    assert set(found["to_worker"]) == {"ann", "dan"}
    pending = team[team["status"] == "pending"].set_index("assignment_id")
    assert pending.loc[found["assignment_id"], "worker"].tolist() == found["from_worker"].tolist()


def test_nobody_gets_an_input_twice(team):
    given = team.assign(task=team["task"].str.replace(r"^\w+-", "i", regex=True))
    found = frames.rebalance(given, now=BEGIN + pd.Timedelta("4h"))
    known = set(given[["task", "worker"]].itertuples(index=False, name=None))
    moved = list(found.dropna()[["task", "to_worker"]].itertuples(index=False, name=None))
    assert not known & set(moved)
    assert len(moved) == len(set(moved))


def test_nobody_stalled_nothing_to_move(team):
    found = frames.rebalance(team, now=BEGIN + pd.Timedelta("30min"))
    assert list(found.columns) == ["task_id", "task", "assignment_id", "from_worker", "to_worker"]
    assert len(found) == 0


def test_missing_columns_are_named():
    with pytest.raises(ValueError, match=r"rebalance\(\) needs the columns task_id, status, assignment_id"):
        frames.rebalance(pd.DataFrame({"task": [1], "worker": [1], "label": [1], "submitted_at": [pd.NaT]}))
