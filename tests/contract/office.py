"""An app full of inputs with people who label and review them: what the tests of tasks act on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from doors import Api, Reply

PEOPLE = ("ann", "bob", "cleo", "dan", "rita", "ray")
COUNTS = ("pending", "awaiting_review", "awaiting_consensus_review", "success", "review_denied")

NONE = {"strategy": "NONE"}


def users(*ids: str) -> list[dict[str, Any]]:
    return [{"user": {"id": one}} for one in ids]


def dynamic(*ids: str) -> dict[str, Any]:
    return {"strategy": "DYNAMIC", "workers": users(*ids)}


def full(*ids: str) -> dict[str, Any]:
    return {"strategy": "FULL", "workers": users(*ids)}


def partitioned(*ids: str, per_input: int = 1, weights: dict[str, float] | None = None) -> dict[str, Any]:
    info = {"type": "WEIGHTED" if weights else "EVENLY", "workers_per_input": per_input, "weights": weights or {}}
    return {"strategy": "PARTITIONED", "workers": users(*ids), "partitioned_strategy_info": info}


def manual(*ids: str, **info: float) -> dict[str, Any]:
    return {"strategy": "MANUAL", "users": [{"id": one} for one in ids], "manual_strategy_info": info}


def consensus(*ids: str, labelers: int = 2, reviewers: int = 1) -> dict[str, Any]:
    info = {"approval_threshold_labelers": labelers, "approval_threshold_reviewers": reviewers}
    return {"strategy": "CONSENSUS", "users": [{"id": one} for one in ids], "consensus_strategy_info": info}


class Office:
    """An app with the inputs 0, 1, …, all in the dataset ``d``, the concepts ``cat`` and ``dog``, and `PEOPLE`."""

    def __init__(self, api: Api, inputs: int = 25) -> None:
        self.owner = api
        self.people = {"owner": api, **{one: api.collaborator(one) for one in PEOPLE}}
        api.ok("POST", "/concepts", {"concepts": [{"id": "cat"}, {"id": "dog"}]})
        api.ok("POST", "/datasets", {"datasets": [{"id": "d"}]})
        self.inputs = 0
        self.add_inputs(inputs)

    def add_inputs(self, count: int) -> None:
        ids = [str(number) for number in range(self.inputs, self.inputs + count)]
        self.inputs += count
        for start in range(0, count, 128):
            some = ids[start : start + 128]
            self.owner.ok("POST", "/inputs", {"inputs": [{"id": one, "data": {"text": {"raw": one}}} for one in some]})
            members = [{"input": {"id": one}} for one in some]
            self.owner.ok("POST", "/datasets/d/inputs", {"dataset_inputs": members})

    def task(self, worker: dict[str, Any], review: dict[str, Any] = NONE, **more: Any) -> dict[str, Any]:
        """A valid task, not yet sent."""
        return {
            "name": "Cats",
            "type": "CONCEPTS_CLASSIFICATION",
            "concepts": [{"concept": {"id": "cat"}}, {"concept": {"id": "dog"}}],
            "input_source": {"type": "DATASET", "id": "d"},
            "worker": worker,
            "review": review,
            **more,
        }

    def create(self, worker: dict[str, Any], review: dict[str, Any] = NONE, **more: Any) -> str:
        """Create a task and return its id."""
        return self.post(self.task(worker, review, **more))["tasks"][0]["id"]

    def post(self, *tasks: dict[str, Any]) -> Reply:
        return self.owner.ok("POST", "/tasks", {"tasks": list(tasks)})

    def get(self, task_id: str, *fields: str) -> dict[str, Any]:
        return self.owner.ok("GET", f"/tasks/{task_id}", additional_fields=list(fields))["task"]

    def patch(self, *tasks: dict[str, Any], action: str = "overwrite", by: str = "owner") -> Reply:
        return self.people[by]("PATCH", "/tasks", {"tasks": list(tasks), "action": action})

    def put(self, who: str, task_id: str, action: str, **config: Any) -> Reply:
        """PutTaskAssignments; the config is given as its fields."""
        body: dict[str, Any] = {"action": action}
        if config:
            body[f"{action.lower()}_config"] = config
        return self.people[who]("PUT", f"/tasks/{task_id}/assignments", body)

    def start(self, who: str, task_id: str) -> list[dict[str, Any]]:
        return done(self.put(who, task_id, "LABEL_START"))

    def submit(self, who: str, task_id: str, assignments: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return done(self.put(who, task_id, "LABEL_SUBMIT", task_assignments=named(assignments)))

    def annotate(self, who: str, task_id: str, input_id: str, concept: str = "cat") -> dict[str, Any]:
        annotation = {"input_id": input_id, "task_id": task_id, "data": {"concepts": [{"id": concept}]}}
        return self.people[who].ok("POST", "/annotations", {"annotations": [annotation]})["annotations"][0]

    def label(self, who: str, task_id: str, concept: str = "cat", most: int = 1000) -> list[dict[str, Any]]:
        """Label and submit until nothing is left, or `most` are done; return what was submitted."""
        handed_in: list[dict[str, Any]] = []
        while len(handed_in) < most and (batch := self.start(who, task_id)[: most - len(handed_in)]):
            for one in batch:
                self.annotate(who, task_id, one["input"]["id"], concept)
            handed_in += self.submit(who, task_id, batch)
        return handed_in

    def review(self, who: str, task_id: str, action: str, assignments: list[dict[str, Any]]) -> list[dict[str, Any]]:
        return done(self.put(who, task_id, action, task_assignments=named(assignments)))

    def to_review(self, who: str, task_id: str, *workers: str) -> list[dict[str, Any]]:
        config = {"workers": users(*workers)} if workers else {}
        return done(self.put(who, task_id, "REVIEW_START", **config))

    def counts(self, task_id: str, of: str = "inputs", **query: Any) -> dict[str, dict[str, int]]:
        """What each worker has, without the zeros."""
        reply = self.owner.ok("GET", f"/tasks/{task_id}/{of}/count", **query)
        return {one["user_id"]: {name: one[name] for name in COUNTS if one[name]} for one in reply["counts"]}

    def assignments(self, task_id: str, *workers: str) -> list[dict[str, Any]]:
        """All assignments of the task, page by page."""
        found, page = [], 1
        while True:
            query = {"page": page, "per_page": 1000, "user_ids": list(workers)}
            some = self.owner.ok("GET", f"/tasks/{task_id}/assignments/all", **query)["task_assignments"]
            found += some
            if len(some) < 1000:
                return found
            page += 1

    def annotations(self, task_id: str) -> list[dict[str, Any]]:
        query = {"task_id": task_id, "list_all_annotations": True, "per_page": 1000}
        return self.owner.ok("GET", "/annotations", **query)["annotations"]

    def metrics(self, task_id: str) -> dict[str, Any]:
        return self.get(task_id, "all")["metrics"]


def done(reply: Reply) -> list[dict[str, Any]]:
    """The assignments of an answer that must be a success."""
    assert reply.code == 10000, reply.body
    return reply["task_assignments"]


def named(assignments: list[dict[str, Any]]) -> list[dict[str, str]]:
    return [{"id": one["id"]} for one in assignments]


def codes(items: list[dict[str, Any]]) -> list[int]:
    return [one["status"]["code"] for one in items]


def inputs_of(assignments: list[dict[str, Any]]) -> list[str]:
    return [one["input"]["id"] for one in assignments]
