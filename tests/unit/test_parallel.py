# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Reading many things, some of them at a time."""

from __future__ import annotations

import threading

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._parallel import MAX_READERS, each


def test_sixteen_at_a_time_and_never_more():
    together = threading.Barrier(MAX_READERS, timeout=60)  # fewer at a time never meet
    lock, now, most = threading.Lock(), [0], [0]

    def work(number):
        with lock:
            now[0] += 1
            most[0] = max(most[0], now[0])
        together.wait()
        with lock:
            now[0] -= 1
        return number * 2

    assert MAX_READERS == 16
    assert each(work, range(4 * MAX_READERS)) == [number * 2 for number in range(4 * MAX_READERS)]
    assert most == [MAX_READERS]


def test_nothing_to_read():
    assert each(len, []) == []


def test_an_error_of_the_work_is_raised():
    def work(number):
        if number == 3:
            raise SpiceError("three")
        return number

    with pytest.raises(SpiceError, match="three"):
        each(work, range(5))
