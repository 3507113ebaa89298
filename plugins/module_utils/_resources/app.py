# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The app as a resource: which fields it has, how they are checked, compared, sent and shown.

Sources: Spice.ai Cloud documentation, "Management API", projects, for the fields; the vendor's GitHub action for the rules of tags; the section on
deployments for what takes effect with the next deployment.
"""

from __future__ import annotations

import copy
import re

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.plugins.module_utils._engine import Change
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._meaning import canonical, parse_mapping

OWN_TAGS = "ansible."  # tags of the collection itself; no purge and no diff touches them
TAG_KEY = re.compile(r"[A-Za-z][A-Za-z0-9_./-]{0,62}")
TAG_VALUE = re.compile(r"[A-Za-z0-9_@-]{0,256}")
NAME = re.compile(r"[A-Za-z0-9-]+")
SHORTEST_NAME, LONGEST_NAME = 4, 38
UPDATE_CHANNELS = ("stable", "preview", "nightly", "internal", "internal-sandbox")

PLACEMENTS = ("region", "cname", "cluster_name")
TOP_FIELDS = ("description", "visibility", "tags", "production_branch", "cluster_name")
CONFIG_FIELDS = ("spicepod", "registry", "image", "image_tag", "update_channel", "version", "replicas", "resources", "executor", "node_group",
                 "storage_size_gb")
# What the POST takes along; the rest follows in one PUT.
CREATION_FIELDS = ("description", "visibility", "tags")
DEPLOYED_FIELDS = CONFIG_FIELDS + ("cluster_name",)
CLEARED_AS_NULL = ("image_tag", "resources", "executor")
OLDER_NAMES = {"storage_size_gb": "storage_claim_size_gb"}
NOT_EMPTY = ("region", "cname", "cluster_name", "update_channel")
UNCONFIRMED = (
    "Nothing was deleted, because `confirm` %s. To delete %s with its secrets, deployments and API keys, "
    "set `confirm` (`teardown_confirm` of the role spiceai.cloud.teardown) to %s."
)


def without_keys(app):
    """dict: the app without the API keys that an answer may hold."""
    shown = {key: value for key, value in app.items() if key not in ("api_key", "api_key_2")}
    if isinstance(shown.get("config"), dict):
        shown["config"] = {key: value for key, value in shown["config"].items() if key not in ("api_key", "api_key_2")}
    return shown


def deployable(app):
    """dict: what a deployment of the app runs; blank fields left out, for servers answer them differently."""
    fields = {field: _read(app, field) for field in ("region",) + DEPLOYED_FIELDS}
    return {field: value for field, value in fields.items() if _blank(value) is not None}


def region_in(app):
    """str | None: the region of an app, wherever the answer keeps it."""
    return app.get("region") or (app.get("config") or {}).get("region") or (app.get("cname") and region_of(app["cname"]))


def has_tags(app, tags):
    """bool: the app has all of these tags with these values; values that are no texts count as the texts that the API makes of them."""
    wanted = {str(key): str(value).lower() if isinstance(value, bool) else str(value) for key, value in tags.items()}
    return wanted.items() <= dict(app.get("tags") or {}).items()


def described(app):
    """dict: the options of spice_app that describe the app as it is; what is not set and the collection's own tags are left out."""
    options = {"name": app["name"]}
    region = region_in(app)
    if not app.get("cluster_name"):
        options.update({"region": region} if region else {"standalone": True})
    for field in TOP_FIELDS + CONFIG_FIELDS:
        value = _read(app, field)
        if field == "tags":
            value = {key: text for key, text in (value or {}).items() if not key.startswith(OWN_TAGS)}
        if _blank(value) is not None:
            options[field] = value
    return options


class App:
    """One app as the engine sees it.

    Args:
        task (Task): its options are checked here.

    Raises:
        Refused: an option that cannot be right, by name.
    """

    word = "app"

    def __init__(self, task):
        params = task.params
        self._task = task
        self._apps = Apps(task.client)
        self._name = params["name"]
        self._app_id = params["app_id"]
        self._purge_tags = params["purge_tags"]
        self._searched = False
        self.wanted = {}
        if self._name is None and self._app_id is None:
            raise Refused("`name` or `app_id` must have a value; an app that check mode only predicted has no id yet, so use its `name`.")
        if params["state"] == "present":
            if params.get("confirm") is not None:
                raise Refused("`confirm` belongs to `state: absent`; leave it out.")
            self._check_name()
            self._placement = self._checked_placement(params)
            self.wanted = _wanted(params, task.warn)

    # -- find and write ---------------------------------------------------------------------------------------------------------

    def find(self):
        if self._app_id is not None:
            return self._apps.get(self._app_id)
        # The first look may believe the run's hints that there is no such app: the POST that follows would find out.
        app = self._apps.find(self._name, trust_absence=self._task.params["state"] == "present" and not self._searched)
        self._searched = True
        if app is not None and app["name"] != self._name:
            self._task.warn("There is no app %r; the app %r is used, whose name differs only in case." % (self._name, app["name"]))
        return app

    def create(self, body):
        try:
            return self._apps.create(body)
        except ApiError as error:
            if error.status == 409:
                org = self._task.client.config.org
                error.args = (f"The name {self._name!r} is taken, but this credential sees no such app; choose another `name`, or check `org`"
                              f"{f' {org!r}' if org else ''}.",)
            elif error.status == 400:
                error.args = (f"{error} {self._advice_on_placement(error.refused_fields())}".rstrip(),)
            raise

    def _advice_on_placement(self, refused):
        """str: what to do about a creation whose place the server refuses; empty where it names other fields (set[str])."""
        if refused and not refused & set(PLACEMENTS):
            return ""
        if self._placement == {}:
            return "If the organization cannot have standalone apps, give `region` or `cluster_name` in place of `standalone`."
        return self._not_offered((self._placement or {}).get("region"))

    def _not_offered(self, region):
        """str: the regions to choose from, where this one (str | None) is none of them; empty where it is, or where they cannot be read."""
        if region is None:
            return ""
        try:
            offered = sorted(place["region"] for place in self._offered_regions()[0])
        except ApiError:
            return ""  # the refusal that led here is told in any case
        return f"`region` {region} is not offered; choose one of {', '.join(offered)}." if offered and region not in offered else ""

    def _offered_regions(self):
        """tuple[list[dict], str | None]: the regions that take new apps, and the name of the default one."""
        offer = Platform(self._task.client).regions()
        return [place for place in offer.get("regions", []) if not place.get("disabled")], offer.get("default")

    def update(self, current, body):
        return self.complete(self._apps.update(current["id"], body))

    def check_deletion(self, current: dict, planned: bool) -> None:
        """Raises Refused unless ``confirm``, where it is given, is exactly the name of the app that was found.

        A plan needs no proof, but a wrong one is refused there too.
        """
        confirm, name = self._task.params.get("confirm"), current["name"]
        if confirm is None or (confirm == "" and planned) or (confirm != "" and confirm == name):
            return
        fault = "is empty" if confirm == "" else "is not the name of the app"
        raise Refused(UNCONFIRMED % (fault, self.title(current), name))

    def delete(self, current):
        self._apps.delete(current)

    def reread(self, current):
        return self._apps.get(current["id"])

    def complete(self, app):
        """The app with its config, which the answer to a write may leave out."""
        return app if isinstance(app.get("config"), dict) else self.reread(app)

    # -- create -----------------------------------------------------------------------------------------------------------------

    def creation_body(self):
        if self._name is None:
            raise Refused("There is no app with `app_id` %d, and an app cannot be created with a chosen id: give `name` instead." % self._app_id)
        body = {"name": self._name}
        body.update(self._default_placement() if self._placement is None else self._placement)
        body.update((field, self.wanted[field]) for field in CREATION_FIELDS if self.wanted.get(field))
        return body

    def predict_creation(self, body):
        app = {"id": None, "name": self._name, "description": None, "visibility": "private", "tags": {}, "region": None, "production_branch": None,
               "config": {}}
        app.update(body)
        if "cname" in body:
            app["region"] = region_of(body["cname"])
        return app

    def _default_placement(self):
        regions, default = self._offered_regions()
        chosen = ([place for place in regions if place["region"] == default] or [place for place in regions if place.get("is_default")]
                  or regions)
        if not chosen:
            raise Refused("The API offers no region; give `region`, `cluster_name` or `cname`, or `standalone: true` for an app that Spice.ai does not run.")
        return {"region": chosen[0]["region"]}

    # -- compare ----------------------------------------------------------------------------------------------------------------

    def changes(self, current):
        self._check_region(current)
        changes = []
        for field in TOP_FIELDS + CONFIG_FIELDS:
            if field not in self.wanted:
                continue
            wanted = self._merged_tags(current) if field == "tags" else self.wanted[field]
            if canonical(_blank(wanted)) != canonical(_blank(_read(current, field))):
                payload = None if field in CLEARED_AS_NULL and not wanted else wanted
                changes.append(Change(field, wanted, payload, deploys=field in DEPLOYED_FIELDS))
        return changes

    def predict(self, current, changes):
        app = copy.deepcopy(current)
        app["config"] = app.get("config") or {}
        for change in changes:
            holder = app["config"] if change.field in CONFIG_FIELDS else app
            holder[change.field] = change.payload
            if OLDER_NAMES.get(change.field) in holder:
                holder[OLDER_NAMES[change.field]] = change.payload
        return app

    def _merged_tags(self, current):
        existing = current.get("tags") or {}
        kept = {key: value for key, value in existing.items() if not self._purge_tags or key.startswith(OWN_TAGS)}
        return dict(kept, **self.wanted["tags"])

    def _check_region(self, current):
        asked = next(((field, value) for field, value in (self._placement or {}).items() if field != "cluster_name"), None)
        config = current.get("config") or {}
        have = [place for place in (current.get("region"), current.get("cname"), config.get("region")) if place]
        if asked and have and region_of(asked[1]) not in [region_of(place) for place in have]:
            not_offered = self._not_offered((self._placement or {}).get("region"))
            if not_offered:
                raise Refused(f"{not_offered} {self.title(current)} is in {have[0]}, and the API moves no app.")
            raise Refused("%s is in %s and cannot be moved to `%s` %s by the API; create another app there, or ask Spice.ai support to move it." % (
                self.title(current), have[0], asked[0], asked[1]))

    # -- show -------------------------------------------------------------------------------------------------------------------

    def shown(self, resource):
        return without_keys(resource)

    def title(self, resource):
        return "app %s%s" % (resource["name"], " (id %s)" % resource["id"] if resource["id"] is not None else "")

    def view(self, resource, fields):
        # A new app's region shows even if it was named by `cname`; not that of a cluster, which no plan can know.
        if fields is not None and "name" in fields and "cluster_name" not in fields:
            fields = fields + ["region"]
        view = {}
        for field in ("name", "region") + TOP_FIELDS + CONFIG_FIELDS:
            if fields is not None and field not in fields:
                continue
            value = _read(resource, field)
            if field == "tags":
                value = {key: text for key, text in (value or {}).items() if not key.startswith(OWN_TAGS)}
            view[field] = value
        return {field: value for field, value in view.items() if _blank(value) is not None}

    # -- options ----------------------------------------------------------------------------------------------------------------

    def _check_name(self):
        if self._name is None:
            return
        if not NAME.fullmatch(self._name):
            raise Refused("`name` takes letters, digits and dashes only, not %r." % self._name)
        if len(self._name) < SHORTEST_NAME:
            raise Refused("`name` must have at least %d characters, %r has %d." % (SHORTEST_NAME, self._name, len(self._name)))
        if len(self._name) > LONGEST_NAME:
            self._task.warn("`name` %r has more than the %d characters that the API documents." % (self._name, LONGEST_NAME))

    @staticmethod
    def _checked_placement(params):
        """dict | None: what the user asked for; {} is standalone, None is nothing."""
        for field in NOT_EMPTY:
            if params[field] is not None and not params[field].strip():
                raise Refused("`%s` must not be empty; leave it out instead." % field)
        given = {field: params[field] for field in PLACEMENTS if params[field] is not None}
        if given and params["standalone"]:
            raise Refused("`standalone: true` and `%s` exclude each other: a standalone app has no place on the platform." % next(iter(given)))
        return given if given or params["standalone"] else None


def _wanted(params, warn):
    """dict: the fields that the user gave, checked and in the form in which the API has them."""
    wanted = {field: params[field] for field in TOP_FIELDS + CONFIG_FIELDS if params[field] is not None}
    if "tags" in wanted:
        wanted["tags"] = _checked_tags(wanted["tags"])
    if "spicepod" in wanted:
        wanted["spicepod"] = parse_mapping("spicepod", wanted["spicepod"])
    if not 0 <= wanted.get("replicas", 0) <= 10:
        raise Refused("`replicas` must be from 0 to 10, not %d." % wanted["replicas"])
    if wanted.get("storage_size_gb", 0) < 0:
        raise Refused("`storage_size_gb` must not be negative.")
    if float(wanted.get("storage_size_gb", 0.5)).is_integer():
        wanted["storage_size_gb"] = int(wanted["storage_size_gb"])
    if wanted.get("update_channel", "stable") not in UPDATE_CHANNELS:
        warn("`update_channel` %r is none of those known: %s." % (wanted["update_channel"], ", ".join(UPDATE_CHANNELS)))
    if "resources" in wanted:
        wanted["resources"] = _checked_resources("resources", wanted["resources"])
    if "executor" in wanted:
        wanted["executor"] = _checked_executor(wanted["executor"])
    return wanted


def _checked_executor(executor):
    """Resources as above; numbers that a template made texts are numbers again."""
    checked = dict(executor)
    if checked.get("resources") is not None:
        checked["resources"] = _checked_resources("executor.resources", checked["resources"])
    for name in ("replicas", "storage_size_gb"):
        try:
            checked.update({name: int(checked[name])} if checked.get(name) is not None else {})
        except (TypeError, ValueError):
            raise Refused("`executor.%s` must be a whole number, not %r." % (name, checked[name])) from None
    return checked


def _checked_tags(tags):
    checked = {}
    for key, value in tags.items():
        key = str(key)
        if key.startswith(OWN_TAGS):
            raise Refused("`tags`: keys that begin with %r belong to this collection; leave %r out." % (OWN_TAGS, key))
        if not TAG_KEY.fullmatch(key):
            raise Refused("`tags`: %r is no key: a letter, then up to 62 letters, digits or one of _ . / -" % key)
        text = str(value).lower() if isinstance(value, bool) else str(value)
        if isinstance(value, (dict, list)) or value is None or not TAG_VALUE.fullmatch(text):
            raise Refused("`tags`: the value of %r must be at most 256 letters, digits or one of _ @ -" % key)
        checked[key] = text
    return checked


def _checked_resources(option, resources):
    """The API has amounts such as cpu as texts; people write numbers."""
    if not isinstance(resources, dict) or not all(isinstance(part, dict) for part in resources.values()):
        raise Refused("`%s` must be a dictionary such as {limits: {cpu: '2', memory: 16Gi}}." % option)
    return {part: {name: str(amount) for name, amount in amounts.items() if amount is not None} for part, amounts in resources.items()}


def _read(app, field):
    """The value of a field, wherever the answer keeps it."""
    if field not in CONFIG_FIELDS:
        return app.get(field)
    config = app.get("config") or {}
    return config.get(field) if config.get(field) is not None else config.get(OLDER_NAMES.get(field))


def _blank(value):
    # The API answers what was cleared, or never set, as null or empty, or leaves it out.
    return None if value in ("", {}) else value


def region_of(place):
    """str: the region of a cname, such as us-west-2 of us-west-2-prod-aws-data or of us-west-2.spice.cloud; a region stays what it is."""
    return re.split(r"-(?:prod|dev)-|\.", place, maxsplit=1)[0]
