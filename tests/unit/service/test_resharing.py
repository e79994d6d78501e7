import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from tasknb.messages.partition import loads, partition
from tasknb.service.work.resharing import NOBODY, Work, reshare


def work_of(n_inputs, old, per_input, new, finished, seed=0):
    """The work of a fresh partition among the workers `old`, as the workers `new` see it."""
    rows = partition(n_inputs, [1] * len(old), per_input, seed) if old else np.empty((n_inputs, 0), np.int64)
    who = np.array([new.index(old[one]) if old[one] in new else NOBODY for one in rows.ravel()], np.int64)
    count = rows.size
    done = np.random.default_rng(seed).random(count) < finished
    return Work(
        pk=np.arange(count) + 100,
        input=np.repeat(np.arange(n_inputs), rows.shape[1]),
        slot=np.tile(np.arange(rows.shape[1]), n_inputs),
        worker=who,
        open=~done,
    )


def applied(work, changes):
    """All (input, slot, worker, open) after the changes."""
    owners = dict(zip(work.pk.tolist(), work.worker.tolist(), strict=True))
    owners.update(zip(changes.moved.tolist(), changes.movers.tolist(), strict=True))
    gone = set(changes.dropped.tolist())
    kept = [
        (which, slot, owners[pk], is_open)
        for pk, which, slot, is_open in zip(work.pk.tolist(), work.input, work.slot, work.open, strict=True)
        if pk not in gone
    ]
    added = zip(changes.added_input, changes.added_slot, changes.added_worker, strict=True)
    return [*kept, *((which, slot, worker, True) for which, slot, worker in added)]


@st.composite
def changes_of_staff(draw):
    old = draw(st.lists(st.integers(0, 9), min_size=1, max_size=6, unique=True))
    new = draw(st.lists(st.integers(0, 9), min_size=1, max_size=6, unique=True))
    before, after = draw(st.integers(1, len(old))), draw(st.integers(1, len(new)))
    finished = draw(st.sampled_from([0.0, 0.3, 0.9, 1.0]))
    return draw(st.integers(1, 60)), old, before, new, after, finished, draw(st.integers(0, 2**32))


@settings(max_examples=200)
@given(changes_of_staff())
def test_what_always_holds(case):
    n_inputs, old, before, new, after, finished, seed = case
    work = work_of(n_inputs, old, before, new, finished, seed)
    changes = reshare(work, [1] * len(new), after, seed)
    result = applied(work, changes)
    closed = set(work.pk[~work.open].tolist())
    assert not closed & {*changes.dropped.tolist(), *changes.moved.tolist()}
    assert len({(which, slot) for which, slot, _, _ in result}) == len(result)
    for which in range(n_inputs):
        mine = [(worker, is_open) for one, _, worker, is_open in result if one == which]
        done = sum(not is_open for _, is_open in mine)
        assert len(mine) == max(after, done)
        present = [worker for worker, _ in mine if worker != NOBODY]
        assert len(set(present)) == len(present)
        assert all(worker != NOBODY for worker, is_open in mine if is_open)


def test_loads_come_close_to_the_proportion():
    work = work_of(3000, list(range(5)), 2, [0, 1, 2, 3, 8, 9], finished=0.2)
    result = applied(work, reshare(work, [3, 1, 1, 1, 2, 1], 2, seed=1))
    found = np.bincount([worker for _, _, worker, _ in result if worker != NOBODY], minlength=6)
    wanted = np.array(loads(3000, [3, 1, 1, 1, 2, 1], 2))
    finished_elsewhere = 6000 - found.sum()
    assert np.abs(found - wanted).sum() < 2 * finished_elsewhere + 60


def test_one_who_must_have_every_input_has_it():
    work = work_of(500, [0, 1, 2], 2, [0, 1, 2], finished=0)
    result = applied(work, reshare(work, [2, 1, 1], 2, seed=1))
    assert sum(worker == 0 for _, _, worker, _ in result) >= 498


def test_nothing_moves_when_nothing_changes():
    work = work_of(500, [0, 1, 2, 3], 2, [0, 1, 2, 3], finished=0)
    changes = reshare(work, [1] * 4, 2, seed=3)
    assert [len(part) for part in (changes.dropped, changes.moved, changes.added_input)] == [0, 0, 0]


def test_only_the_work_of_who_leaves_moves():
    work = work_of(1000, [0, 1, 2, 3], 1, [0, 1, 2], finished=0)
    changes = reshare(work, [1] * 3, 1, seed=3)
    assert len(changes.moved) == (work.worker == NOBODY).sum() == 250
