# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What is shown of monitors: what a plan predicts, the difference, and why fingerprints could not be kept."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._plan import Applied, Change, reasons
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_fields import ACTIVE, HTTP
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.monitor_writer import Wanted
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import dump

FAILED = "These monitors could not be brought to their wanted state:"


def predicted(wanted: Wanted) -> dict[str, Any]:
    """A new monitor.

    Whom the API tells where no target is given, and what it says of the evaluation, no plan can know.
    """
    return {
        "id": None,
        "name": wanted.name,
        "description": wanted.description or None,
        "status": wanted.status or ACTIVE,
        "template_id": wanted.template,
        "spec": wanted.spec,
        "targets": wanted.targets or [],
        "last_fired_at": None,
        "last_resolved_at": None,
        "evaluation_unavailable_reason": None,
    }


def diff_of(header: str, changes: Sequence[Change], applied: Applied, sent_tokens: set[str]) -> dict[str, str]:
    """What is or would be changed, as YAML, never with a token.

    Args:
        header: whose monitors. changes, applied: what was planned and what became of it.
        sent_tokens: names of the monitors that get a token.
    """
    before = {change.name: _view(change.before) for change in changes if change.before}
    after = {}
    for change in changes:
        item = change.before if change.name in applied.failed else change.after
        if item:
            is_sent = change.name in sent_tokens - set(applied.failed)
            after[change.name] = _view(item, "updated" if change.before else "set", is_sent)
    return {"before": dump(before), "after": dump(after), "before_header": header, "after_header": header}


def _view(monitor: Mapping[str, Any], token: str = "", is_sent: bool = False) -> dict[str, Any]:
    """The part of a monitor that tasks set."""
    targets = [
        {**target, "token": token} if is_sent and target["type"] == HTTP else target for target in monitor["targets"]
    ]
    return {
        "template": monitor.get("template_id"),
        "condition": monitor["spec"],
        "targets": targets,
        "description": monitor.get("description"),
        "status": monitor.get("status"),
    }


def tags_sentence(error: SpiceError, applied: Applied) -> str:
    """The error where the fingerprints of tokens could not be kept."""
    if not isinstance(error, ApiError):
        return str(error)
    failed = f"{FAILED} {reasons(applied.failed).rstrip('.')}. Of the others"
    done = failed if applied.failed else "The monitors are as wanted, but"
    cure = "."
    if error.status in (400, 402, 403):
        cure = (
            "; the Community plan has no tags: leave out `fingerprint_key`, and use `update_secret: always` or "
            "`update_secret: on_create`, which need none."
        )
    return f"{done} the fingerprints of tokens could not be kept as tags of the app: {str(error).rstrip('.')}{cure}"
