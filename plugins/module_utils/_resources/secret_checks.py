# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What the options of secrets may be: names, values and the policy. Nothing here asks the server.

Source: Spice.ai Cloud documentation, "Management API", secrets, for the form of names.
"""

from __future__ import annotations

import json
from collections.abc import Iterable, Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._config import MAX_BODY_BYTES
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placeholders import left_over
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.secret_names import NAME

ALWAYS, ON_CHANGE, ON_CREATE = "always", "on_change", "on_create"
MAX_SHOWN = 4  # characters of what is not the name of a secret: it may be the value, where somebody swapped the two
PROBLEMS = "These secrets cannot be written, and nothing was changed yet:"


def policy_of(params: Mapping[str, Any]) -> str:
    """When an existing secret is written. Raises InvalidOption: the policy needs a key that is not given."""
    asked, key = params.get("update_secret"), params.get("fingerprint_key")
    if asked == ON_CHANGE and not key:
        raise InvalidOption(
            "`update_secret: on_change` needs `fingerprint_key`: values cannot be read back, so a keyed fingerprint of "
            "each is kept as a tag."
        )
    return asked or (ON_CHANGE if key else ON_CREATE)


def checked_values(run: ModuleRun, values: Mapping[str, Any], to_delete: Iterable[str]) -> dict[str, str]:
    """The values as strings.

    Args:
        run: whose options they are. values: name to wanted value, as the user gives it. to_delete: names to delete.

    Raises:
        InvalidOption: tells all that is wrong.
    """
    problems = secret_problems(run, values, to_delete)
    try:
        policy_of(run.params)
    except InvalidOption as error:
        problems.append(str(error))
    if problems:
        raise InvalidOption(problems[0] if len(problems) == 1 else "\n- ".join([PROBLEMS, *problems]))
    return {name: str(value) for name, value in values.items()}


def secret_problems(run: ModuleRun, values: Mapping[str, Any], to_delete: Iterable[str] = ()) -> list[str]:
    """A sentence for each name and each value that is wrong, and for a fingerprint key that is a placeholder.

    From here on no result shows a value, or what was given as a name and is not one: it may be the value.

    Args:
        run: of a module for one secret, for many, or for an environment; the sentences name its options.
        values: name to wanted value, as the user gives it. to_delete: names to delete.
    """
    key = f"{run.params.get('prefix') or ''}fingerprint_key"
    problems = left_over(key, run.params.get("fingerprint_key"))
    shown: dict[str, str] = {}
    for name in [*values, *to_delete]:
        shown[name] = name if NAME.fullmatch(name) else _beginning(name)
        if shown[name] != name:
            run.redactor.add(name)
            problems.append(
                f"{_option(run, 'name', 'secrets')} holds `{shown[name]}`, which is not the name of a secret: it takes "
                "letters, digits and underscores, and does not begin with a digit. Check that name and value are not "
                "swapped."
            )
        elif name != name.upper():
            run.warn(f"The secret {name} is not in upper case: the runtime looks secrets up in upper case.")
    for name, value in values.items():
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            run.redactor.add(str(value))
        fault = _fault(value) or _size_fault(name, value)
        if fault:
            problems.append(f"{_option(run, 'value', 'secrets.' + shown[name])} {fault}")
    _hide_in_params(run.params, shown)
    return problems


def warn_of_uncompared(run: ModuleRun, names: list[str]) -> None:
    """Where neither a policy nor a key is given: a warning that these existing secrets are left alone."""
    if run.params.get("update_secret") or run.params.get("fingerprint_key") or not names:
        return
    prefix = run.params.get("prefix") or ""
    some = "1 existing secret was" if len(names) == 1 else f"{len(names)} existing secrets were"
    run.warn(
        f"{some} not compared and left alone, because there is no `{prefix}fingerprint_key`: set it to write what has "
        f"changed, or set `{prefix}update_secret` to `always` or `on_create`."
    )


def _option(run: ModuleRun, of_one: str, of_many: str) -> str:
    """The option, as the user of this task knows it."""
    return f"`{of_one}`" if "name" in run.params else f"`{run.params.get('prefix') or ''}{of_many}`"


def _beginning(name: str) -> str:
    """As much of it as helps to find it, and never more than half."""
    start = name[: min(MAX_SHOWN, len(name) // 2)]
    return "".join(char if char.isprintable() else "?" for char in start) + "..."


def _fault(value: Any) -> str | None:
    """What is wrong with a value and what cures it, without the value."""
    if isinstance(value, str):
        if value.strip():
            return None
        return (
            "is empty or only white space: check the variable or lookup that gives it. Such a value is never stored, "
            "not even in quotes."
        )
    if value is None:
        return "is null: check the variable or lookup that gives it."
    if isinstance(value, (dict, list)):
        kind = "dictionary" if isinstance(value, dict) else "list"
        return f"is a {kind}, not a string: put it in quotes, or add `| string` or `| to_json` to its template."
    if isinstance(value, bool) or not isinstance(value, int):
        kind = "boolean" if isinstance(value, bool) else "number that is not whole"
        return f"is a {kind}, not a string: put it in quotes, or add `| string` to its template."
    return None


def _size_fault(name: str, value: Any) -> str | None:
    """What is wrong with a value that makes a request too large, which must not come up after the first write."""
    size = len(json.dumps({"name": name, "value": str(value)}))
    if size <= MAX_BODY_BYTES:
        return None
    return f"makes a request of {size} bytes, and the API takes at most {MAX_BODY_BYTES}: make it smaller."


def _hide_in_params(params: dict[str, Any], shown: Mapping[str, str]) -> None:
    """Takes what is not a name out of the options that Ansible shows as ``invocation``: of a mapping it masks the
    values.
    """
    if isinstance(params.get("secrets"), dict):
        params["secrets"] = {shown.get(name, name): value for name, value in params["secrets"].items()}
    if "name" in params:
        params["name"] = shown.get(params["name"], params["name"])
