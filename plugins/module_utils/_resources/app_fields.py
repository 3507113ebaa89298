# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The fields of an app: one table that the options, the comparison, the requests and the diff derive from.

Sources: Spice.ai Cloud documentation, "Management API", projects (October 2026) and the vendor's OpenAPI document of
December 2025 for the fields; the vendor's GitHub action for the rules of tags; the section on deployments for what
takes effect with the next deployment.
"""

from __future__ import annotations

import json
import re
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Callable

from ansible_collections.spiceai.cloud.plugins.module_utils._compare import meaning
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.spicepod import compared, read_spicepod
from ansible_collections.spiceai.cloud.plugins.module_utils._spelling import Names, respelled

OWN_TAGS = "ansible."  # tags of the collection itself; no purge and no diff touches them
TAG_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_./-]{0,62}")
TAG_VALUE = re.compile(r"[A-Za-z0-9_@-]{0,256}")
MIN_REPLICAS, MAX_REPLICAS = 0, 10
UPDATE_CHANNELS = ("stable", "preview", "nightly", "internal", "internal-sandbox")

# The names that the API documents below these two options.
AMOUNTS = dict.fromkeys(("cpu", "memory", "ephemeral-storage"))
RESOURCES: Names = {"limits": AMOUNTS, "requests": AMOUNTS}
EXECUTOR: Names = {"replicas": None, "resources": RESOURCES, "storage_size_gb": None}

Warn = Callable[[str], None]
Check = Callable[[Any, Warn], Any]


def _as_given(value: Any, warn: Warn) -> Any:
    return value


def _check_tags(tags: Mapping[Any, Any], warn: Warn) -> dict[str, str]:
    checked = {}
    for key, value in tags.items():
        key = str(key)
        if key.startswith(OWN_TAGS):
            raise InvalidOption(
                f"`tags`: keys that begin with {OWN_TAGS!r} belong to this collection; leave {key!r} out."
            )
        if not TAG_KEY.fullmatch(key):
            raise InvalidOption(f"`tags`: {key!r} is no key: a letter, then up to 62 letters, digits or one of _ . / -")
        text = tag_text(value)
        if isinstance(value, (dict, list)) or value is None or not TAG_VALUE.fullmatch(text):
            raise InvalidOption(f"`tags`: the value of {key!r} must be at most 256 letters, digits or one of _ @ -")
        checked[key] = text
    return checked


def tag_text(value: Any) -> str:
    """The string that the API makes of a tag's value: booleans become ``true`` and ``false``."""
    return str(value).lower() if isinstance(value, bool) else str(value)


def _check_spicepod(spicepod: Any, warn: Warn) -> dict[str, Any]:
    return read_spicepod(spicepod)


def _check_replicas(replicas: int, warn: Warn) -> int:
    if not MIN_REPLICAS <= replicas <= MAX_REPLICAS:
        raise InvalidOption(f"`replicas` must be from {MIN_REPLICAS} to {MAX_REPLICAS}, not {replicas}.")
    return replicas


def _check_storage(size: float, warn: Warn) -> float:
    if size < 0:
        raise InvalidOption("`storage_size_gb` must not be negative.")
    return int(size) if float(size).is_integer() else size


def _check_update_channel(channel: str, warn: Warn) -> str:
    if channel not in UPDATE_CHANNELS:
        warn(f"`update_channel` {channel!r} is none of those known: {', '.join(UPDATE_CHANNELS)}.")
    return channel


def _check_resources(resources: Any, warn: Warn) -> dict[str, dict[str, str]]:
    return _checked_amounts("resources", resources)


def _checked_amounts(option: str, resources: Any) -> dict[str, dict[str, str]]:
    """The API has amounts such as ``cpu`` as strings; people write numbers."""
    if not isinstance(resources, dict) or not all(isinstance(part, dict) for part in resources.values()):
        raise InvalidOption(f"`{option}` must be a dictionary such as {{limits: {{cpu: '2', memory: 16Gi}}}}.")
    _check_names(option, resources, RESOURCES)
    for part, amounts in resources.items():
        for name, amount in amounts.items():
            if isinstance(amount, (bool, list, dict)):
                raise InvalidOption(f"`{option}.{part}.{name}` must be an amount such as 2 or 16Gi, not {amount!r}.")
    return {
        part: {name: str(amount) for name, amount in amounts.items() if amount is not None}
        for part, amounts in resources.items()
    }


def _check_names(option: str, given: Mapping[str, Any], known: Names) -> None:
    dummy, sentences = respelled(option, given, known)
    if sentences:
        raise InvalidOption(" ".join(sentences))


def _check_executor(executor: Mapping[str, Any], warn: Warn) -> dict[str, Any]:
    """Resources as above; numbers that a template made strings are numbers again."""
    _check_names("executor", executor, EXECUTOR)
    checked = dict(executor)
    if checked.get("resources") is not None:
        checked["resources"] = _checked_amounts("executor.resources", checked["resources"])
    for name in ("replicas", "storage_size_gb"):
        if checked.get(name) is None:
            continue
        given = checked[name]
        try:
            checked[name] = int(given)
        except (TypeError, ValueError):
            checked[name] = None
        # `yes` is 1 and 2.5 is 2 to Python.
        if checked[name] is None or isinstance(given, bool) or (isinstance(given, float) and not given.is_integer()):
            raise InvalidOption(f"`executor.{name}` must be a whole number, not {given!r}.")
    return checked


@dataclass(frozen=True)
class Field:
    """One field of an app.

    Args:
        name: the option, and the API's name.
        type: as Ansible takes it. choices: the values that the API documents; empty for any.
        in_config: the API keeps it in ``config``.
        needs_deployment: takes effect with the next deployment.
        at_creation: the POST takes it; the others follow in one PUT.
        clears_as_null: the API clears it with null, not with an empty value.
        may_be_empty: an empty value clears it.
        alias: its older name in answers.
        meaning: what of a value counts in a comparison.
        check: takes the value that the user gave and gives the form that the API has. Raises InvalidOption.
    """

    name: str
    type: str = "str"
    choices: tuple[str, ...] = ()
    in_config: bool = True
    needs_deployment: bool = True
    at_creation: bool = False
    clears_as_null: bool = False
    may_be_empty: bool = True
    alias: str = ""
    meaning: Callable[[Any], Any] = meaning
    check: Check = _as_given

    @property
    def option(self) -> dict[str, Any]:
        """The option of the module."""
        return {"type": self.type, "choices": list(self.choices)} if self.choices else {"type": self.type}

    def read(self, app: Mapping[str, Any]) -> Any:
        """The value in an app, under whichever name it stands; None when it is not set."""
        if not self.in_config:
            return app.get(self.name)
        config = app.get("config") or {}
        value = config.get(self.name)
        return config.get(self.alias) if value is None else value

    def differs(self, wanted: Any, current: Any) -> bool:
        """Whether two values mean something else; what is cleared means the same as what was never set."""
        one, other = (json.dumps(self.meaning(blank(value)), sort_keys=True) for value in (wanted, current))
        return one != other

    def write(self, app: dict[str, Any], value: Any) -> None:
        """Sets the value in an app, under each name that stands there."""
        holder = app.setdefault("config", {}) if self.in_config else app
        holder[self.name] = value
        if self.alias in holder:
            holder[self.alias] = value


FIELDS = (
    Field("description", in_config=False, needs_deployment=False, at_creation=True),
    Field("visibility", choices=("public", "private"), in_config=False, needs_deployment=False, at_creation=True),
    Field("tags", type="dict", in_config=False, needs_deployment=False, at_creation=True, check=_check_tags),
    Field("production_branch", in_config=False, needs_deployment=False),
    Field("cluster_name", in_config=False, may_be_empty=False),
    Field("spicepod", type="raw", meaning=compared, check=_check_spicepod),
    Field("registry"),
    Field("image"),
    Field("image_tag", clears_as_null=True),
    Field("update_channel", may_be_empty=False, check=_check_update_channel),
    Field("version"),
    Field("replicas", type="int", check=_check_replicas),
    Field("resources", type="dict", clears_as_null=True, check=_check_resources),
    Field("executor", type="dict", clears_as_null=True, check=_check_executor),
    Field("node_group"),
    Field("storage_size_gb", type="float", alias="storage_claim_size_gb", check=_check_storage),
)


def wanted_fields(params: Mapping[str, Any], warn: Warn) -> dict[Field, Any]:
    """The fields that the user gave, checked, in the form in which the API has them.

    Raises:
        InvalidOption: a value that cannot be right, by name.
    """
    wanted = {}
    for field in FIELDS:
        value = params[field.name]
        if value is None:
            continue
        if not field.may_be_empty and not value.strip():
            raise InvalidOption(f"`{field.name}` must not be empty; leave it out instead.")
        wanted[field] = field.check(value, warn)
    return wanted


def blank(value: Any) -> Any:
    """None for every form in which the API answers what was cleared or never set, else the value."""
    return None if value in ("", {}) else value


def without_own_tags(tags: Any) -> dict[str, str]:
    """The tags of the user, without the collection's own."""
    return {key: text for key, text in (tags or {}).items() if not key.startswith(OWN_TAGS)}
