# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Many small writes of one task: up to eight at a time, one failing does not hide the others."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused

AT_A_TIME = 8
MOST_REASONS = 5  # that one message tells


def run_all(jobs):
    """Runs the jobs and waits for all of them.

    Args:
        jobs (dict): name to a callable without arguments.

    Returns:
        tuple[dict, dict]: name to result, and name to the error of those that failed.
    """
    done, failed = {}, {}
    with ThreadPoolExecutor(max_workers=AT_A_TIME) as pool:
        for name, future in [(name, pool.submit(job)) for name, job in jobs.items()]:
            try:
                done[name] = future.result()
            except (ApiError, Refused) as error:
                failed[name] = error
    return done, failed


def raise_failed(what, failed, result):
    """Ends a task of which some parts failed: names them, with their reasons, and keeps the result of the others.

    Raises:
        ApiError, Refused: when ``failed`` has entries.
    """
    if not failed:
        return
    error = next(iter(failed.values()))
    error.args = (failed_sentence(what, failed),)
    error.partial = result
    raise error


def failed_sentence(what, failed):
    """str: what could not be done to which, and why; names with the same reason stand together."""
    names_of = {}
    for name, error in failed.items():
        names_of.setdefault(str(error), []).append(name)
    told = ["%s: %s" % (", ".join(names), reason) for reason, names in list(names_of.items())[:MOST_REASONS]]
    if len(names_of) > MOST_REASONS:
        told.append("and %d more" % sum(len(names) for names in list(names_of.values())[MOST_REASONS:]))
    return "%s %s" % (what, " ".join(told))
