# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What `make lint` runs, by the names that its arguments choose."""

from __future__ import annotations

from workspace import BUILD, ROOT

SCHEMA = ["check-jsonschema", "--builtin-schema"]  # the schemas come with the tool
FILES_OF_GITHUB = [
    *sorted(str(path.relative_to(ROOT)) for path in (ROOT / ".github/workflows").glob("*.yml")),
    "extensions/ci/github-actions.yml",
]
LINTERS = {
    "ruff": ["ruff", "check", "."],
    "format": ["ruff", "format", "--check", "."],
    "length": ["python", ".ci/file_length.py", "noxfile.py", ".ci", "benchmarks", "plugins", "tests"],
    "words": ["python", ".ci/words.py"],
    "mypy": ["mypy", "--cache-dir", str(BUILD / "mypy")],
    "yamllint": ["yamllint", "--strict", "."],
    "changelog": ["antsibull-changelog", "lint"],
    "docs": ["antsibull-docs", "lint-collection-docs", "--plugin-docs", "--validate-collection-refs=self", "."],
    "ansible": ["ansible-lint"],
    "workflows": [*SCHEMA, "vendor.github-workflows", *FILES_OF_GITHUB],
    "gitlab": [*SCHEMA, "vendor.gitlab-ci", "extensions/ci/gitlab-ci.yml"],
    "release": ["pytest", "-q", "tests/release"],
}
# Where a linter needs another environment than the session. antsibull-docs works on a copy in a temporary directory.
# With the collection on PYTHONPATH it links to that directory. When the name of that ends with an underscore, the link
# is an error.
ENVIRONMENTS = {"docs": {"PYTHONPATH": None}}
