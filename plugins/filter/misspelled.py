# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Variables that nobody reads because their name is not spelled right; Ansible itself only sees those that are missing."""

from __future__ import annotations

import difflib
import os

ALIKE = 0.75  # of 1; by difflib's measure


def misspelled(names, known):
    """dict: names that are not known, each with the known one that it is most like. What they all begin with does not count as likeness."""
    length = len(os.path.commonprefix(list(known)))
    found = {}
    for name in sorted(set(names) - set(known)):
        likeness = {one: difflib.SequenceMatcher(None, name[length:], one[length:]).ratio() for one in known}
        best = max(likeness, key=likeness.get, default=None)
        if best and likeness[best] >= ALIKE:
            found[name] = best
    return found


class FilterModule:
    """Ansible looks for this name."""

    def filters(self):
        return {"misspelled": misspelled}
