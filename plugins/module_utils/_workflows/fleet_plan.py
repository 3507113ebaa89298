# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What a fleet run does to which app and in which batch, and when it stops.

Everything here is decided from records, one for each host, and sends no request. A record is a dictionary that can be
written as JSON:

* ``host``, ``app``, ``app_id``, ``org``: which app it is. ``is_app``: whether the host describes one at all.
* ``to_do``: whether something differs. ``changes``: what, in sentences. ``is_new``: the app does not exist yet.
* ``hold``: why the app itself asks to be left alone; empty when it does not.
* ``version``, ``previous_version``, ``deployment``: what runs, what ran before, and the number of the deployment.
* ``result``: one of :data:`RESULTS`, or None as long as there is none. ``counts``: a failure that counts.
* ``batch``, ``reason``, ``seconds``, ``api``: in which batch, why, how long, and with how many requests.
"""

from __future__ import annotations

import random
from collections.abc import Iterable, Mapping, Sequence
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.fleet_options import (
    FleetOptions,
    per_cent,
    words_of_change,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.table import Form, Row, table

CREATED, CHANGED, UNCHANGED, WOULD_CHANGE = "created", "changed", "unchanged", "would_change"
FAILED, ROLLED_BACK, ROLLBACK_FAILED = "failed", "rolled_back", "rollback_failed"
HELD, NOT_REACHED = "held", "not_reached"
RESULTS = (CREATED, CHANGED, UNCHANGED, WOULD_CHANGE, FAILED, ROLLED_BACK, ROLLBACK_FAILED, HELD, NOT_REACHED)
FAILURES = (FAILED, ROLLED_BACK, ROLLBACK_FAILED)

FINISHED, STOPPED, PAUSED, PLANNED = "finished", "stopped", "paused", "planned"
CANARY = "canary"

MAX_ROWS = 200  # apps that the plan lists
MAX_NAMES = 5  # hosts that a sentence names
FORM = Form(("app", "batch", "what would be done"), words=2)

Record = Mapping[str, Any]


class Decision(NamedTuple):
    """What a run does. It can be written as JSON.

    Attributes:
        hosts: all apps. canaries, rest: who comes first, and the others that have something to do, in their order.
        is_named: the canaries were named, so that they are verified even if they have nothing to do.
        sizes: of the batches after the canary. budget: how many apps may fail.
        state: PLANNED in a plan, STOPPED if it cannot begin, else empty. reason: of that.
        ignored: hosts that describe no app.
    """

    hosts: list[str]
    canaries: list[str]
    is_named: bool
    rest: list[str]
    sizes: list[int]
    budget: int
    state: str
    reason: str
    ignored: int

    @property
    def batches(self) -> dict[str, str]:
        """The name of the batch of each host that is in one."""
        named = dict.fromkeys(self.canaries, CANARY)
        position = 0
        for number, size in enumerate(self.sizes):
            end = position + size
            named.update(dict.fromkeys(self.rest[position:end], batch_name(number, bool(self.canaries))))
            position = end
        return named


def batch_name(number: int, has_canary: bool) -> str:
    """How a batch after the canary is called. ``number``: from 0; the canary is the first of all."""
    return str(number + 2 if has_canary else number + 1)


def decide(
    options: FleetOptions,
    records: Mapping[str, dict[str, Any]],
    canaries: Sequence[str] | None,
    held: Iterable[str],
    only_plans: bool,
    is_paused: bool = False,
) -> Decision:
    """Who has something to do, in which order, in batches of which sizes.

    Args:
        options: of the run. records: by host, in the order of the inventory; those that are left alone get their
            ``result`` here. canaries: the hosts that ``fleet_canary`` names; None where it names none.
        held: the hosts that ``fleet_hold`` names. only_plans: nothing is to be done. is_paused: the time is over.
    """
    apps = {host: record for host, record in records.items() if record["is_app"]}
    held = set(held)
    for host, record in apps.items():
        if host in held and record["result"] != UNCHANGED:
            record.update(result=HELD, reason="`fleet_hold` names it", counts=False)
        elif record["result"] is None and record["hold"]:
            record.update(result=HELD, reason=record["hold"])
    to_do = _ordered(options.order, [host for host, record in apps.items() if record["result"] is None])
    failed = [host for host, record in apps.items() if record["result"] == FAILED]
    is_named = canaries is not None
    first, rest = _parted(options, apps, canaries, to_do)
    serial = options.serial if is_named else options.serial[1:] or options.serial[-1:]
    budget = per_cent(options.max_failures, len(to_do) + len(failed))
    reason = _obstacle(apps, canaries, failed, budget)
    state = STOPPED if reason else PLANNED if only_plans else PAUSED if is_paused and to_do else ""
    if only_plans:
        for host in to_do:
            apps[host]["result"] = WOULD_CHANGE
    return Decision(
        list(apps),
        first,
        is_named,
        rest,
        sizes_of(serial, len(rest), len(to_do)),
        budget,
        state,
        reason or ("`fleet_until` is over" if state == PAUSED else ""),
        len(records) - len(apps),
    )


def _parted(
    options: FleetOptions, apps: Mapping[str, Record], canaries: Sequence[str] | None, to_do: list[str]
) -> tuple[list[str], list[str]]:
    """The canaries, and the others that have something to do. Nothing to do at all needs no canary."""
    if not to_do:
        return [], []
    if canaries is None:
        size = sizes_of(options.serial[:1], len(to_do), len(to_do))[0]
        return to_do[:size], to_do[size:]
    named = set(canaries)
    # Those that are done already are the proof that what the others get works.
    first = [host for host in apps if host in named and apps[host]["result"] in (None, UNCHANGED)]
    return first, [host for host in to_do if host not in named]


def _ordered(order: str, hosts: list[str]) -> list[str]:
    if order in ("sorted", "reverse_sorted"):
        return sorted(hosts, reverse=order == "reverse_sorted")
    if order == "shuffle":
        return random.sample(hosts, len(hosts))
    return hosts[::-1] if order == "reverse_inventory" else hosts


def sizes_of(serial: Sequence[int | str], count: int, of: int) -> list[int]:
    """The sizes of the batches, as the keyword ``serial`` makes them.

    Args:
        serial: numbers and per cent; the last one holds for all further batches. count: hosts that are dealt out.
        of: the number that per cent are of.
    """
    sizes: list[int] = []
    while count > 0:
        size = min(max(per_cent(serial[min(len(sizes), len(serial) - 1)], of), 1), count)
        sizes.append(size)
        count -= size
    return sizes


def _obstacle(apps: Mapping[str, Record], canaries: Sequence[str] | None, failed: list[str], budget: int) -> str:
    """Why the run cannot begin; empty when it can."""
    if not apps:
        return (
            "no host describes an app: give hosts that have `environment_app`, or `fleet_change` and hosts of an "
            "inventory spiceai.cloud.spice_apps"
        )
    same = _same_app(apps)
    if same:
        return same
    strangers = [host for host in canaries or [] if host not in apps]
    if strangers:
        return f"`fleet_canary` names {names(strangers)}, which `fleet_hosts` does not have as apps"
    broken = [host for host in canaries or [] if host in failed]
    if broken:
        return f"the plan of the canary {names(broken)} failed"
    if len(failed) > budget:
        return f"the plan of {count_of(len(failed), 'app')} failed ({names(failed)}), and at most {budget} may fail"
    return ""


def _same_app(apps: Mapping[str, Record]) -> str:
    """Two hosts that describe one app would undo each other's work; empty where there are none."""
    first: dict[int, str] = {}
    for host, record in apps.items():
        other = first.setdefault(record["app_id"], host) if record.get("app_id") else host
        if other != host:
            return f"hosts {other} and {host} describe the same app {record['app']} (id {record['app_id']}): keep one"
    return ""


class Verdict(NamedTuple):
    """What follows from a batch.

    Attributes:
        failed: how many failures of the run count by now. state: STOPPED, PAUSED, or empty to go on. reason: of that.
    """

    failed: int
    state: str
    reason: str


def judge(
    decision: Decision, records: Mapping[str, Record], batch: Sequence[str], is_canary: bool, is_over: bool, left: int
) -> Verdict:
    """Whether the run goes on after a batch.

    Args:
        decision: of the run. records: of all apps that were reached. batch: hosts of this batch.
        is_canary: it was the canary. is_over: ``fleet_until`` has passed. left: batches that are left.
    """
    counted = [host for host, record in records.items() if record["result"] in FAILURES and record["counts"]]
    stuck = [host for host in batch if records[host]["result"] == ROLLBACK_FAILED]
    bad = [host for host in batch if records[host]["result"] in FAILURES]
    if stuck:
        return Verdict(len(counted), STOPPED, f"the rollback of {names(stuck)} failed")
    if is_canary and bad:
        return Verdict(len(counted), STOPPED, f"the canary {names(bad)} failed")
    if len(counted) > decision.budget:
        told = f"{count_of(len(counted), 'app')} failed ({names(counted)}), and at most {decision.budget} may fail"
        return Verdict(len(counted), STOPPED, told)
    if is_over and left:
        return Verdict(len(counted), PAUSED, "`fleet_until` is over")
    return Verdict(len(counted), "", "")


# -- for people -------------------------------------------------------------------------------------------------------


def names(hosts: Sequence[str]) -> str:
    """Some hosts by name, the others by number."""
    more = len(hosts) - MAX_NAMES
    return ", ".join(hosts[:MAX_NAMES]) + (f" and {more} more" if more > 0 else "")


def count_of(number: int, noun: str) -> str:
    """A number with its noun."""
    return f"{number:,} {noun}{'' if number == 1 else 's'}"


def plan_lines(
    options: FleetOptions, decision: Decision, records: Mapping[str, Record], until: str, width: int
) -> list[str]:
    """The plan: the numbers in force, and each app that differs, with what would be done and why.

    Args:
        until: ``fleet_until`` as a date and time; empty for none. width: of the screen, in columns.
    """
    apps = [records[host] for host in decision.hosts]
    results = [record["result"] for record in apps]
    to_do = [host for host in decision.canaries + decision.rest if records[host]["result"] != UNCHANGED]
    parts = [f"{len(to_do):,} to do", f"{results.count(UNCHANGED):,} unchanged", f"{results.count(HELD):,} held"]
    parts += [f"{results.count(FAILED):,} failed"] if FAILED in results else []
    parts += [f"{count_of(decision.ignored, 'host')} without an app"] if decision.ignored else []
    sizes = ", ".join(map(str, decision.sizes[:10])) + (", ..." if len(decision.sizes) > 10 else "")
    lines = [
        f"fleet: {words_of_change(options)}",
        f"apps: {len(apps):,} ({', '.join(parts)})",
        f"canary: {names(decision.canaries)}; it must succeed and stay healthy {options.canary_soak} s"
        if decision.canaries
        else "canary: none",
        f"batches: {len(decision.sizes)}" + (f" ({sizes})" if sizes else "") + f"; each stays healthy {options.soak} s",
        f"failures: at most {decision.budget} in the whole run; rollback: {options.rollback}; "
        f"deployments started at once: {options.deployments_at_once}",
    ]
    lines += [f"no new batch after {until}"] if until else []
    lines += [f"requests of this plan: {sum(record['api'].get('requests', 0) for record in apps):,}"]
    batches = decision.batches
    rows = [
        Row(_label(record), failed=[f"FAILED, nothing was changed: {record['reason']}"])
        for record in apps
        if record["result"] == FAILED
    ]
    rows += [Row(_label(records[host]), (batches[host], "; ".join(records[host]["changes"]))) for host in to_do]
    rows += [Row(_label(record), (HELD, record["reason"])) for record in apps if record["result"] == HELD]
    lines += table(FORM, rows[:MAX_ROWS], width) if rows else []
    lines += [f"and {count_of(len(rows) - MAX_ROWS, 'app')} more"] if len(rows) > MAX_ROWS else []
    return lines


def _label(record: Record) -> str:
    return str(record["host"])
