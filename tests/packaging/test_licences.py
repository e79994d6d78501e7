"""What tasknb and its extras pull in may be used by anybody: each licence is listed, each exception has its reason."""

from __future__ import annotations

import re
from importlib.metadata import PackageNotFoundError, distribution

import pytest
from packaging.requirements import Requirement
from packaging.utils import canonicalize_name

# Not dev and docs: those are tools, and reach nobody who installs tasknb.
EXTRAS = {"demo", "engines", "grpc", "images", "lab", "plot", "postgres", "serve", "stats", "video"}

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


def closure(name, extras):
    """Everything that is installed with a package and these extras, on this machine: names to distributions."""
    found, asked, todo = {}, set(), [(name, frozenset(extras))]
    while todo:
        name, extras = todo.pop()
        for extra in {"", *extras}:
            if (canonicalize_name(name), extra) in asked:
                continue
            asked.add((canonicalize_name(name), extra))
            try:
                found[canonicalize_name(name)] = one = distribution(name)
            except PackageNotFoundError:
                pytest.fail(f"{name} is not installed; run the tests where tasknb[dev] is")
            for line in one.requires or []:
                wanted = Requirement(line)
                if wanted.marker.evaluate({"extra": extra}) if wanted.marker else not extra:
                    todo.append((wanted.name, frozenset(wanted.extras)))
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
    packages = closure("tasknb", EXTRAS)
    others = {name: licences(one.metadata) for name, one in packages.items() if set(licences(one.metadata)) - FREE}
    assert {name: words for name, words in others.items() if name not in EXCEPTIONS} == {}
    assert set(others) == set(EXCEPTIONS), "an exception that is needed no more"
    assert len(packages) > 80


def test_all_extras_but_the_tools_are_looked_at():
    assert set(distribution("tasknb").metadata.get_all("Provides-Extra")) - EXTRAS == {"dev", "docs"}
