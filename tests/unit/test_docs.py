"""The documents say what the code does."""

from __future__ import annotations

from pathlib import Path

import pytest

from tasknb.messages.rpcs import RPCS
from tasknb.service.usecases import USE_CASES

ROOT = Path(__file__).parents[2]
APP = "/v2/users/{user_id}/apps/{app_id}"


def rows():
    """The rows of the service's table, by the RPC's name."""
    lines = (ROOT / "docs" / "service.md").read_text(encoding="utf-8").splitlines()
    cells = [[cell.strip() for cell in line.strip("|").split("|")] for line in lines if line.startswith("| ")]
    return {first.split()[0]: [first, *rest] for first, *rest in cells[1:]}


def test_every_rpc_has_its_row():
    assert list(rows()) == list(RPCS)


@pytest.mark.parametrize("rpc", RPCS.values(), ids=lambda rpc: rpc.name)
def test_a_row_says_what_is_served(rpc):
    name, where, served, fields, refused = rows()[rpc.name]
    assert name.endswith("(not official)") is not rpc.official
    assert where == f"{rpc.verb} `{rpc.path.replace(APP, '…', 1)}`" + (" **s**" if rpc.short else "")
    assert served == ("yes" if rpc.name in USE_CASES else "no")
    if served == "no":
        assert refused == "10040"
    else:
        read = [f"`{one}`" for one in rpc.request.__struct_fields__ if one != "user_app_id"]
        assert fields == (", ".join(read) or "—")
