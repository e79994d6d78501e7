"""The commands, as processes: `tasknb serve` and `tasknb user add`."""

from __future__ import annotations

import re
import signal
import socket
import subprocess
import sys
from contextlib import contextmanager
from pathlib import Path

import pytest
import requests
from clarifai_grpc.channel.clarifai_channel import ClarifaiChannel
from clarifai_grpc.grpc.api import service_pb2, service_pb2_grpc

from tasknb.cli import main
from tasknb.service.doors.tls import own_certificate

RUN = "import sys; from tasknb.cli import main; sys.exit(main(sys.argv[1:]))"


def command(*args):
    return [sys.executable, "-c", RUN, *args]


@contextmanager
def serving(*args):
    process = subprocess.Popen(
        command("serve", "--port", "0", *args), stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )
    try:
        yield process
    finally:
        process.terminate()
        process.communicate()


def address(line):
    return re.search(r"https?://\S+", line)[0]


def me(url, key):
    return requests.get(f"{url}/v2/users/me", headers={"Authorization": f"Key {key}"}, timeout=30)


@pytest.mark.parametrize("end", [signal.SIGTERM, signal.SIGINT])
def test_serve_says_its_key_and_address_and_stops_cleanly(tmp_path, end):
    with serving("--db", str(tmp_path / "labels.db")) as process:
        key = process.stdout.readline().split()[-1]
        url = address(process.stdout.readline())
        answer = me(url, key)
        assert answer.json()["user"]["id"] == "owner"
        process.send_signal(end)
        rest, log = process.communicate(timeout=20)
        assert process.returncode == 0
        assert rest == ""
        assert "Traceback" not in log
        assert "GET /v2/users/me 200" in log
        assert answer.json()["status"]["req_id"] in log
        assert key not in log


def test_a_given_key_is_taken_and_not_shown(tmp_path):
    options = ("--db", str(tmp_path / "labels.db"), "--key", "my-own-key", "--user-id", "ann", "--app-id", "birds")
    for _ in range(2):
        with serving(*options) as process:
            line = process.stdout.readline()
            assert "my-own-key" not in line
            assert me(address(line), "my-own-key").json()["user"]["id"] == "ann"


def test_a_user_is_added_while_it_serves(tmp_path, capsys):
    db = str(tmp_path / "labels.db")
    with serving("--db", db, "--key", "k") as process:
        url = address(process.stdout.readline())
        assert main(["user", "add", "ann", "--db", db]) == 0
        key = capsys.readouterr().out.split()[-1]
        assert me(url, key).json()["user"]["id"] == "ann"
        path = f"{url}/v2/users/owner/apps/main/inputs"
        assert requests.get(path, headers={"Authorization": f"Key {key}"}, timeout=30).status_code == 200


def list_tasks(host, port, key):
    request = service_pb2.ListTasksRequest(user_app_id={"user_id": "me", "app_id": "main"})
    stub = service_pb2_grpc.V2Stub(ClarifaiChannel.get_insecure_grpc_channel(base=host, port=int(port)))
    return stub.ListTasks(request, metadata=(("authorization", f"Key {key}"),)).status.code


def test_grpc_is_served_beside_http(tmp_path):
    with serving("--db", str(tmp_path / "labels.db"), "--key", "k", "--grpc-port", "0") as process:
        line = process.stdout.readline()
        assert me(address(line), "k").json()["user"]["id"] == "owner"
        assert list_tasks(*re.search(r"gRPC at (\S+):(\d+)", line).groups(), "k") == 10000
        process.terminate()
        _, log = process.communicate(timeout=20)
        assert "gRPC ListTasks 10000" in log
        assert process.returncode == 0


@pytest.fixture
def refused(capsys):
    """Give a command that must fail at once, in one line; no process is needed for that."""

    def run(*args):
        assert main(list(args)) == 1
        said = capsys.readouterr().err
        assert said.count("\n") == 1
        return said

    return run


def test_a_used_port(tmp_path, refused):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        said = refused("serve", "--db", str(tmp_path / "labels.db"), "--port", str(port))
    assert f"Port {port} is in use" in said
    assert "--port 0" in said
    assert list(tmp_path.iterdir()) == []


def test_a_file_that_is_no_database(tmp_path, refused):
    (tmp_path / "labels.db").write_text("my notes " * 100)
    assert "Name another file" in refused("serve", "--db", str(tmp_path / "labels.db"), "--port", "0")


def test_ids_and_places_that_are_none(tmp_path, refused):
    db = str(tmp_path / "labels.db")
    assert "does not exist" in refused("user", "add", "ann", "--db", db)
    assert "cannot be listened on" in refused("serve", "--db", db, "--port", "99999")
    assert "control characters" in refused("serve", "--db", db, "--port", "0", "--user-id", "a\nb")


def trusted(line):
    return dict(one.split("=") for one in line.split("export ")[1].split())


def test_tls_by_an_authority_that_is_kept(tmp_path, monkeypatch):
    monkeypatch.setenv("XDG_DATA_HOME", str(tmp_path))
    authorities = set()
    for _ in range(2):
        with serving("--db", str(tmp_path / "labels.db"), "--key", "k", "--tls") as process:
            authority = trusted(process.stdout.readline())["REQUESTS_CA_BUNDLE"]
            url = address(process.stdout.readline())
            assert url.startswith("https://127.0.0.1:")
            for host in (url, url.replace("127.0.0.1", "localhost")):
                answer = requests.get(
                    f"{host}/v2/users/me", headers={"Authorization": "Key k"}, verify=authority, timeout=30
                )
                assert answer.json()["user"]["id"] == "owner"
            with pytest.raises(requests.exceptions.SSLError):
                requests.get(f"{url}/v2/users/me", timeout=30)
            authorities.add(Path(authority).read_text())
    assert len(authorities) == 1
    assert (Path(authority).parent / "key.pem").stat().st_mode & 0o777 == 0o600


def test_tls_by_a_given_certificate(tmp_path):
    with own_certificate((), tmp_path) as files:
        options = ("--db", str(tmp_path / "labels.db"), "--key", "k")
        with serving(*options, "--tls-cert", files.certificate, "--tls-key", files.private_key) as process:
            url = address(process.stdout.readline())
            answer = requests.get(f"{url}/v2/users/me", verify=files.authority, timeout=30)
            assert answer.status_code == 401


def test_tls_files_that_are_none(tmp_path, refused):
    (tmp_path / "none.pem").write_text("nothing")
    options = ("serve", "--db", str(tmp_path / "labels.db"), "--port", "0", "--tls-cert", str(tmp_path / "none.pem"))
    assert "--tls-key" in refused(*options)
    assert "cannot be used" in refused(*options, "--tls-key", str(tmp_path / "none.pem"))
    assert not (tmp_path / "labels.db").exists()
