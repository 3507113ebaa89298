# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What a task says of which some parts failed."""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._bulk import MOST_REASONS, failed_sentence
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import SpiceError


def test_names_of_one_reason_stand_together():
    failed = {"A": SpiceError("too long."), "B": SpiceError("not allowed."), "C": SpiceError("too long.")}
    assert failed_sentence("These failed:", failed) == "These failed: A, C: too long. B: not allowed."


def test_not_more_reasons_than_somebody_reads():
    failed = {"name-%d" % number: SpiceError("reason %d." % (number // 2)) for number in range(2 * MOST_REASONS + 3)}
    told = failed_sentence("These failed:", failed)
    assert told.count("reason") == MOST_REASONS and told.endswith("reason %d. and 3 more" % (MOST_REASONS - 1))
