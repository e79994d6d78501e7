"""The promises of the house: arrows between rooms point one way, and heavy libraries stay in their rooms."""

from __future__ import annotations

import ast
import os
import subprocess
import sys
from pathlib import Path

import pytest

PACKAGE = Path(__file__).parents[2] / "tasknb"

# Which rooms a room may import. `tasknb/__init__` is the public face and may name them all; errors, look and forecast
# are leaves.
MAY_IMPORT = {
    "errors": {"messages"},  # for its type annotations only
    "look": set(),
    "forecast": set(),
    "messages": {"errors"},
    "api": {"messages", "errors"},
    "service": {"messages", "errors"},
    "frames": {"api", "messages", "errors", "look", "forecast"},
    "widgets": {"api", "messages", "errors", "look", "forecast"},
    "demo": {"api", "messages", "errors"},
    "reports": {"frames", "widgets", "api", "messages", "errors", "look", "forecast"},
    "cli": {"reports", "service", "demo", "api", "messages", "errors"},
}
# Where a library may be imported at all; anywhere else is a mistake, also inside a function.
LIBRARY_ROOMS = {
    "pandas": {"__init__", "frames", "reports"},
    "anywidget": {"widgets"},
    "ipywidgets": {"widgets"},
    "traitlets": {"widgets"},
    "requests": {"api", "service"},
    "sqlalchemy": {"service"},
    "starlette": {"service"},
    "uvicorn": {"service"},
    "matplotlib": {"frames", "reports"},
    "scipy": {"frames"},
}
# Not loaded by `import tasknb`: each costs more than a user who needs it not should pay.
NOT_AT_IMPORT = [
    "anywidget",
    "ipywidgets",
    "matplotlib",
    "sqlalchemy",
    "starlette",
    "uvicorn",
    "scipy",
    "sklearn",
    "grpc",
]

MODULES = sorted(PACKAGE.rglob("*.py"))


def room_of(module: Path) -> str:
    return module.relative_to(PACKAGE).parts[0].removesuffix(".py")


def imported(module: Path, *, at_run_time: bool = False) -> set[str]:
    """The dotted names that a module imports; relative imports are not used in this house."""
    names = set()
    tree = ast.parse(module.read_text(encoding="utf-8"))
    if at_run_time:
        tree = _WithoutTypeImports().visit(tree)
    for node in ast.walk(tree):
        if isinstance(node, ast.Import):
            names.update(alias.name for alias in node.names)
        elif isinstance(node, ast.ImportFrom):
            assert node.level == 0, f"{module}: a relative import"
            names.update(f"{node.module}.{alias.name}" for alias in node.names)
    return names


class _WithoutTypeImports(ast.NodeTransformer):
    def visit_If(self, node: ast.If) -> ast.AST | None:
        is_for_types = isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"
        return None if is_for_types else self.generic_visit(node)


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_arrows_point_one_way(module):
    room = room_of(module)
    if room == "__init__":
        return
    targets = {name.split(".")[1] for name in imported(module) if name.startswith("tasknb.")}
    assert targets <= MAY_IMPORT[room] | {room}


@pytest.mark.parametrize("module", MODULES, ids=lambda path: str(path.relative_to(PACKAGE)))
def test_libraries_stay_in_their_rooms(module):
    libraries = {name.split(".")[0] for name in imported(module, at_run_time=True)} & set(LIBRARY_ROOMS)
    assert {library for library in libraries if room_of(module) not in LIBRARY_ROOMS[library]} == set()


def test_importing_tasknb_loads_nothing_heavy():
    script = f"import sys, tasknb; print([name for name in {NOT_AT_IMPORT} if name in sys.modules])"
    environment = {**os.environ, "PYTHONDONTWRITEBYTECODE": "1"}
    result = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, env=environment, check=True)
    assert result.stdout.strip() == "[]"
