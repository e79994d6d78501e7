"""Random labelers, reviewers and patches against a small model of the rules: the two must agree at every step.

TASKNB_MACHINE_EXAMPLES says how many tasks to take through such a life.
"""

from __future__ import annotations

import os
from collections import Counter, defaultdict

import pytest
from doors import DOORS
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, invariant, precondition, rule
from office import COUNTS, Office, consensus, dynamic, full, manual, partitioned

PENDING, AWAITING, COMPARING, SUCCESS, REJECTED = 54201, 54202, 54203, 54200, 54204
COLUMN = {
    PENDING: "pending",
    AWAITING: "awaiting_review",
    COMPARING: "awaiting_consensus_review",
    SUCCESS: "success",
    REJECTED: "review_denied",
}
LABELERS, REVIEWERS = ("ann", "bob", "cleo", "dan"), ("rita", "ray")
INPUTS = 13

labelers = st.sampled_from(LABELERS)
reviewers = st.sampled_from(REVIEWERS)
teams = st.lists(labelers, min_size=1, max_size=4, unique=True)


class Model:
    """What the rules say of one task, worked out the simple way: by going through everything."""

    def __init__(self, strategy, team, per_input, review, reviewers, labelers, all_reviewers):
        self.strategy, self.team, self.per_input = strategy, list(team), per_input
        self.review, self.reviewers = review, list(reviewers)
        self.labelers, self.all_reviewers = labelers, all_reviewers
        self.work = {}  # (input, worker) -> status
        self.said = {}  # (input, worker) -> concept
        self.approvals = defaultdict(set)
        self.reviewer_of = {}

    def of_input(self, which):
        return {key: code for key, code in self.work.items() if key[0] == which}

    def submit(self, key, concept):
        self.said[key] = concept
        if self.review == "NONE":
            self.work[key] = SUCCESS
        elif self.review == "CONSENSUS" and self.labelers:
            self.work[key] = COMPARING
            self.settle(key[0])
        else:
            self.work[key] = AWAITING

    def settle(self, which):
        """Approve what enough labelers agree on; send the rest on once all labels are in."""
        mine = self.of_input(which)
        counted = [key for key, code in mine.items() if code in (COMPARING, AWAITING, SUCCESS)]
        votes = Counter(self.said[key] for key in counted)
        complete = PENDING not in mine.values()
        for key in counted:
            if votes[self.said[key]] >= self.labelers:
                self.work[key] = SUCCESS
            elif complete and self.work[key] == COMPARING:
                self.work[key] = AWAITING

    def decide(self, key, who, action):
        if action == "REVIEW_REJECT":
            self.work[key] = REJECTED
        elif action == "REVIEW_REQUEST_CHANGES":
            self.work[key] = PENDING
            self.approvals[key].clear()
        else:
            self.approvals[key].add(who)
            if not self.all_reviewers or self.approvals[key] >= set(self.reviewers):
                self.work[key] = SUCCESS

    def counts(self):
        found = {who: dict.fromkeys(COUNTS, 0) for who in self.team}
        for (_, who), code in self.work.items():
            found.setdefault(who, dict.fromkeys(COUNTS, 0))[COLUMN[code]] += 1
        return {who: {name: number for name, number in row.items() if number} for who, row in found.items()}

    def done(self, codes):
        """How many inputs have work, all of it in one of these states."""
        inputs = {which for which, _ in self.work}
        return sum(set(self.of_input(which).values()) <= set(codes) for which in inputs)


class Tasks(RuleBasedStateMachine):
    office: Office

    @initialize(
        strategy=st.sampled_from(["DYNAMIC", "PARTITIONED", "FULL"]),
        team=teams,
        review=st.sampled_from(["NONE", "MANUAL", "CONSENSUS"]),
        data=st.data(),
    )
    def create(self, strategy, team, review, data):
        per_input = {"DYNAMIC": 1, "FULL": len(team)}.get(strategy) or data.draw(st.integers(1, len(team)))
        needed = data.draw(st.integers(0, per_input)) if review == "CONSENSUS" else 0
        every = data.draw(st.booleans()) if review != "NONE" else False
        who = REVIEWERS if review != "NONE" else ()
        self.model = Model(strategy, team, per_input, review, who, needed, every)
        self.task_id = self.office.create(self.worker(), self.review())
        self.annotations = {}
        if strategy != "DYNAMIC":
            self.learn()

    def worker(self):
        team = self.model.team
        if self.model.strategy == "PARTITIONED":
            return partitioned(*team, per_input=self.model.per_input)
        return dynamic(*team) if self.model.strategy == "DYNAMIC" else full(*team)

    def review(self):
        model = self.model
        if model.review == "MANUAL":
            return manual(*model.reviewers, approval_threshold=-1 if model.all_reviewers else 1)
        if model.review == "CONSENSUS":
            return consensus(*model.reviewers, labelers=model.labelers, reviewers=-1 if model.all_reviewers else 1)
        return {"strategy": "NONE"}

    def learn(self):
        """Take over who has which input: how work is shared out is the service's choice, and checked by itself."""
        self.ids, before = {}, self.model.work
        self.model.work = {}
        for one in self.office.assignments(self.task_id):
            key = one["input"]["id"], one["worker"]["user"]["id"]
            self.ids[key] = one["id"]
            self.model.work[key] = before.get(key, PENDING)
        finished = {key for key, code in before.items() if code != PENDING}
        assert finished <= self.model.work.keys()
        shares = Counter(which for which, _ in self.model.work)
        for which, share in shares.items():
            done = sum(one == which for one, _ in finished)
            assert share == max(done, self.model.per_input) or self.model.strategy == "FULL"

    # --- labelers ---

    @rule(who=labelers, concept=st.sampled_from(["cat", "dog"]), most=st.integers(1, 10))
    def label(self, who, concept, most):
        reply = self.office.put(who, self.task_id, "LABEL_START")
        if who not in self.model.team:
            assert reply.code == 54103
            return
        before = [key for key, code in self.model.work.items() if key[1] == who and code == PENDING]
        batch = reply["task_assignments"]
        keys = [(one["input"]["id"], who) for one in batch]
        if before or self.model.strategy != "DYNAMIC":
            assert set(keys) <= set(before)
            assert len(keys) == min(len(before), 10)
        else:
            given = {which for which, _ in self.model.work}
            assert not given & {which for which, _ in keys}
            assert len(keys) == min(INPUTS - len(given), 10)
            self.learn()
        for key in keys[:most]:
            self.annotate(key, concept)
        if keys:
            self.office.submit(who, self.task_id, batch[:most])
        for key in keys[:most]:
            self.model.submit(key, concept)

    def annotate(self, key, concept):
        """Say something of an input, in place of what was said before."""
        which, who = key
        if key in self.annotations:
            change = {"id": self.annotations[key], "input_id": which, "data": {"concepts": [{"id": concept}]}}
            self.office.people[who].ok("PATCH", "/annotations", {"annotations": [change], "action": "overwrite"})
        else:
            self.annotations[key] = self.office.annotate(who, self.task_id, which, concept)["id"]

    @rule(who=labelers)
    def submit_again(self, who):
        done = [key for key, code in self.model.work.items() if key[1] == who and code != PENDING]
        if done:
            self.office.submit(who, self.task_id, [{"id": self.ids[key]} for key in done])

    # --- reviewers ---

    @rule(
        who=reviewers,
        action=st.sampled_from(["REVIEW_APPROVE", "REVIEW_REQUEST_CHANGES", "REVIEW_REJECT"]),
        most=st.integers(1, 10),
        bulk=st.booleans(),
    )
    def decide(self, who, action, most, bulk):
        reply = self.office.put(who, self.task_id, "REVIEW_START")
        if who not in self.model.reviewers:
            assert reply.code == 54103
            return
        waiting = [(one["input"]["id"], one["worker"]["user"]["id"]) for one in reply["task_assignments"]]
        self.check_waiting(who, waiting)
        if bulk and action != "REVIEW_REQUEST_CHANGES":
            named = [{"user": {"id": one}} for one in LABELERS]
            keys = self.keys_of(self.office.put(who, self.task_id, action, workers=named))
            assert set(keys) >= set(waiting)
        else:
            keys = waiting[:most]
            if not keys:
                return
            sent = self.office.put(who, self.task_id, action, task_assignments=[{"id": self.ids[key]} for key in keys])
            if action == "REVIEW_REQUEST_CHANGES" and any(worker not in self.model.team for _, worker in keys):
                assert sent.code == 54100
                return
            assert self.keys_of(sent) == keys
        for key in keys:
            self.model.decide(key, who, action)

    def check_waiting(self, who, waiting):
        mine = [
            key for key, code in self.model.work.items() if code == AWAITING and who not in self.model.approvals[key]
        ]
        assert set(waiting) <= set(mine)
        if self.model.all_reviewers or len(self.model.reviewers) == 1:
            assert len(waiting) == min(len(mine), 10)
        else:
            for which, _ in waiting:
                assert self.model.reviewer_of.setdefault(which, who) == who

    def keys_of(self, reply):
        assert reply.code == 10000, reply.body
        return [(one["input"]["id"], one["worker"]["user"]["id"]) for one in reply["task_assignments"]]

    # --- patches ---

    @rule(team=teams)
    def change_team(self, team):
        model = self.model
        if model.labelers > (1 if model.strategy == "DYNAMIC" else len(team)) or (
            model.strategy == "PARTITIONED" and model.per_input > len(team)
        ):
            return
        model.team = list(team)
        if model.strategy == "FULL":
            model.per_input = len(team)
        self.patch()
        self.learn()
        if model.review == "CONSENSUS" and model.labelers:
            for which in {which for which, _ in model.work}:
                if PENDING not in model.of_input(which).values():
                    model.settle(which)

    @precondition(lambda self: self.model.review != "NONE")
    @rule(who=st.lists(reviewers, min_size=1, max_size=2, unique=True))
    def change_reviewers(self, who):
        model = self.model
        model.reviewers = list(who)
        model.reviewer_of.clear()
        self.patch()
        if model.all_reviewers:
            for key, code in model.work.items():
                if code == AWAITING and model.approvals[key] >= set(who):
                    model.work[key] = SUCCESS

    def patch(self):
        sent = {**self.office.task(self.worker(), self.review()), "id": self.task_id}
        reply = self.office.patch(sent)
        assert reply.code == 10000, reply.body

    # --- what must always hold ---

    @invariant()
    def everything_is_as_the_model_says(self):
        if not hasattr(self, "task_id"):
            return
        model = self.model
        found = {
            (one["input"]["id"], one["worker"]["user"]["id"]): one["status"]["code"]
            for one in self.office.assignments(self.task_id)
        }
        assert found == model.work
        assert self.office.counts(self.task_id) == model.counts()
        metrics = self.office.metrics(self.task_id)
        total = metrics["input_source"]["inputs_count_estimated"]
        assert total == INPUTS
        worked, reviewed = model.done({AWAITING, COMPARING, SUCCESS, REJECTED}), model.done({SUCCESS, REJECTED})
        assert metrics["work"]["inputs_count_estimated"] == worked
        assert metrics["work"]["inputs_percent_estimated"] == 100 * worked // total
        assert metrics["review"]["inputs_count_estimated"] == reviewed
        self.check_reviewers(metrics["review"])

    def check_reviewers(self, review):
        done = review["inputs_count_estimated_per_reviewer"]
        reviewable = review["inputs_reviewable_count_estimated_per_reviewer"]
        percent = review["inputs_percent_estimated_per_reviewer"]
        assert len(done) == len(reviewable) == len(percent) == len(self.model.reviewers)
        for one, of, share in zip(done, reviewable, percent, strict=True):
            assert 0 <= one <= of <= INPUTS
            assert share == (100 * one // of if of else 0)

    @invariant()
    def annotations_follow(self):
        if not hasattr(self, "task_id"):
            return
        expected = {PENDING: 24151, AWAITING: 24157, COMPARING: 24159, SUCCESS: 24150, REJECTED: 24158}
        for one in self.office.annotations(self.task_id):
            key = one["input_id"], one["worker"]["user"]["id"]
            if key in self.model.work:
                assert one["status"]["code"] == expected[self.model.work[key]]


@pytest.fixture(scope="module")
def offices():
    entries = DOORS["in-process"](":memory:")
    yield Office(next(entries).fresh(), inputs=INPUTS)
    assert next(entries, None) is None


def test_tasks_do_what_the_rules_say(offices):
    machine = type("OnThisStore", (Tasks,), {"office": offices})
    case = machine.TestCase
    case.settings = settings(
        max_examples=int(os.environ.get("TASKNB_MACHINE_EXAMPLES", "25")),
        stateful_step_count=25,
        deadline=None,
        derandomize=True,
        suppress_health_check=[HealthCheck.too_slow, HealthCheck.filter_too_much],
    )
    case().runTest()
