# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apps, which the newest documentation calls projects: the same records under both paths."""

from typing import Any, Optional

from spice_simulator import answers, deployments, spicepod
from spice_simulator.api import Call, route
from spice_simulator.errors import ApiError, invalid
from spice_simulator.store import App, Organization, Store
from spice_simulator.switches import APP_PAGES


def _limit(store: Store) -> Any:
    if store.switches.paging == "none":
        return None
    default, greatest = APP_PAGES[store.switches.paging]
    return {"type": "integer", "minimum": 1, "maximum": greatest, "default": default}


def _offset(store: Store) -> Any:
    return None if store.switches.paging == "none" else {"type": "integer", "minimum": 0, "default": 0}


def _after_id(store: Store) -> Any:
    return {"type": "integer", "minimum": 1} if store.switches.paging == "after_id" else None


@route(
    "GET",
    "/v1/{family}",
    "List apps",
    scope="apps:read",
    answer="Apps",
    query={"limit": _limit, "offset": _offset, "after_id": _after_id},
    errors=(400,),
)
def list_apps(call: Call) -> Any:
    """Newest first. A new app may stay hidden for some reads (setting ``list_delay_reads``)."""
    shown = []
    for app in call.store.apps_of(call.org.id):
        if app.hidden_reads > 0:
            app.hidden_reads -= 1
        else:
            shown.append(app)
    return {call.route.family: [answers.listed_app(call.store, app) for app in _page(call, shown)]}


def _page(call: Call, shown: list[App]) -> list[App]:
    switches = call.store.switches
    if switches.paging == "none":
        return shown
    default, greatest = APP_PAGES[switches.paging]
    limit = call.query_number("limit", default, greatest)
    if switches.page_cap is not None:
        limit = min(limit, switches.page_cap)
    offset = call.query_number("offset", 0, None, lowest=0)
    after = call.query_number("after_id", 0, None) if switches.paging == "after_id" else 0
    if after:
        shown = [app for app in shown if app.id < after]
    return shown[offset : offset + limit]


def _cluster(org: Organization, name: str) -> dict[str, Any]:
    cluster = next((one for one in org.clusters if one["cluster_name"] == name), None)
    if cluster is None:
        raise invalid("cluster_name", "Unknown cluster", f"Cluster '{name}' not found")
    if not cluster.get("deployable", True):
        raise invalid("cluster_name", "Not deployable", f"'{name}' is not a deployable cluster")
    return cluster


def _region(store: Store, name: str) -> str:
    region = store.region_named(name)
    if region is None or region["disabled"]:
        known = ", ".join(one["region"] for one in store.regions if not one["disabled"])
        raise invalid("region", f"Expected one of {known}")
    return name


def _on_cluster(org: Organization, name: str, region: Optional[str]) -> dict[str, Any]:
    cluster = _cluster(org, name)
    if region is not None and region != cluster["region"]:
        text = f"region '{region}' does not match cluster region '{cluster['region']}'"
        raise invalid("region", text, text)
    return {"region": cluster["region"], "cluster_name": name}


def _placement(call: Call, given: dict[str, Any]) -> tuple[dict[str, Any], Optional[str]]:
    """Take the placement out of a create body; gives the app's fields and a warning."""
    store = call.store
    region, cname, cluster = given.pop("region", None), given.pop("cname", None), given.pop("cluster_name", None)
    if region is not None:
        _region(store, region)
    if cluster is not None:
        return _on_cluster(call.org, cluster, region), None
    if region is not None:
        return {"region": region}, None
    if cname is not None:
        found = next((one for one in store.regions if one["cname"] == cname and not one["disabled"]), None)
        if found is None:
            raise invalid("cname", "Unknown cname")
        return {"region": found["region"]}, "cname is deprecated, use region"
    return {}, "Without a placement the project is standalone: Spice does not run it"


def place_of(call: Call, given: dict[str, Any]) -> dict[str, Any]:
    """The fields of a placement by region or cluster."""
    return _placement(call, dict(given))[0]


@route(
    "POST",
    "/v1/{family}",
    "Create an app",
    scope="apps:write",
    role="member",
    body="CreateApp",
    answer="WrittenApp",
    status=201,
    errors=(400, 409),
)
def create_app(call: Call) -> Any:
    """Create; a name is taken without regard to case."""
    given = call.body()
    given.pop("default_alerts", None)
    _check_plan(call, given)
    fields, warning = _placement(call, given)
    name = given.pop("name")
    if call.store.app_named(call.org.id, name):
        raise ApiError(409, f'App "{name}" already exists in this organization')
    app = call.store.add_app(call.org.id, name, **fields, **given)
    app.hidden_reads = call.store.settings.list_delay_reads
    return answers.written_app(call.store, app, warning)


@route("GET", "/v1/{family}/{app_id}", "Get an app", scope="apps:read", answer="AppWithConfig", errors=(400, 404))
def get_app(call: Call) -> Any:
    """One app with its configuration."""
    return answers.app_with_config(call.store, call.app())


def _check_plan(call: Call, given: dict[str, Any]) -> None:
    """Refuse what the plan of the organization does not have."""
    if given.get("tags") and call.org.plan == "community":
        raise ApiError(403, "Tags are not available on the Community plan", "plan_limit")
    if (given.get("resources") or given.get("executor")) and not call.org.private_compute:
        raise invalid(
            "resources",
            "Needs private compute",
            "Resource limits can only be updated when private compute is enabled",
        )


@route(
    "PUT",
    "/v1/{family}/{app_id}",
    "Update an app",
    scope="apps:write",
    role="member",
    body="UpdateApp",
    answer="WrittenApp",
    errors=(400, 404, 409),
)
def update_app(call: Call) -> Any:
    """Partial: only the keys that are sent change; everything is checked before anything is changed."""
    app = call.app()
    given = call.body()
    _check_plan(call, given)
    if "spicepod" in given:
        try:
            given["spicepod"] = spicepod.read(given["spicepod"])
        except ValueError as failure:
            raise invalid("spicepod", str(failure)) from failure
        if app.repository is not None and given["spicepod"] != app.spicepod:
            raise ApiError(409, "The project deploys its spicepod from GitHub", "github_connected")
    if given.get("image_tag") is not None:
        deployments.check_image_tag(call.store, app, given["image_tag"])
    if "storage_claim_size_gb" in given:
        # Two names of one field; the newer one wins when both are sent.
        given.setdefault("storage_size_gb", given.pop("storage_claim_size_gb"))
        given.pop("storage_claim_size_gb", None)
    given.update(_move(call, app, given))
    if "spicepod" in given and call.store.switches.put_clears_pause:
        app.paused_ms = None
    for name, value in given.items():
        empty = value == "" and call.store.switches.empty_as_null
        setattr(app, name, None if empty else value)
    return answers.written_app(call.store, app)


def _move(call: Call, app: App, given: dict[str, Any]) -> dict[str, Any]:
    """The placement after an update; a null cluster counts as left out."""
    region, cluster = given.pop("region", None), given.pop("cluster_name", None)
    if region is not None:
        _region(call.store, region)
    if cluster is not None:
        return _on_cluster(call.org, cluster, region)
    if region is None:
        return {}
    if app.cluster_name is not None:
        return _on_cluster(call.org, app.cluster_name, region)
    return {"region": region}


@route(
    "DELETE",
    "/v1/{family}/{app_id}",
    "Delete an app",
    scope="apps:delete",
    role="member",
    status=204,
    errors=(400, 404),
)
def delete_app(call: Call) -> Any:
    """Soft: the record stays in the store, but no route finds it again."""
    app = call.app()
    deployments.stop_all(app, call.store.clock.now())
    call.store.delete_app(app)


@route(
    "POST",
    "/v1/{family}/{app_id}/pause",
    "Pause an app",
    scope="apps:write",
    role="member",
    body="Nothing",
    body_required=False,
    answer="Paused",
    errors=(400, 404, 409),
)
def pause(call: Call) -> Any:
    """Stop the runtime and what is being deployed."""
    app = call.app()
    call.body()
    if app.paused_ms is not None:
        when = {"paused_at": call.store.time(app.paused_ms)}
        raise ApiError(409, "The project is already paused", "project_paused", more=when)
    app.paused_ms = call.store.clock.now()
    deployments.stop_all(app, app.paused_ms)
    for monitor in app.monitors.values() if call.store.switches.pause_disables_monitors else ():
        monitor.status = "disabled"
    return {"id": app.id, "paused_at": call.store.time(app.paused_ms)}


@route(
    "POST",
    "/v1/{family}/{app_id}/resume",
    "Resume an app",
    scope="apps:write",
    role="member",
    body="Nothing",
    body_required=False,
    answer="Resumed",
    errors=(400, 404, 409),
)
def resume(call: Call) -> Any:
    """Deploy what is stored. Where that fails the error is that of a deployment, and the app stays paused."""
    app = call.app()
    call.body()
    paused_ms = app.paused_ms
    if paused_ms is None and call.store.switches.resume_of_running != "200":
        code = call.store.switches.resume_of_running
        raise ApiError(409, "The project is not paused", None if code == "409" else code)
    app.paused_ms = None
    try:
        deployed = deployments.create(call.store, app, {}, call.identity.created_by())
    except ApiError:
        app.paused_ms = paused_ms
        raise
    return {"id": app.id, "deployment_id": deployed.id}
