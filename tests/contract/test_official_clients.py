"""The official clients, unchanged, against the embedded service."""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import sys
import threading
from dataclasses import dataclass
from pathlib import Path

import grpc
import pytest
import uvicorn
from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
from clarifai_grpc.grpc.api import resources_pb2 as r
from clarifai_grpc.grpc.api import service_pb2 as s
from clarifai_grpc.grpc.api import service_pb2_grpc
from clarifai_grpc.grpc.api.status import status_code_pb2 as codes
from google.protobuf import json_format

from tasknb.errors import TasknbError
from tasknb.service.core import Service
from tasknb.service.doors.asgi import AsgiApp
from tasknb.service.doors.grpc import start_server
from tasknb.service.doors.http import Door
from tasknb.service.people.users import add_collaborator, add_key, ensure_app, ensure_user

HERE = Path(__file__).parent


@dataclass
class Doors:
    """One service behind three doors."""

    service: Service
    http: int
    grpc: int
    tls: int
    certificate: Path

    def app(self, app_id):
        """A new app with a labeler; the keys of its owner and of the labeler."""
        with self.service.store.write() as db:
            owner, app = ensure_app(db, "owner", app_id)
            ann = ensure_user(db, "ann")
            add_collaborator(db, app, ann)
            return add_key(db, owner), add_key(db, ann)


@pytest.fixture(scope="module")
def certificate(tmp_path_factory):
    """A certificate of localhost, and its key."""
    if shutil.which("openssl") is None:
        pytest.skip("openssl makes the certificate, and is not installed")
    folder = tmp_path_factory.mktemp("tls")
    subprocess.run(
        [
            *("openssl", "req", "-x509", "-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:P-256", "-nodes"),
            *("-days", "1", "-subj", "/CN=localhost", "-addext", "subjectAltName=DNS:localhost,IP:127.0.0.1"),
            *("-keyout", str(folder / "key.pem"), "-out", str(folder / "certificate.pem")),
        ],
        check=True,
        capture_output=True,
    )
    return folder / "certificate.pem", folder / "key.pem"


@pytest.fixture(scope="module")
def doors(tmp_path_factory, certificate):
    service = Service(tmp_path_factory.mktemp("store") / "labels.db")
    chain, key = certificate
    plain, plain_port = start_server(service)
    tls, tls_port = start_server(service, "localhost:0", certificate=chain.read_bytes(), private_key=key.read_bytes())
    with socket.create_server(("127.0.0.1", 0)) as listener:
        server = uvicorn.Server(uvicorn.Config(AsgiApp(Door(service)), log_level="warning", access_log=False))
        thread = threading.Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        yield Doors(service, listener.getsockname()[1], plain_port, tls_port, chain)
        server.should_exit = True
        thread.join()
    for one in (plain, tls):
        one.stop(None).wait()
    service.close()


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


def curl(doors, key, verb, path, body=None):
    if shutil.which("curl") is None:
        pytest.skip("curl is not installed")
    command = ["curl", "-sS", "-X", verb, f"http://127.0.0.1:{doors.http}{path}", "-H", f"Authorization: Key {key}"]
    if body is not None:
        command += ["-H", "Content-Type: application/json", "-d", json.dumps(body)]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True).stdout)


def test_curl_as_the_documents_show_it(doors):
    key, _ = doors.app("curl")
    app = "/v2/users/owner/apps/curl"
    for path, body in (
        ("/concepts", {"concepts": [{"id": "yes"}]}),
        ("/inputs", {"inputs": [{"id": "i", "data": {"text": {"raw": "x"}}}]}),
        ("/datasets", {"datasets": [{"id": "all"}]}),
        ("/datasets/all/inputs", {"dataset_inputs": [{"input": {"id": "i"}}]}),
    ):
        assert curl(doors, key, "POST", app + path, body)["status"]["code"] == 10000
    task = {
        "type": "CONCEPTS_CLASSIFICATION",
        "name": "Annotate text",
        "worker": {"strategy": "DYNAMIC", "users": [{"id": "ann"}]},
        "concept_ids": ["yes"],
        "input_source": {"type": "DATASET", "id": "all"},
        "sample_ms": 1000,
        "review": {"strategy": "NONE"},
    }
    created = curl(doors, key, "POST", app + "/tasks", {"tasks": [task]})
    assert created["status"]["code"] == 10000
    task_id = created["tasks"][0]["id"]
    short = f"/v2/tasks/{task_id}?user_app_id.user_id=me&user_app_id.app_id=curl"
    assert curl(doors, key, "GET", short)["task"]["name"] == "Annotate text"
    assert len(curl(doors, key, "GET", app + "/tasks?page=1&per_page=10&worker_user_ids=ann")["tasks"]) == 1
    assert curl(doors, key, "DELETE", app + "/tasks", {"ids": [task_id]})["status"]["code"] == 10000


NODE = """
const {ClarifaiStub, grpc} = require("clarifai-nodejs-grpc");
const stub = new (ClarifaiStub.grpc("127.0.0.1:1").constructor)(process.argv[2], grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
metadata.set("authorization", "Key " + process.argv[3]);
const app = {user_id: "owner", app_id: "node"};
stub.PostConcepts({user_app_id: app, concepts: [{id: "yes"}]}, metadata, (error, answer) => {
  if (error) throw error;
  stub.ListConcepts({user_app_id: app}, metadata, (error, listed) => {
    if (error) throw error;
    console.log(JSON.stringify({posted: answer.status.code, ids: listed.concepts.map(one => one.id)}));
    process.exit(0);
  });
});
"""


def test_node(doors, tmp_path):
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    # Wherever node finds it: beside the tests, above them, or in NODE_PATH.
    find = ["node", "-p", "require.resolve('clarifai-nodejs-grpc').split('clarifai-nodejs-grpc')[0]"]
    found = subprocess.run(find, cwd=HERE, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("clarifai-nodejs-grpc is not there: npm install it, and name its node_modules in NODE_PATH")
    key, _ = doors.app("node")
    script = tmp_path / "main.js"
    script.write_text(NODE)
    environment = {**os.environ, "NODE_PATH": found.stdout.strip()}
    result = subprocess.run(
        ["node", str(script), f"127.0.0.1:{doors.grpc}", key],
        env=environment,
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    assert json.loads(result.stdout or "{}") == {"posted": 10000, "ids": ["yes"]}, result.stderr


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


PARTITIONED = {
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
    **PARTITIONED,
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


@pytest.mark.parametrize("kind", [PARTITIONED, CONSENSUS, AUTOMATIC], ids=["shares", "consensus", "model"])
def test_the_documents_kinds_of_task_through_the_stub(doors, owner, kind):
    doors.service.register_model("reader", lambda inputs: [[] for _ in inputs], version_id="reader-1")
    task = json_format.ParseDict(kind, r.Task())
    made = owner.ok("PostTasks", s.PostTasksRequest(tasks=[task])).tasks[0]
    assert (made.worker.strategy, made.review.strategy) == (task.worker.strategy, task.review.strategy)
    task.id, task.name = made.id, "Annotate again"
    owner.ok("PatchTasks", s.PatchTasksRequest(tasks=[task], action="overwrite"))
    reviewed = owner.ok("ListTasks", s.ListTasksRequest(review_user_ids=["owner"])).tasks
    assert [one.name for one in reviewed] == (["Annotate again"] if kind is CONSENSUS else [])
    owner.ok("DeleteTasks", s.DeleteTasksRequest(ids=[made.id]))


def with_curl(doors, key, verb, path, body, app_id):
    return curl(doors, key, verb, f"/v2/users/owner/apps/{app_id}{path}", body)


FETCH = """
const [url, key, verb, body] = process.argv.slice(1);
const options = {method: verb, headers: {Accept: "application/json", Authorization: "Key " + key}};
if (body) options.body = body;
fetch(url, options).then(response => response.text()).then(result => console.log(result));
"""


def with_fetch(doors, key, verb, path, body, app_id):
    """The short path; the app is named in the body, or where there is none in the long path, as for reading."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    named = {"user_app_id": {"user_id": "owner", "app_id": app_id}, **body} if body else None
    start = "/v2" if body else f"/v2/users/owner/apps/{app_id}"
    url = f"http://127.0.0.1:{doors.http}{start}{path}"
    command = ["node", "-e", FETCH, url, key, verb, *([json.dumps(named)] if named else [])]
    return json.loads(subprocess.run(command, capture_output=True, text=True, check=True, timeout=60).stdout)


@pytest.mark.parametrize("ask", [with_curl, with_fetch])
def test_the_documents_way_through_a_tasks_life(doors, ask, request):
    app_id = request.node.name.replace("[", "-").strip("]")
    key, _ = doors.app(app_id)
    doors.service.register_model("reader", lambda inputs: [[] for _ in inputs], version_id="reader-1")

    def ok(verb, path, body=None):
        answer = ask(doors, key, verb, path, body, app_id)
        assert answer["status"]["code"] == 10000, answer
        return answer

    ok("POST", "/concepts", {"concepts": [{"id": "yes"}]})
    inputs = [{"id": f"i{number}", "data": {"text": {"raw": "x"}}} for number in range(10)]
    ok("POST", "/inputs", {"inputs": inputs})
    kinds = (PARTITIONED, CONSENSUS, AUTOMATIC)
    made = [ok("POST", "/tasks", {"tasks": [task]})["tasks"][0]["id"] for task in kinds]
    assert ok("GET", f"/tasks/{made[0]}")["task"]["name"] == "Annotate text"

    def listed(query):
        return {one["id"] for one in ok("GET", f"/tasks?page=1&per_page=10{query}")["tasks"]}

    assert listed("") == set(made)
    assert listed("&worker_user_ids=ann") == set(made[:2])
    assert listed("&review_user_ids=owner") == {made[1]}
    changed = {**PARTITIONED, "id": made[0], "name": "Annotate again", "status": {"code": "TASK_DONE"}}
    updated = ok("PATCH", "/tasks", {"action": "overwrite", "tasks": [changed]})["tasks"][0]
    assert (updated["name"], updated["status"]["code"]) == ("Annotate again", codes.TASK_DONE)
    ok("DELETE", "/tasks", {"ids": made})
    assert listed("") == set()
