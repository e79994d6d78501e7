"""Sphinx's settings for the documentation: ``make docs`` builds it into ``site/``.

Sphinx rather than MkDocs, because it resolves the names between backticks in numpy docstrings to links and fails where
one leads nowhere; Furo, because it is light and dark, readable on a telephone, and asks nothing of another machine.
"""

from __future__ import annotations

import sys
import tomllib
from datetime import UTC, datetime
from pathlib import Path

HERE = Path(__file__).parent
sys.path.insert(0, str(HERE / "extensions"))
PROJECT = tomllib.loads((HERE.parent / "pyproject.toml").read_text(encoding="utf-8"))["project"]

project = "tasknb"
author = "The tasknb developers"
copyright = f"{datetime.now(UTC).year}, {author}"  # noqa: A001  Sphinx's name
release = PROJECT["version"]

extensions = [
    "myst_parser",
    "sphinx.ext.autodoc",
    "numpydoc",
    "sphinx_copybutton",
    "examples",
    "generated",
]
source_suffix = {".md": "markdown"}
exclude_patterns = ["extensions"]
nitpicky = True  # a name that leads nowhere is a broken link
nitpick_ignore_regex = [(r"py:.*", r"(?!tasknb).*")]  # other libraries' names, whose documentation is elsewhere

# Markdown
myst_enable_extensions = ["attrs_inline"]
myst_heading_anchors = 3
# [a file](repository:binder/postBuild) leads to it in the repository.
myst_url_schemes = {"http": None, "https": None, "repository": f"{PROJECT['urls']['Source']}/blob/main/{{{{path}}}}"}

# Docstrings: one backtick is a name, as in the code.
default_role = "py:obj"
autodoc_member_order = "bysource"
autodoc_typehints = "none"  # numpy docstrings say the types
autodoc_class_signature = "mixed"
autosummary_generate = False  # numpydoc brings it along
numpydoc_show_class_members = False
numpydoc_xref_param_type = False

# Pages
html_theme = "furo"
html_title = "tasknb"
html_static_path = ["static", "pictures"]
html_css_files = ["tasknb.css"]
html_show_sourcelink = False
html_copy_source = False
html_theme_options = {
    "source_repository": PROJECT["urls"]["Source"],
    "source_branch": "main",
    "source_directory": "docs/",
}
copybutton_prompt_text = r">>> |\.\.\. |\$ "
copybutton_prompt_is_regexp = True

# Whether the pages' code is run and its results shown; the tests check links without it.
run_examples = True
