from __future__ import annotations

import msgspec
import pytest

from tasknb.errors import MessageError
from tasknb.messages.requests import PostTasksRequest
from tasknb.service.doors.casing import read_body

SNAKE = {
    "user_app_id": {"user_id": "u", "app_id": "a"},
    "tasks": [
        {
            "input_source": {"type": "DATASET", "id": "d"},
            "worker": {"partitioned_strategy_info": {"workers_per_input": 2, "weights": {"annLee": 1}}},
            "metadata": {"myKey": {"innerKey": [1]}},
            "concepts": [{"auto_annotation_config": {"threshold_range": {"is_lower_inclusive": True}}}],
        }
    ],
}
CAMEL = {
    "userAppId": {"userId": "u", "appId": "a"},
    "tasks": [
        {
            "inputSource": {"type": "DATASET", "id": "d"},
            "worker": {"partitionedStrategyInfo": {"workersPerInput": 2, "weights": {"annLee": 1}}},
            "metadata": {"myKey": {"innerKey": [1]}},
            "concepts": [{"autoAnnotationConfig": {"thresholdRange": {"isLowerInclusive": True}}}],
        }
    ],
}


def test_both_spellings_are_the_same_message():
    snake, camel = (read_body(msgspec.json.encode(one), PostTasksRequest) for one in (SNAKE, CAMEL))
    assert snake == camel
    assert camel.tasks[0].metadata == {"myKey": {"innerKey": [1]}}
    assert camel.tasks[0].worker.partitioned_strategy_info.weights == {"annLee": 1}


@pytest.mark.parametrize(
    "body", [b"[]", b'"userAppId":', b'{"tasks": [{"inputSource": 3}]}', b'{"tasks": {"inputSource": 3}}']
)
def test_what_is_no_message(body):
    with pytest.raises(MessageError):
        read_body(body, PostTasksRequest)
