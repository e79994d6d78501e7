"""The slim structs name fields that the messages really have."""

import msgspec
import pytest

from tasknb.frames import slim
from tasknb.messages import content_requests, requests, task

PAGES = {
    slim.TaskPage: requests.MultiTaskResponse,
    slim.AssignmentPage: requests.MultiTaskAssignmentResponse,
    slim.AnnotationPage: content_requests.MultiAnnotationResponse,
}


def structs_of(annotation):
    """The structs named in a field's type, without containers and None."""
    info = msgspec.inspect.type_info(annotation)
    stack, found = [info], []
    while stack:
        one = stack.pop()
        stack += [*getattr(one, "types", ()), *([one.item_type] if hasattr(one, "item_type") else [])]
        if isinstance(one, msgspec.inspect.StructType):
            found.append(one.cls)
    return found


@pytest.mark.parametrize(("page", "message"), PAGES.items(), ids=lambda kind: kind.__name__)
def test_slim_fields_are_fields_of_the_messages(page, message):
    seen = set()
    stack = [(page, message)]
    while stack:
        thin, full = stack.pop()
        if (thin, full) in seen:
            continue
        seen.add((thin, full))
        fields = {field.name: field for field in msgspec.structs.fields(full)}
        for field in msgspec.structs.fields(thin):
            if thin is slim.SlimWorkMetrics and full is task.InputSourceMetrics and "percent" in field.name:
                continue  # read with the same struct, which has one field more
            assert field.name in fields, f"{thin.__name__}.{field.name} is no field of {full.__name__}"
            stack += zip(structs_of(field.type), structs_of(fields[field.name].type), strict=False)
