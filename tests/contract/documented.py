"""The kinds of task as Clarifai's documents print them, but for ids; deprecated fields and all."""

from __future__ import annotations

SHARES = {
    "type": "CONCEPTS_CLASSIFICATION",
    "name": "Annotate text",
    "worker": {
        "strategy": "PARTITIONED",
        "users": [{"id": "ann"}, {"id": "owner"}],
        "partitioned_strategy_info": {
            "type": "WEIGHTED",
            "workers_per_input": 1,
            "weights": {"ann": 30, "owner": 70},
        },
    },
    "concept_ids": ["yes"],
    "input_source": {"type": "ALL_INPUTS"},
    "sample_ms": 1000,
    "review": {"strategy": "NONE"},
}
CONSENSUS = {
    **SHARES,
    "worker": {
        "strategy": "PARTITIONED",
        "workers": [{"user": {"id": "ann"}}, {"user": {"id": "owner"}}],
        "partitioned_strategy_info": {"type": "EVENLY", "workers_per_input": 2},
    },
    "review": {
        "strategy": "CONSENSUS",
        "users": [{"id": "owner"}],
        "consensus_strategy_info": {"approval_threshold": 2},
    },
}
AUTOMATIC = {
    "type": "TYPE_NOT_SET",
    "name": "Annotate text by a model",
    "worker": {"strategy": "FULL", "workers": [{"model": {"id": "reader", "model_version": {"id": "reader-1"}}}]},
    "concepts": [
        {
            "concept": {"id": "yes", "name": "yes", "value": 1},
            "auto_annotation_config": {
                "annotation_data_types": 1,
                "threshold_range": {"lower": 0.5, "upper": 1, "is_lower_inclusive": True, "is_upper_inclusive": True},
                "status_code": 24150,
            },
        }
    ],
    "input_source": {"type": "ALL_INPUTS"},
    "review": {"strategy": "NONE"},
}
KINDS = {"shares": SHARES, "consensus": CONSENSUS, "model": AUTOMATIC}
# The documents' update sends the whole task again, with a review of a sample by somebody.
UPDATE = {
    **SHARES,
    "name": "Annotate again",
    "review": {
        "strategy": "MANUAL",
        "users": [{"id": "owner"}],
        "manual_strategy_info": {"sample_percentage": 0.5, "approval_threshold": 1},
    },
    "status": {"code": "TASK_DONE"},
}


def prepare(ok, service):
    """What the tasks need: a concept, inputs and a model."""
    service.register_model("reader", lambda inputs: [[] for _ in inputs], version_id="reader-1")
    ok("POST", "/concepts", {"concepts": [{"id": "yes"}]})
    inputs = [{"id": f"i{number}", "data": {"text": {"raw": "x"}}} for number in range(10)]
    ok("POST", "/inputs", {"inputs": inputs})


def live(ok):
    """Take the documented tasks through their life: create, get, list in three ways, update, delete."""
    made = [ok("POST", "/tasks", {"tasks": [task]})["tasks"][0]["id"] for task in KINDS.values()]
    assert ok("GET", f"/tasks/{made[0]}")["task"]["name"] == "Annotate text"

    def listed(query):
        return {one["id"] for one in ok("GET", f"/tasks?page=1&per_page=10{query}")["tasks"]}

    assert listed("") == set(made)
    assert listed("&worker_user_ids=ann") == set(made[:2])
    assert listed("&review_user_ids=owner") == {made[1]}
    updated = ok("PATCH", "/tasks", {"action": "overwrite", "tasks": [{**UPDATE, "id": made[0]}]})["tasks"][0]
    assert (updated["name"], updated["status"]["code"]) == ("Annotate again", 54002)
    assert updated["review"]["manual_strategy_info"]["sample_percentage"] == 0.5
    ok("DELETE", "/tasks", {"ids": made})
    assert listed("") == set()
