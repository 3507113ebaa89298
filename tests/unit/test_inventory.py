# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""How the inventory plugin reads the config of all apps."""

from __future__ import annotations

import threading
from types import SimpleNamespace

import pytest
from ansible_collections.spiceai.cloud.plugins.inventory.spice_apps import InventoryModule
from ansible_collections.spiceai.cloud.plugins.module_utils._parallel import MAX_READERS

NUMBER = 2 * MAX_READERS
APPS = [{"id": number, "name": f"shop-{number:02}", "tags": None} for number in range(NUMBER, 0, -1)]


@pytest.fixture
def read(server, client, monkeypatch):
    """Reads all apps of a server that answers requests for one as told; gives the server, the apps by name, and the
    warnings.
    """

    def run(answer):
        def serve(request):
            if request.path.startswith("/v1/apps?"):
                return 200, {}, {"apps": APPS}
            return answer(int(request.path.rpartition("/")[2]))

        started, warnings = server(serve), []
        plugin = InventoryModule()
        plugin.display = SimpleNamespace(warning=warnings.append)
        options = {"with_config": True, "host_prefix": "", "cache": False}
        monkeypatch.setattr(plugin, "get_option", options.get)
        monkeypatch.setattr(plugin, "get_cache_key", str)
        apps = plugin._apps(client(api_url=started.url), "all.spice_apps.yml", cache=False)
        return started, {app["name"]: app for app in apps}, warnings

    return run


def whole(number):
    return 200, {}, {"id": number, "name": f"shop-{number:02}", "config": {"replicas": number}}


def test_configs_are_read_side_by_side_and_stay_with_their_apps(read):
    together = threading.Barrier(MAX_READERS, timeout=60)  # one after the other they never meet

    def answer(number):
        together.wait()
        return whole(number)

    started, apps, warnings = read(answer)
    assert {name: app["config"]["replicas"] for name, app in apps.items()} == {app["name"]: app["id"] for app in APPS}
    assert list(apps) == [app["name"] for app in APPS]
    assert warnings == []
    assert len(started.requests) == 1 + NUMBER
    # Connections are kept.
    assert len({request.client_address for request in started.requests}) <= MAX_READERS


def test_one_that_cannot_be_read_has_no_config(read):
    dummy, apps, warnings = read(lambda number: (403, {}, {"error": "no"}) if number == 3 else whole(number))
    assert [name for name, app in apps.items() if "config" not in app] == ["shop-03"]
    assert len(apps) == NUMBER
    assert len(warnings) == 1
    assert warnings[0].startswith("App shop-03 has no spice_app_config: ")
