# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables that nobody reads because their name is misspelled. Ansible itself sees only those that are missing."""

from __future__ import annotations

DOCUMENTATION = r"""
name: misspelled
author:
  - Spice.ai Cloud collection contributors (@spiceai)
version_added: 0.1.0
short_description: Find names that look like misspelled ones
description:
  - Gives those names that are not known, but are much like a known one. The roles of this collection refuse such
    variables, which would do nothing.
positional: known
options:
  _input:
    description: Names that are in use.
    type: list
    elements: str
    required: true
  known:
    description: Names that mean something.
    type: list
    elements: str
    required: true
"""

EXAMPLES = r"""
- name: Tell that one variable is not spelled right
  ansible.builtin.debug:
    msg: "{{ ['environment_app', 'environment_secrts'] | spiceai.cloud.misspelled(['environment_app',
      'environment_secrets']) }}"
"""

RETURN = r"""
_value:
  description: Each misspelled name with the known one that it is like.
  type: dict
  sample: {environment_secrts: environment_secrets}
"""

import difflib
import os
from collections.abc import Callable
from typing import Any

ALIKE = 0.75  # of 1; by difflib's measure


def misspelled(names: list[str], known: list[str]) -> dict[str, str]:
    """Names that are not known, each with the known one that it is most like.

    What they all begin with does not count as likeness.
    """
    length = len(os.path.commonprefix(known))
    found = {}
    for name in sorted(set(names) - set(known)):
        likeness = {one: difflib.SequenceMatcher(None, name[length:], one[length:]).ratio() for one in known}
        best = max(likeness, key=lambda one: likeness[one], default=None)
        if best and likeness[best] >= ALIKE:
            found[name] = best
    return found


class FilterModule:
    """Ansible looks for this name."""

    def filters(self) -> dict[str, Callable[..., Any]]:
        return {"misspelled": misspelled}
