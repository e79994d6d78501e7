"""What tasknb and its extras pull in may be used by anybody: each licence is listed, each exception has its reason."""

from __future__ import annotations

import re
import tomllib
from importlib.metadata import PackageNotFoundError, distribution
from itertools import chain
from pathlib import Path

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

PROJECT = tomllib.loads((Path(__file__).parents[2] / "pyproject.toml").read_text(encoding="utf-8"))["project"]
TOOLS = {"dev", "docs"}  # they reach nobody who installs tasknb

# Words of licences that ask for no more than to be named: SPDX identifiers, and the classifiers of older packages.
FREE = {
    "0BSD",
    "3-Clause BSD License",
    "Apache 2.0",
    "Apache License, Version 2.0",
    "Apache Software License",
    "Apache-2.0",
    "BSD License",
    "BSD-2-Clause",
    "BSD-3-Clause",
    "CC0-1.0",
    "ISC",
    "ISC License (ISCL)",
    "MIT",
    "MIT License",
    "MIT-0",
    "MIT-CMU",
    "PSF-2.0",
    "Python Software Foundation License",
    "Zlib",
}
# The exceptions. None is copied into tasknb or changed; each is installed beside it.
EXCEPTIONS = {
    "certifi": "MPL 2.0 on the list of certificates itself, which is used as it is; `requests` brings it",
    "fqdn": "MPL 2.0, file by file; JupyterLab brings it to check addresses, and nobody changes it",
    "psycopg": "LGPL 3, used as a library that can be replaced, and only with the extra postgres",
    "psycopg-binary": "as psycopg",
}


def closure(requirements):
    """Everything that is installed for these requirements on this machine: names to distributions."""
    found, asked = {}, set()
    todo = [Requirement(line) for line in requirements]
    while todo:
        wanted = todo.pop()
        name = canonicalize_name(wanted.name)
        for extra in {"", *wanted.extras} if name != "tasknb" else ():
            if (name, extra) in asked:
                continue
            asked.add((name, extra))
            try:
                found[name] = one = distribution(name)
            except PackageNotFoundError:
                pytest.fail(f"{name} is not installed; run the tests where tasknb[dev] is")
            lines = [Requirement(line) for line in one.requires or []]
            todo += [line for line in lines if (line.marker.evaluate({"extra": extra}) if line.marker else not extra)]
    return found


def licences(metadata):
    """The words by which a package names its licence: an SPDX expression, its classifiers, or a line of text."""
    expression = metadata.get("License-Expression")
    if expression:
        return re.split(r" (?:AND|OR|WITH) ", expression.replace("(", "").replace(")", ""))
    classifiers = [line for line in metadata.get_all("Classifier") or [] if line.startswith("License :: ")]
    named = [line.split(" :: ")[-1] for line in classifiers if line != "License :: OSI Approved"]
    return named or [(metadata.get("License") or "none").splitlines()[0]]


def test_every_licence_is_free_or_an_exception_with_its_reason():
    extras = {name: lines for name, lines in PROJECT["optional-dependencies"].items() if name not in TOOLS}
    packages = closure([*PROJECT["dependencies"], *chain.from_iterable(extras.values())])
    words = {name: licences(one.metadata) for name, one in packages.items()}
    others = {name for name, found in words.items() if set(found) - FREE}
    assert {name: words[name] for name in others - set(EXCEPTIONS)} == {}
    assert others == set(EXCEPTIONS), "an exception that is needed no more"
    assert {"pandas", "scikit-learn", "grpcio", "jupyterlab", "psycopg", "av"} <= set(packages)
