"""Node against the embedded service: the official client, and `fetch` as Clarifai's documents show it."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
from pathlib import Path

import pytest
from documented import KINDS, UPDATE, live, prepare
from three_doors import curl

HERE = Path(__file__).parent

# The documents' call, for each line that is read; starting node ten times would take seconds.
FETCH = """
const ask = ({url, key, verb, body}) => {
  const options = {method: verb, headers: {Accept: "application/json", Authorization: "Key " + key}};
  if (body) options.body = JSON.stringify(body);
  return fetch(url, options).then(response => response.text()).then(result => console.log(result));
};
require("readline").createInterface({input: process.stdin}).on("line", line => ask(JSON.parse(line)));
"""


@pytest.fixture
def fetch():
    """Ask by node's `fetch`: the URL, the key, the verb and the body."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    with subprocess.Popen(["node", "-e", FETCH], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True) as node:

        def ask(**call):
            print(json.dumps(call), file=node.stdin, flush=True)
            return json.loads(node.stdout.readline())

        yield ask
        node.stdin.close()


def test_the_documented_tasks_live_by_fetch(doors, fetch):
    """By the short paths with the app in the body, or where there is no body by the long ones, as for reading."""
    key, _ = doors.app("fetch")

    def ok(verb, path, body=None):
        named = {"user_app_id": {"user_id": "owner", "app_id": "fetch"}, **body} if body else None
        start = "/v2" if body else "/v2/users/owner/apps/fetch"
        answer = fetch(url=f"http://127.0.0.1:{doors.http}{start}{path}", key=key, verb=verb, body=named)
        assert answer["status"]["code"] == 10000, answer
        return answer

    prepare(ok, doors.service)
    live(ok)


# The calls of the official client as its README shows them, one after the other.
NODE = """
const {ClarifaiStub, grpc} = require("clarifai-nodejs-grpc");
const [address, key, kinds, update] = process.argv.slice(2);
const stub = new (ClarifaiStub.grpc("127.0.0.1:1").constructor)(address, grpc.credentials.createInsecure());
const metadata = new grpc.Metadata();
metadata.set("authorization", "Key " + key);
const ask = (rpc, request) => new Promise((resolve, reject) => {
  const named = {user_app_id: {user_id: "owner", app_id: "node"}, ...request};
  stub[rpc](named, metadata, (error, answer) => {
    if (error) return reject(error);
    if (answer.status.code !== 10000) return reject(new Error(JSON.stringify(answer.status)));
    resolve(answer);
  });
});
// This client takes a Struct as the message that it is.
const number = ([name, value]) => [name, {numberValue: value}];
const struct = numbers => ({fields: Object.fromEntries(Object.entries(numbers).map(number))});
const spelled = task => {
  const info = task.worker.partitioned_strategy_info;
  if (info && info.weights) info.weights = struct(info.weights);
  return task;
};
const ids = async request => (await ask("ListTasks", {page: 1, per_page: 10, ...request})).tasks.map(one => one.id);
(async () => {
  const made = [];
  for (const task of JSON.parse(kinds)) made.push((await ask("PostTasks", {tasks: [spelled(task)]})).tasks[0].id);
  const found = {made, name: (await ask("GetTask", {task_id: made[0]})).task.name};
  found.listed = await ids({});
  found.labeled = await ids({worker_user_ids: ["ann"]});
  found.reviewed = await ids({review_user_ids: ["owner"]});
  const changed = {...spelled(JSON.parse(update)), id: made[0]};
  found.updated = (await ask("PatchTasks", {action: "overwrite", tasks: [changed]})).tasks[0].name;
  await ask("DeleteTasks", {ids: made});
  found.left = await ids({});
  console.log(JSON.stringify(found));
  process.exit(0);
})().catch(error => { console.error(error); process.exit(1); });
"""


def modules():
    """Where node finds the official client: beside the tests, above them, or in NODE_PATH."""
    if shutil.which("node") is None:
        pytest.skip("node is not installed")
    find = ["node", "-p", "require.resolve('clarifai-nodejs-grpc').split('clarifai-nodejs-grpc')[0]"]
    found = subprocess.run(find, cwd=HERE, capture_output=True, text=True, check=False)
    if found.returncode:
        pytest.skip("clarifai-nodejs-grpc is not there: npm install it, and name its node_modules in NODE_PATH")
    return found.stdout.strip()


def test_the_documented_tasks_live_by_the_official_client(doors, tmp_path):
    environment = {**os.environ, "NODE_PATH": modules()}
    key, _ = doors.app("node")
    prepare(lambda *asked: curl(doors, key, asked[0], f"/v2/users/owner/apps/node{asked[1]}", asked[2]), doors.service)
    script = tmp_path / "main.js"
    script.write_text(NODE)
    sent = [json.dumps(list(KINDS.values())), json.dumps(UPDATE)]
    command = ["node", str(script), f"127.0.0.1:{doors.grpc}", key, *sent]
    result = subprocess.run(command, env=environment, capture_output=True, text=True, check=False, timeout=60)
    assert result.returncode == 0, result.stderr
    found = json.loads(result.stdout)
    made = found["made"]
    assert sorted(found["listed"]) == sorted(made)
    assert sorted(found["labeled"]) == sorted(made[:2])
    assert found["reviewed"] == [made[1]]
    assert (found["name"], found["updated"], found["left"]) == ("Annotate text", "Annotate again", [])
