# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""What is told of an app: to the user, to a deployment's stamp, to an export."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_fields import (
    FIELDS,
    blank,
    tag_text,
    without_own_tags,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placement import region_in
from ansible_collections.spiceai.cloud.plugins.module_utils._yaml import dump

KEYS = ("api_key", "api_key_2")


def without_keys(app: Mapping[str, Any]) -> dict[str, Any]:
    """The app without the API keys that some answers hold."""
    shown = {name: value for name, value in app.items() if name not in KEYS}
    if isinstance(shown.get("config"), dict):
        shown["config"] = {name: value for name, value in shown["config"].items() if name not in KEYS}
    return shown


def deployable(app: Mapping[str, Any]) -> dict[str, Any]:
    """What a deployment of the app runs; blank fields are left out, because servers answer them differently."""
    fields = {"region": app.get("region")}
    fields.update((field.name, field.read(app)) for field in FIELDS if field.needs_deployment)
    return {name: value for name, value in fields.items() if blank(value) is not None}


def is_hosted(app: Mapping[str, Any]) -> bool:
    """Whether Spice.ai Cloud runs the app, which is not so with a standalone one."""
    return bool(app.get("endpoint") or app.get("region") or app.get("cname"))


def has_tags(app: Mapping[str, Any], tags: Mapping[Any, Any]) -> bool:
    """Whether the app has all of these tags with these values; other types count as the strings that the API makes of
    them.
    """
    wanted = {str(key): tag_text(value) for key, value in tags.items()}
    present = app.get("tags")
    return wanted.items() <= (present if isinstance(present, Mapping) else {}).items()


def fits(app: Mapping[str, Any], filters: Mapping[str, Any]) -> bool:
    """Whether an app is one of those that are asked for.

    Args:
        app: as the list has it. filters: ``tags``, ``region`` and ``visibility``; one that is missing or None fits all.
    """
    return (
        has_tags(app, filters.get("tags") or {})
        and filters.get("region") in (None, region_in(app))
        and filters.get("visibility") in (None, app.get("visibility"))
    )


def app_options(app: Mapping[str, Any]) -> dict[str, Any]:
    """The options of spice_app that describe the app as it is, without what is not set and without the collection's own
    tags.
    """
    options: dict[str, Any] = {"name": app["name"]}
    region = region_in(app)
    if not app.get("cluster_name"):
        options.update({"region": region} if region else {"standalone": True})
    for field in FIELDS:
        value = field.read(app)
        if field.name == "tags":
            value = without_own_tags(value)
        if blank(value) is not None:
            options[field.name] = value
    if app.get("paused_at"):
        options["paused"] = True
    return options


def title(app: Mapping[str, Any]) -> str:
    """The app for a sentence, such as ``app sales (id 7)``."""
    return f"app {app['name']}" + (f" (id {app['id']})" if app.get("id") is not None else "")


def app_diff(
    before: Mapping[str, Any] | None, after: Mapping[str, Any] | None, fields: list[str] | None
) -> dict[str, str]:
    """Before and after as YAML.

    Args:
        before, after: the app; None where there is none.
        fields: those that this task sets, because no plan knows the server's own defaults; None for all, as of a
            deletion.
    """
    either = before or after
    header = title(either) if either else "app"
    return {
        "before": dump(_view(before, fields)) if before else "",
        "after": dump(_view(after, fields)) if after else "",
        "before_header": header,
        "after_header": title(after or before or {"name": ""}) if either else "app",
    }


def _view(app: Mapping[str, Any], fields: list[str] | None) -> dict[str, Any]:
    # A new app's region shows even if `cname` named it; not that of a cluster, which no plan can know.
    if fields is not None and "name" in fields and "cluster_name" not in fields:
        fields = [*fields, "region"]
    values = {"name": app.get("name"), "region": app.get("region")}
    values.update((field.name, field.read(app)) for field in FIELDS)
    values["tags"] = without_own_tags(values["tags"])
    if "fork_from" in (fields or ()):
        values["fork_from"] = (app.get("forked_from") or {}).get("name")
    if "paused" in (fields or ()):
        values["paused"] = bool(app.get("paused_at"))
    return {
        name: value for name, value in values.items() if (fields is None or name in fields) and blank(value) is not None
    }
