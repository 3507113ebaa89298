# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The variables of a fleet run: all that is wrong with them is told in one message, before anything else happens."""

from __future__ import annotations

import contextlib
import json
import re
from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any, Callable, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._errors import PUBLIC_MESSAGE, InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import EXECUTOR, FIELDS, RESOURCES
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.app import APP
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.deployments import DEPLOYMENT
from ansible_collections.spiceai.cloud.plugins.module_utils._spelling import names_of, respelled
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.problems import misspelled

ORDERS = ("inventory", "reverse_inventory", "sorted", "reverse_sorted", "shuffle")
ROLLBACK_APP, ROLLBACK_BATCH, ROLLBACK_NONE = "app", "batch", "none"
ROLLBACKS = (ROLLBACK_APP, ROLLBACK_BATCH, ROLLBACK_NONE)
DEFAULT_SERIAL: tuple[int | str, ...] = (1, 5, "10%")
# What a change of all apps cannot be: which app it is, where it runs, and whether it is there.
NOT_A_CHANGE = ("name", "app_id", "state", "confirm", "region", "cname", "standalone", "purge_tags", "fork_from")
# What the run decides about the deployments of all apps.
DECIDED = ("state", "wait", "retry_failed")

PERCENT = re.compile(r"(\d+(?:\.\d+)?)%")
TIME_OF_DAY = re.compile(r"([01]?\d|2[0-3]):([0-5]\d)")

# Every variable of the role and of the playbook. Those of a tenant belong to the hosts, the others to the run.
OF_A_TENANT = ("fleet_org", "fleet_api_token", "fleet_client_id", "fleet_client_secret", "fleet_members")
OF_THE_RUN = (
    "fleet_hosts",
    "fleet_change",
    "fleet_deployment",
    "fleet_only_from",
    "fleet_canary",
    "fleet_serial",
    "fleet_order",
    "fleet_max_failures",
    "fleet_soak",
    "fleet_canary_soak",
    "fleet_verify_tasks",
    "fleet_gate_tasks",
    "fleet_rollback",
    "fleet_hold",
    "fleet_deployments_at_once",
    "fleet_until",
    "fleet_fail_on_drift",
    "fleet_state_dir",
    "fleet_report_dest",
)
VARIABLES = (*OF_THE_RUN, *OF_A_TENANT)
# Variables of the playbook fleet_report, and what jobs of AWX hand on to those after them.
OF_A_REPORT = re.compile(r"fleet_report(_(\d+|from|filters|runtime|fail_on_failure))?")


class FleetOptions(NamedTuple):
    """The variables of a run, checked. It can be written as JSON.

    Attributes:
        change: fields of every app; None where each app is brought to its own description.
        deployment, only_from: as the user gave them. canary, hold: patterns; None for none.
        serial: sizes of batches. max_failures: a number, or per cent such as ``5%``.
        soak, canary_soak: seconds. verify_tasks, gate_tasks, state_dir, report_dest: absolute paths, or None.
        until: seconds since 1970; None for no end.
    """

    change: dict[str, Any] | None = None
    deployment: dict[str, Any] = {}
    only_from: dict[str, Any] | None = None
    canary: list[str] | None = None
    serial: list[int | str] = [*DEFAULT_SERIAL]
    order: str = "sorted"
    max_failures: int | str = 0
    soak: int = 0
    canary_soak: int = 300
    verify_tasks: str | None = None
    gate_tasks: str | None = None
    rollback: str = ROLLBACK_NONE
    hold: list[str] | None = None
    deployments_at_once: int = 10
    until: float | None = None
    fail_on_drift: bool = False
    state_dir: str | None = None
    report_dest: str | None = None


class _Reader:
    """Reads variables and collects what is wrong. An empty one counts as not given."""

    def __init__(self, given: Mapping[str, Any]) -> None:
        self._given = given
        self.problems: list[str] = []

    def value(self, name: str) -> Any:
        value = self._given.get(f"fleet_{name}")
        if isinstance(value, str) and value.lstrip().startswith(("[", "{")):  # of `-e NAME=JSON`
            with contextlib.suppress(ValueError):
                value = json.loads(value)
        return None if value in (None, "", [], {}) else value

    def refuse(self, name: str, words: str) -> None:
        self.problems.append(f"`fleet_{name}` {words}")

    def whole(self, name: str, default: int, least: int) -> int:
        value = self.value(name)
        number = whole_number(default if value is None else value)
        if number is None or number < least:
            self.refuse(name, f"must be a whole number of at least {least}, not {value!r}.")
            return default
        return number

    def share(self, name: str, default: int) -> int | str:
        """A number, or per cent."""
        value = self.value(name)
        if value is None:
            return default
        number = whole_number(value)
        if number is not None and number >= 0:
            return number
        if isinstance(value, str) and PERCENT.fullmatch(value.strip()):
            return value.strip()
        self.refuse(name, f"must be a number such as 2 or per cent such as 5%, not {value!r}.")
        return default

    def serial(self) -> list[int | str]:
        value = self.value("serial")
        if value is None:
            return [*DEFAULT_SERIAL]
        sizes: list[int | str] = []
        for entry in value if isinstance(value, list) else [value]:
            number = whole_number(entry)
            if number is not None and number > 0:
                sizes.append(number)
            elif isinstance(entry, str) and PERCENT.fullmatch(entry.strip()) and per_cent(entry, 100) > 0:
                sizes.append(entry.strip())
            else:
                self.refuse("serial", f"must hold sizes of batches such as 5 or 10%, not {entry!r}.")
        return sizes

    def choice(self, name: str, choices: tuple[str, ...], default: str) -> str:
        value = self.value(name)
        # YAML 1.1 makes a boolean of some words, such as `no`.
        if value is not None and value not in choices:
            self.refuse(name, f"must be one of {', '.join(choices)}, not {value!r}.")
            return default
        return default if value is None else str(value)

    def patterns(self, name: str) -> list[str] | None:
        value = self.value(name)
        if value is None:
            if self._given.get(f"fleet_{name}") == [] and name == "canary":
                self.refuse(name, "is an empty list; leave it out, or name the hosts.")
            return None
        listed = value if isinstance(value, list) else [value]
        if not all(isinstance(entry, str) for entry in listed):
            self.refuse(name, f"must be a pattern of hosts, or a list of hosts, not {value!r}.")
            return None
        return [str(entry) for entry in listed]

    def yes(self, name: str) -> bool:
        value = self.value(name)
        if isinstance(value, bool) or value is None:
            return bool(value)
        if str(value).casefold() in ("true", "yes", "1", "on"):
            return True
        if str(value).casefold() not in ("false", "no", "0", "off"):
            self.refuse(name, f"must be true or false, not {value!r}.")
        return False

    def mapping(self, name: str, known: Mapping[str, Any]) -> dict[str, Any] | None:
        value = self.value(name)
        if value is None:
            return None
        if not isinstance(value, Mapping):
            self.refuse(name, f"must be a dictionary such as {{image_tag: 2.1.0}}, not {type(value).__name__}.")
            return None
        result, sentences = respelled(f"fleet_{name}", value, known)
        self.problems += sentences
        return dict(result)

    def file(self, name: str, find: Callable[[str], str | None]) -> str | None:
        value = self.value(name)
        if value is None:
            return None
        path = find(str(value))
        if path is None:
            self.refuse(name, f"{value} is not there; give the file with its whole path.")
        return path

    def until(self, now: datetime) -> float | None:
        value = self.value("until")
        if value is None:
            return None
        seconds = whole_number(value)
        if seconds is not None and seconds > 0:
            return (now + timedelta(seconds=seconds)).timestamp()
        found = TIME_OF_DAY.fullmatch(value.strip()) if isinstance(value, str) else None
        if found is None:
            self.refuse("until", f"must be seconds, or a time of day in quotes such as '04:00', not {value!r}.")
            return None
        end = now.replace(hour=int(found.group(1)), minute=int(found.group(2)), second=0, microsecond=0)
        return (end if end > now else end + timedelta(days=1)).timestamp()


def read_options(
    given: Mapping[str, Any], now: datetime, find: Callable[[str], str | None], absolute: Callable[[str], str]
) -> FleetOptions:
    """The options of a run.

    Args:
        given: the variables that begin with ``fleet_``, with their values. now: the time of the controller.
        find: gives the absolute path of a file, or None where there is none.
        absolute: gives the absolute path of a directory that need not be there.

    Raises:
        InvalidOption: with all that is wrong, each a line of the message.
    """
    reader = _Reader(given)
    reader.problems += misspelled([name for name in given if not OF_A_REPORT.fullmatch(name)], VARIABLES)
    fields = {name: below for name, below in names_of(APP.options).items() if name not in NOT_A_CHANGE}
    deployment = {name: None for name in DEPLOYMENT.options if name not in DECIDED}
    change = reader.mapping("change", {**fields, "resources": RESOURCES, "executor": EXECUTOR})
    state_dir, report_dest = reader.value("state_dir"), reader.value("report_dest")
    options = FleetOptions(
        change=change,
        deployment=reader.mapping("deployment", deployment) or {},
        only_from=reader.mapping("only_from", {field.name: None for field in FIELDS}),
        canary=reader.patterns("canary"),
        serial=reader.serial(),
        order=reader.choice("order", ORDERS, "sorted"),
        max_failures=reader.share("max_failures", 0),
        soak=reader.whole("soak", 0, 0),
        canary_soak=reader.whole("canary_soak", 300, 0),
        verify_tasks=reader.file("verify_tasks", find),
        gate_tasks=reader.file("gate_tasks", find),
        rollback=reader.choice("rollback", ROLLBACKS, ROLLBACK_APP if change else ROLLBACK_NONE),
        hold=reader.patterns("hold"),
        deployments_at_once=reader.whole("deployments_at_once", 10, 1),
        until=reader.until(now),
        fail_on_drift=reader.yes("fail_on_drift"),
        state_dir=absolute(str(state_dir)) if state_dir else None,
        report_dest=absolute(str(report_dest)) if report_dest else None,
    )
    if reader.problems:
        lead = "Some variables of the fleet cannot be right, and nothing was changed yet:"
        raise InvalidOption("\n- ".join([lead, *reader.problems]), {PUBLIC_MESSAGE: True})
    return options


def whole_number(value: Any) -> int | None:
    """A whole number, also where it is a string, as ``-e name=value`` gives it; None for anything else."""
    if isinstance(value, bool):
        return None
    if isinstance(value, int):
        return int(value)
    return int(value) if isinstance(value, str) and re.fullmatch(r"-?\d+", value.strip()) else None


def per_cent(share: int | str, of: int) -> int:
    """A share of a number, cut down to a whole one. ``share``: a number, or per cent such as ``10%``."""
    if isinstance(share, int):
        return share
    found = PERCENT.fullmatch(share)
    if found is None:
        raise AssertionError(f"{share} was checked before")
    return int(float(found.group(1)) * of / 100)


def words_of_change(options: FleetOptions) -> str:
    """What every app gets, for people: fields with short values, others by name."""
    parts = []
    for name, value in {**(options.change or {}), **options.deployment}.items():
        is_short = isinstance(value, (str, int, float, bool)) and len(str(value)) <= 40 and "\n" not in str(value)
        parts.append(f"{name} {value}" if is_short and name != "spicepod" else name)
    return ", ".join(parts) or "each app to its own description"
