"""The official Python client, unchanged, against the embedded service: gRPC, gRPC over TLS, and its JSON channel."""

from __future__ import annotations

import subprocess
import sys
from dataclasses import dataclass

import grpc
import pytest
from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
from clarifai_grpc.grpc.api import resources_pb2 as r
from clarifai_grpc.grpc.api import service_pb2 as s
from clarifai_grpc.grpc.api import service_pb2_grpc
from clarifai_grpc.grpc.api.status import status_code_pb2 as codes
from documented import KINDS, UPDATE
from google.protobuf import json_format
from three_doors import curl

from tasknb.errors import TasknbError
from tasknb.service.doors.grpc import start_server


def insecure(doors, _monkeypatch):
    return ClarifaiChannel.get_insecure_grpc_channel(base="127.0.0.1", port=doors.grpc)


def secure(doors, monkeypatch):
    monkeypatch.setenv("CLARIFAI_GRPC_BASE", f"localhost:{doors.tls}")
    return ClarifaiChannel.get_grpc_channel(root_certificates_path=str(doors.certificate))


def over_json(doors, _monkeypatch):
    return ClarifaiChannel.get_json_channel(base_url=f"http://127.0.0.1:{doors.http}")


@dataclass
class Official:
    """The official stub, with one user's key and one app."""

    stub: service_pb2_grpc.V2Stub
    key: str
    app: r.UserAppIDSet

    def __call__(self, rpc, request):
        request.user_app_id.CopyFrom(self.app)
        return getattr(self.stub, rpc)(request, metadata=(("authorization", f"Key {self.key}"),))

    def ok(self, rpc, request):
        answer = self(rpc, request)
        assert answer.status.code == codes.SUCCESS, answer
        return answer


@pytest.fixture(params=[insecure, secure, over_json], ids=["grpc", "tls", "json"])
def users(request, doors, monkeypatch):
    """The owner and the labeler of a new app, through each of the official client's channels."""
    # The stub is made at once: the client keeps one way of reading answers for all channels, the last one's.
    stub = service_pb2_grpc.V2Stub(request.param(doors, monkeypatch))
    app_id = request.node.name.replace("[", "-").strip("]")
    keys = doors.app(app_id)
    return [Official(stub, key, r.UserAppIDSet(user_id="owner", app_id=app_id)) for key in keys]


@pytest.fixture
def owner(users):
    """The owner of an app with six texts in a dataset, and two concepts."""
    owner = users[0]
    ids = [f"i{number}" for number in range(6)]
    owner.ok("PostConcepts", s.PostConceptsRequest(concepts=[r.Concept(id="yes"), r.Concept(id="no")]))
    inputs = [r.Input(id=one, data=r.Data(text=r.Text(raw=one))) for one in ids]
    owner.ok("PostInputs", s.PostInputsRequest(inputs=inputs))
    owner.ok("PostDatasets", s.PostDatasetsRequest(datasets=[r.Dataset(id="all")]))
    members = [r.DatasetInput(input=r.Input(id=one)) for one in ids]
    owner.ok("PostDatasetInputs", s.PostDatasetInputsRequest(dataset_id="all", dataset_inputs=members))
    return owner


def a_task(**fields):
    return r.Task(
        **{
            "name": "Annotate text",
            "type": r.Task.CONCEPTS_CLASSIFICATION,
            "worker": {"strategy": r.TaskWorker.DYNAMIC, "workers": [{"user": {"id": "ann"}}]},
            "concepts": [{"concept": {"id": "yes"}}, {"concept": {"id": "no"}}],
            "input_source": {"type": r.TaskInputSource.DATASET, "id": "all"},
            "review": {"strategy": r.TaskReview.NONE},
            **fields,
        }
    )


def create(owner, **fields):
    return owner.ok("PostTasks", s.PostTasksRequest(tasks=[a_task(**fields)])).tasks[0]


def test_a_task_is_created_found_changed_and_deleted(owner):
    created = create(owner, metadata={"round": 1, "tags": ["a", None, True]}, priority=r.Task.HIGH)
    assert created.status.code == codes.TASK_IN_PROGRESS
    assert created.created_at.seconds > 0
    found = owner.ok("GetTask", s.GetTaskRequest(task_id=created.id, additional_fields=["all"])).task
    assert (found.name, found.worker.workers[0].user.id) == ("Annotate text", "ann")
    assert found.priority == r.Task.HIGH
    assert dict(found.metadata)["round"] == 1
    assert found.metrics.input_source.inputs_count_estimated == 6
    listed = owner.ok("ListTasks", s.ListTasksRequest(page=1, per_page=10, worker_user_ids=["ann"])).tasks
    assert [one.id for one in listed] == [created.id]
    assert not owner.ok("ListTasks", s.ListTasksRequest(worker_user_ids=["bob"])).tasks
    done = r.Task(id=created.id, status={"code": codes.TASK_DONE})
    changed = owner.ok("PatchTasks", s.PatchTasksRequest(tasks=[done], action="merge")).tasks[0]
    assert changed.status.code == codes.TASK_DONE
    owner.ok("DeleteTasks", s.DeleteTasksRequest(ids=[created.id]))
    assert owner("GetTask", s.GetTaskRequest(task_id=created.id)).status.code == codes.TASK_MISSING


def test_work_is_started_labeled_submitted_and_counted(owner, users):
    ann = users[1]
    task = create(owner)
    started = ann.ok("PutTaskAssignments", put(task, "LABEL_START")).task_assignments
    assert len(started) == 6
    labels = [
        r.Annotation(
            input_id=one.input.id,
            task_id=task.id,
            data=r.Data(concepts=[r.Concept(id="yes", value=1), r.Concept(id="no", value=0)]),
        )
        for one in started
    ]
    made = ann.ok("PostAnnotations", s.PostAnnotationsRequest(annotations=labels)).annotations
    assert sorted((one.id, one.value) for one in made[0].data.concepts) == [("no", 0), ("yes", 1)]
    submit = put(task, "LABEL_SUBMIT")
    submit.label_submit_config.task_assignments.extend(r.TaskAssignment(id=one.id) for one in started[:4])
    done = ann.ok("PutTaskAssignments", submit).task_assignments
    assert {one.status.code for one in done} == {codes.TASK_ASSIGNMENT_SUCCESS}
    [count] = owner.ok("GetTaskInputCount", s.GetTaskCountRequest(task_id=task.id)).counts
    assert (count.worker.user.id, count.pending, count.success) == ("ann", 2, 4)
    listed = owner.ok("ListAnnotations", s.ListAnnotationsRequest(task_id=task.id, user_ids=["ann"])).annotations
    assert len(listed) == 6
    assert {concept.value for one in listed for concept in one.data.concepts} == {0, 1}


def put(task, action):
    return s.PutTaskAssignmentsRequest(task_id=task.id, action=action)


def test_weights_and_thresholds_arrive_as_they_were_meant(owner):
    worker = {
        "strategy": r.TaskWorker.PARTITIONED,
        "workers": [{"user": {"id": "ann"}}, {"user": {"id": "owner"}}],
        "partitioned_strategy_info": {"type": 2, "workers_per_input": 1, "weights": {"ann": 70, "owner": 30}},
    }
    task = create(owner, worker=worker)
    assert dict(task.worker.partitioned_strategy_info.weights) == {"ann": 70, "owner": 30}


def test_errors_come_in_the_status_and_say_what_is_wrong(owner, users):
    missing = owner("GetTask", s.GetTaskRequest(task_id="nope")).status
    assert (missing.code, len(missing.req_id)) == (codes.TASK_MISSING, 32)
    bad = owner("PostTasks", s.PostTasksRequest(tasks=[a_task(name="")])).status
    assert "tasks[0].name" in bad.details
    assert not owner.ok("ListTasks", s.ListTasksRequest()).tasks
    users[0].key = "wrong"
    assert users[0]("ListTasks", s.ListTasksRequest()).status.code == codes.CONN_KEY_INVALID


def test_what_is_not_offered_says_so(users):
    status = users[0]("ListLabelOrders", s.ListLabelOrdersRequest()).status
    assert status.code == codes.NOT_IMPLEMENTED
    assert "ListLabelOrders" in status.details


def test_every_other_rpc_says_so_over_grpc(doors):
    channel = ClarifaiChannel.get_insecure_grpc_channel(base="127.0.0.1", port=doors.grpc)
    stub = service_pb2_grpc.V2Stub(channel)
    status = stub.PostModels(s.PostModelsRequest()).status
    assert (status.code, "PostModels" in status.details) == (codes.NOT_IMPLEMENTED, True)
    streamed = list(stub.GenerateModelOutputs(s.PostModelOutputsRequest()))
    assert [one.status.code for one in streamed] == [codes.NOT_IMPLEMENTED]
    sent = stub.PostInputs(s.PostInputsRequest()).status
    assert sent.code == codes.CONN_KEY_NOT_FOUND


def test_a_concept_without_a_value_is_absent_in_grpc_and_present_in_json(doors, monkeypatch):
    key, _ = doors.app("values")
    app = r.UserAppIDSet(user_id="owner", app_id="values")
    owner = Official(service_pb2_grpc.V2Stub(insecure(doors, monkeypatch)), key, app)
    owner.ok("PostConcepts", s.PostConceptsRequest(concepts=[r.Concept(id="yes")]))
    owner.ok("PostInputs", s.PostInputsRequest(inputs=[r.Input(id="i", data=r.Data(text=r.Text(raw="x")))]))
    label = r.Annotation(input_id="i", data=r.Data(concepts=[r.Concept(id="yes")]))
    made = owner.ok("PostAnnotations", s.PostAnnotationsRequest(annotations=[label])).annotations[0]
    assert made.data.concepts[0].value == 0
    body = {"annotations": [{"input_id": "i", "data": {"concepts": [{"id": "yes"}]}}]}
    answer = curl(doors, key, "POST", "/v2/users/owner/apps/values/annotations", body)
    assert answer["annotations"][0]["data"]["concepts"][0]["value"] == 1


def test_a_used_port_is_refused(doors):
    with pytest.raises(TasknbError, match="port is in use"):
        start_server(doors.service, f"127.0.0.1:{doors.grpc}")
    with pytest.raises(TasknbError, match="private key"):
        start_server(doors.service, certificate=b"")


def test_bytes_that_are_no_message_end_the_call_and_nothing_else(doors):
    with grpc.insecure_channel(f"127.0.0.1:{doors.grpc}") as channel:
        call = channel.unary_unary("/clarifai.api.V2/PostTasks")
        with pytest.raises(grpc.RpcError):
            call(b"\xff\xff\xff")
        with pytest.raises(grpc.RpcError) as caught:
            channel.unary_unary("/clarifai.api.V2/NoSuchThing")(b"")
    assert caught.value.code() is grpc.StatusCode.UNIMPLEMENTED


def test_the_environments_certificates_are_trusted(doors, tmp_path):
    key, _ = doors.app("environment")
    script = (
        "from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel\n"
        "from clarifai_grpc.grpc.api import resources_pb2 as r, service_pb2 as s, service_pb2_grpc\n"
        "stub = service_pb2_grpc.V2Stub(ClarifaiChannel.get_grpc_channel())\n"
        "request = s.ListTasksRequest(user_app_id=r.UserAppIDSet(user_id='me', app_id='environment'))\n"
        f"print(stub.ListTasks(request, metadata=(('authorization', 'Key {key}'),)).status.code)\n"
    )
    environment = {
        "CLARIFAI_GRPC_BASE": f"localhost:{doors.tls}",
        "GRPC_DEFAULT_SSL_ROOTS_FILE_PATH": str(doors.certificate),
    }
    result = subprocess.run(
        [sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=False, timeout=60
    )
    assert result.stdout.strip() == "10000", result.stderr


def test_the_documented_tasks_live_by_the_stub(doors, owner):
    doors.service.register_model("reader", lambda inputs: [[] for _ in inputs], version_id="reader-1")
    wanted = [json_format.ParseDict(kind, r.Task()) for kind in KINDS.values()]
    made = [owner.ok("PostTasks", s.PostTasksRequest(tasks=[task])).tasks[0] for task in wanted]
    for task, sent in zip(made, wanted, strict=True):
        assert (task.worker.strategy, task.review.strategy) == (sent.worker.strategy, sent.review.strategy)
    ids = [task.id for task in made]
    assert owner.ok("GetTask", s.GetTaskRequest(task_id=ids[0])).task.name == "Annotate text"

    def listed(**filters):
        return {one.id for one in owner.ok("ListTasks", s.ListTasksRequest(page=1, per_page=10, **filters)).tasks}

    assert listed() == set(ids)
    assert listed(worker_user_ids=["ann"]) == set(ids[:2])
    assert listed(review_user_ids=["owner"]) == {ids[1]}
    changed = json_format.ParseDict({**UPDATE, "id": ids[0]}, r.Task())
    [updated] = owner.ok("PatchTasks", s.PatchTasksRequest(tasks=[changed], action="overwrite")).tasks
    assert (updated.name, updated.status.code) == ("Annotate again", codes.TASK_DONE)
    owner.ok("DeleteTasks", s.DeleteTasksRequest(ids=ids))
    assert listed() == set()
