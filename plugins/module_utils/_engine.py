# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Brings one resource to its wanted state: find, compare, predict, then send or (check mode) tell. The only place that knows check mode.

A resource gives the engine:
    word                          the key of the result, such as ``app``
    find()                        what exists (dict) or None
    creation_body()               what a POST sends; may read defaults; raises Refused
    predict_creation(body)        what exists after that POST
    create(body), update(current, body), delete(current)    the writes, each returns what exists then (delete: nothing)
    check_deletion(current, planned)    raises Refused where the task may not delete this; ``planned`` in check mode
    reread(current)               what exists now, or None
    changes(current)              list of Change: what must differ
    predict(current, changes)     what exists after that PUT
    shown(resource)               what a result shows of it
    view(resource, fields)        what a diff shows of it: these fields, all when ``fields`` is None
    title(resource)               for a sentence, such as ``app "sales" (id 7)``
"""

from __future__ import annotations

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError
from ansible_collections.spiceai.cloud.plugins.module_utils._meaning import dump


class Change:
    """One field that must differ.

    Attributes:
        field (str); wanted: the value it gets; payload: how the API wants it sent; deploys (bool): takes effect with the next deployment.
    """

    def __init__(self, field, wanted, payload, deploys=False):
        self.field = field
        self.wanted = wanted
        self.payload = payload
        self.deploys = deploys


def converge(task, resource):
    """dict: the result of a module with ``state`` present or absent.

    Raises:
        Refused, ApiError
    """
    current = resource.find()
    if task.params["state"] == "absent":
        return _absent(task, resource, current)
    return _present(task, resource, current)


def _present(task, resource, found):
    current, baseline, first_fields = found, found, []
    if found is None:
        body = resource.creation_body()
        baseline = resource.predict_creation(body)
        if task.check_mode:
            current, created = baseline, True
        else:
            current, created = _create(task, resource, body)
        if created:
            first_fields = list(body)
        else:
            found = baseline = current
    # A new resource is compared with what the POST asked for, not with what the server adds: so a plan and the run that follows are the same.
    changes = resource.changes(baseline)
    after = current
    if changes:
        after = resource.predict(current, changes) if task.check_mode else _update(task, resource, current, changes, bool(first_fields))
    elif first_fields and not task.check_mode:
        after = resource.complete(current)
    if after is not found and not task.check_mode:
        ignored = [change.field for change in resource.changes(after)]
        if ignored:
            task.warn("The API accepted but did not apply: %s of %s." % (", ".join(ignored), resource.title(after)))
    fields = first_fields + [change.field for change in changes]
    result = {
        "changed": bool(fields),
        resource.word: resource.shown(after),
        "changed_fields": fields,
        "deployment_required": any(change.deploys for change in changes),
    }
    if task.diff_mode:
        result["diff"] = _diff(resource, found, after, fields)
    return result


def _absent(task, resource, current):
    if current is not None:
        # Here, right before the deletion: a check that is a task of its own could be skipped, or its failure ignored.
        resource.check_deletion(current, planned=task.check_mode)
    if current is not None and not task.check_mode:
        resource.delete(current)
        task.wrote = True
    result = {"changed": current is not None}
    if task.diff_mode:
        result["diff"] = _diff(resource, current, None, None)
    return result


def _create(task, resource, body):
    """(what exists, whether this task created it). A lost answer is resolved by reading; the POST goes out again only if it did nothing."""
    error, lost = None, False
    for attempt in range(task.client.config.retries + 1):
        if error is None or error.outcome_unknown:
            try:
                current = resource.create(body)
                task.wrote = True
                return current, True
            except ApiError as failed:
                if failed.status != 409 and not failed.outcome_unknown:
                    raise
                error, lost = failed, lost or failed.outcome_unknown
        existing = resource.find()
        if existing is not None:
            task.wrote = task.wrote or lost
            return existing, lost
        # Not in sight: after a lost answer the POST is sent again; a name that is taken may only be late in the list.
        if attempt < task.client.config.retries:
            task.client.pause(attempt, None, error)
    raise error


def _update(task, resource, current, changes, just_created):
    """What exists after the PUT. Where the answer leaves it open, the resource is read."""
    try:
        after = resource.update(current, {change.field: change.payload for change in changes})
    except ApiError as error:
        after = _after_failed_update(resource, current, changes, error, just_created)
    task.wrote = True
    return after


def _after_failed_update(resource, current, changes, error, just_created):
    """What exists when the PUT took effect in spite of the error; else raises the error, told with what is known."""
    after = None
    if error.status is None or error.status >= 500 or error.status == 404:
        after = resource.reread(current)
        if after is not None and not resource.changes(after):
            return after
        if after is None:
            error.args = ("%s was deleted by somebody else while this task changed it; run the task again." % resource.title(current),)
    if just_created and (after is not None or 400 <= (error.status or 0) < 500):
        error.args = ("%s was created, but without %s: %s" % (resource.title(current), ", ".join(change.field for change in changes), error),)
    raise error


def _diff(resource, before, after, fields):
    """dict: before and after as YAML; only the fields that this task sets, for the server's own defaults no plan can know. Of a deletion all."""
    return {
        "before": dump(resource.view(before, fields)) if before else "",
        "after": dump(resource.view(after, fields)) if after else "",
        "before_header": resource.title(before or after) if before or after else resource.word,
        "after_header": resource.title(after or before) if before or after else resource.word,
    }
