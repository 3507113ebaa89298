# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The apps of an organization as hosts."""

from __future__ import annotations

DOCUMENTATION = r"""
name: spice_apps
short_description: Inventory of Spice.ai Cloud apps
version_added: 0.1.0
description:
  - One host for each app of the organization, with C(ansible_connection=local), because an app has no machine to log in
    to.
  - The fields of the app are the host's variables, with C(spice_app_) in front of them, such as C(spice_app_id),
    C(spice_app_region) and C(spice_app_tags). API keys are never among them.
    C(spice_app_org) is the O(org) of the source, empty without one.
  - What the API says is data. No variable that holds some of it is ever filled in as a template, composed ones
    included.
  - An app whose name the API does not allow (4 to 38 letters, digits and dashes), or whose name has a meaning of its
    own in an inventory (C(all), C(localhost), C(ungrouped)), is no host, and neither is an entry that is no app. A
    warning says which are left out. With O(host_prefix) an app may have any of these names.
  - Where two sources give hosts of the same name, such as two organizations with an app of that name, a warning says
    so; give one of them a O(host_prefix).
  - The name of the file ends with C(spice_apps.yml) or C(spice_apps.yaml).
  - Needs the scope C(apps:read).
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - ansible.builtin.constructed
  - ansible.builtin.inventory_cache
options:
  plugin:
    description: Says that the file is for this plugin.
    type: str
    required: true
    choices: [spiceai.cloud.spice_apps]
  filters:
    description: Which apps; all without it. An app must fit each of them.
    type: dict
    default: {}
    suboptions:
      tags:
        description: Tags that the app has with these values.
        type: dict
      region:
        description: Region of the app.
        type: str
      visibility:
        description: Who can see the app.
        type: str
        choices: [public, private]
  host_prefix:
    description:
      - What stands before the name of the app in the name of the host, such as V(acme-). C(spice_app_name) is the name
        of the app.
      - It takes letters, digits, dashes, underscores and dots.
    type: str
    default: ""
  with_config:
    description:
      - Whether each host has C(spice_app_config), the spicepod included. This takes one more request for each app, up
        to 16 of them at a time.
      - An app that cannot be read then is left without it, with a warning.
    type: bool
    default: false
"""

EXAMPLES = r"""
# production.spice_apps.yml: the apps of production, by region and by team.
# The credential comes from the environment, for instance from SPICE_CLOUD_PAT.
plugin: spiceai.cloud.spice_apps
filters:
  tags:
    env: prod
keyed_groups:
  - key: spice_app_region
    prefix: region
  - key: spice_app_tags.team | default('nobody')
    prefix: team
groups:
  open_to_all: spice_app_visibility == 'public'
compose:
  spice_runtime: spice_app_endpoint | default('')

# acme.spice_apps.yml: the apps of one of several organizations, which may have
# apps of the same names, each with its spicepod.
# plugin: spiceai.cloud.spice_apps
# org: acme
# host_prefix: acme-
# with_config: true
# keyed_groups:
#   - key: spice_app_org
#     prefix: org
"""

import os
import re
from typing import Any
from weakref import WeakKeyDictionary

from ansible.errors import AnsibleParserError
from ansible.inventory.data import InventoryData
from ansible.parsing.dataloader import DataLoader
from ansible.plugins.inventory import BaseInventoryPlugin, Cacheable, Constructable
from ansible.utils.unsafe_proxy import wrap_var
from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._config import Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._http.client import Client
from ansible_collections.spiceai.cloud.plugins.module_utils._http.transport import REQUESTS_IMPORT_ERROR
from ansible_collections.spiceai.cloud.plugins.module_utils._module import PIP_INSTALL
from ansible_collections.spiceai.cloud.plugins.module_utils._parallel import each
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app_view import fits, without_keys
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.hosts import complaint_about, skipped, sound
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState, digest
from ansible_collections.spiceai.cloud.plugins.plugin_utils._run import state_directory

FILTERS = ("tags", "region", "visibility")
PREFIX = "spice_app_"
HOST_PREFIX = re.compile(r"[A-Za-z0-9_.-]{0,64}")
MAX_NAMED = 5  # hosts in one warning
FIELD = re.compile(r"[A-Za-z0-9_]+")  # what can be part of the name of a variable


class InventoryModule(BaseInventoryPlugin, Constructable, Cacheable):
    """Ansible looks for this name."""

    NAME = "spiceai.cloud.spice_apps"

    # For each inventory that is being read: by the name of the host, the file that gave it and what the app is.
    hosts_of = WeakKeyDictionary()

    def verify_file(self, path: str) -> bool:
        """Whether the name of the file says that it is one of this plugin."""
        return super().verify_file(path) and path.endswith(("spice_apps.yml", "spice_apps.yaml"))

    def parse(self, inventory: InventoryData, loader: DataLoader, path: str, cache: bool = True) -> None:
        """Adds a host for each app. Raises AnsibleParserError."""
        super().parse(inventory, loader, path, cache)
        if REQUESTS_IMPORT_ERROR:
            raise AnsibleParserError(
                f"{self.NAME} needs the Python package requests on the controller. Install it for this Python: "
                f"{PIP_INSTALL}"
            )
        given = self._read_config_data(path)
        unknown = sorted(set(given) - set(self.option_definitions))
        filters = self.get_option("filters") or {}
        unknown += [f"filters.{name}" for name in sorted(set(filters) - set(FILTERS))]
        if unknown:
            raise AnsibleParserError(
                f"{path}: {', '.join(unknown)} is no option of {self.NAME}; ansible-doc -t inventory {self.NAME} shows "
                "those that there are."
            )
        prefix = self.get_option("host_prefix") or ""
        if not HOST_PREFIX.fullmatch(prefix):
            raise AnsibleParserError(
                f"{path}: host_prefix takes letters, digits, dashes, underscores and dots, not {prefix!r}."
            )
        try:
            options = {option: self._templated(option) for option in CONNECTION.options}
            client = Client(
                Config(options, os.environ),
                "spice_apps",
                RunState(state_directory(), self.display.warning),
                warn=self.display.warning,
            )
            client.read_only = True
            apps = self._apps(client, path, cache)
        except SpiceError as error:
            raise AnsibleParserError(f"{path}: {error}") from None
        chosen = [app for app in apps if fits(app, filters)]
        self._warn_of_others(path, {prefix + app["name"]: (client.cache_key, app["id"]) for app in chosen})
        for app in chosen:
            self._add(prefix + app["name"], app, client.config.org or "")

    def _warn_of_others(self, path: str, apps: dict[str, tuple[str, int]]) -> None:
        """Warns of hosts that another source of this plugin has given already, for another app."""
        given = self.hosts_of.setdefault(self.inventory, {})
        twice = [name for name, app in apps.items() if name in given and given[name][1] != app]
        if twice:
            named = ", ".join(twice[:MAX_NAMED]) + (f" and {len(twice) - MAX_NAMED} more" if twice[MAX_NAMED:] else "")
            others = ", ".join(sorted({given[name][0] for name in twice}))
            self.display.warning(
                f"{path} and {others} both give the host {named}, each for another app. It has the variables of the "
                "app that was read last; give one of the sources a `host_prefix`."
            )
        given.update({name: (path, app) for name, app in apps.items()})

    def _templated(self, option: str) -> Any:
        value = self.get_option(option)
        return self.templar.template(value) if isinstance(value, str) else value

    def _apps(self, client: Client, path: str, cache: bool) -> list[dict[str, Any]]:
        """All apps, without their keys; from the cache where the user wants one."""
        prefix = self.get_option("host_prefix") or ""
        # Another server, credential or way of reading is another list.
        key = f"{self.get_cache_key(path)}_{digest(client.cache_key, str(self.get_option('with_config')), prefix)}"
        wanted = self.get_option("cache")
        if wanted and cache and key in self._cache:
            return self._cache[key]
        apps, complaints = sound(Apps(client).all(), prefix)
        if complaints:
            self.display.warning(skipped("apps", complaints))
        apps = [without_keys(app) for app in apps]
        if self.get_option("with_config"):
            apps = each(lambda app: self._with_config(client, app), apps)
        if wanted:
            self._cache[key] = apps
        return apps

    def _with_config(self, client: Client, app: dict[str, Any]) -> dict[str, Any]:
        """The app with its config, or without if that cannot be read: the other apps are listed nevertheless."""
        try:
            whole = Apps(client).as_answered(app["id"])
        except ApiError as error:
            self.display.warning(f"App {app['name']} has no spice_app_config: {error}")
            return app
        if not whole:
            return app  # deleted in between
        complaint = complaint_about(whole, self.get_option("host_prefix") or "")
        if complaint:
            self.display.warning(f"App {app['name']} has no spice_app_config: {complaint}")
            return app
        # The name that was checked for the whole list stays the host's.
        return dict(without_keys(whole), name=app["name"])

    def _add(self, host_name: str, app: dict[str, Any], organization: str) -> None:
        host = self.inventory.add_host(host_name)
        # What the API says is data: nothing in it is ever a template.
        variables = {PREFIX + field: wrap_var(value) for field, value in app.items() if FIELD.fullmatch(field)}
        variables[PREFIX + "tags"] = wrap_var(app.get("tags") or {})
        variables[PREFIX + "org"] = organization
        variables["ansible_connection"] = "local"
        for name, value in variables.items():
            self.inventory.set_variable(host, name, value)
        strict = self.get_option("strict")
        compose = self.get_option("compose") or {}
        self._set_composite_vars(compose, variables, host, strict=strict)
        self._mark_composed(compose, host)
        self._add_host_to_composed_groups(self.get_option("groups"), variables, host, strict=strict)
        self._add_host_to_keyed_groups(self.get_option("keyed_groups"), variables, host, strict=strict)

    def _mark_composed(self, compose: dict[str, Any], host: str) -> None:
        """What was composed is data too. Older ansible-core loses the mark of a dictionary's keys in an expression."""
        composed = self.inventory.get_host(host).get_vars()
        for name in set(compose) & set(composed):
            self.inventory.set_variable(host, name, wrap_var(composed[name]))
