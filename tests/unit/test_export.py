# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The filters: an app as variables, apps by their tags, names that are not spelled right."""

from __future__ import annotations

import pytest
import yaml
from ansible.errors import AnsibleFilterError
from ansible_collections.spiceai.cloud.plugins.filter.misspelled import misspelled
from ansible_collections.spiceai.cloud.plugins.filter.to_environment import to_environment
from ansible_collections.spiceai.cloud.plugins.filter.with_tags import with_tags
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.stamp import stamp_of

SECRETS = [{"name": "B", "updated_at": "2026-10-01T00:00:00.000Z"}, {"name": "A", "updated_at": "2026-10-01T00:00:00.000Z"}]
CONFIG = {"spicepod": {"name": "sales"}, "replicas": 2, "image_tag": "2.1.0", "version": None, "region": "us-east-1"}
APP = {"id": 7, "name": "sales", "description": None, "visibility": "private", "tags": {"env": "prod", "ansible.secret/A": "x"}, "region": "us-east-1",
       "created_at": "2026-10-01T00:00:00.000Z", "endpoint": "https://x", "kind": "managed", "api_key": "key|1", "config": CONFIG}


def variables(app, *args, **more):
    return yaml.safe_load(to_environment(app, *args, **more))


def test_only_what_describes_the_app_is_written():
    assert variables(APP) == {
        "environment_app": {"name": "sales", "region": "us-east-1", "visibility": "private", "tags": {"env": "prod"}, "spicepod": {"name": "sales"},
                            "image_tag": "2.1.0", "replicas": 2},
        "environment_deploy": False,
    }


@pytest.mark.parametrize(
    ("fields", "placement"),
    [
        ({"cluster_name": "acme-prod"}, {"cluster_name": "acme-prod"}),
        ({"region": None, "config": {}}, {"standalone": True}),
        ({"region": None, "config": {"region": "us-west-2"}}, {"region": "us-west-2"}),
        ({"region": None, "cname": "us-west-2-prod-aws-data", "config": {}}, {"region": "us-west-2"}),
    ],
)
def test_the_placement_in_every_state_of_the_api(fields, placement):
    written = variables({**APP, **fields})["environment_app"]
    assert {name: written[name] for name in ("region", "cluster_name", "standalone") if name in written} == placement


@pytest.mark.parametrize("overrides", [{}, {"channel": "preview"}, {"image_tag": "2.0.0", "replicas": 3, "debug": True}])
def test_what_a_deployment_was_made_with(overrides):
    stamp = stamp_of(APP, SECRETS, overrides)
    newest = {"image_tag": "2.1.0", "replicas": 2, **overrides, "status": "succeeded", "commit_message": "x [spice:%s]" % stamp}
    found = variables(APP, SECRETS, [{"status": "created", "commit_message": None}, newest][::-1])
    assert found.get("environment_deployment", {}) == overrides and "environment_deploy" not in found


def test_a_deployment_of_others_tells_nothing():
    assert "environment_deployment" not in variables(APP, SECRETS, [{"status": "succeeded", "commit_message": "By hand"}])
    assert "environment_deployment" not in variables(APP, SECRETS, [{"status": "succeeded", "commit_message": "x [spice:0123456789abcdef]"}])


def test_secrets_are_placeholders_by_name():
    assert to_environment(APP, SECRETS, part="secrets") == "environment_secrets:\n  A: <value of A>\n  B: <value of B>\n"


def test_texts_stay_texts_and_templates_stay_literal():
    text = to_environment({**APP, "description": "{{ 1 + 1 }}", "tags": {"number": "12", "word": "yes"}, "config": {"spicepod": {"sql": "SELECT 1\nFROM t\n"}}})
    assert "description: !unsafe '{{ 1 + 1 }}'" in text and "sql: |\n" in text and "number: '12'" in text and "word: 'yes'" in text


def test_something_else_is_refused():
    with pytest.raises(AnsibleFilterError, match="takes an app"):
        to_environment({"id": 7})


def test_apps_by_tags():
    apps = [APP, {"name": "other", "tags": None}, {"name": "flag", "tags": {"env": "prod", "on": "true", "n": "5"}}]
    assert [app["name"] for app in with_tags(apps, {"env": "prod"})] == ["sales", "flag"]
    assert [app["name"] for app in with_tags(apps, {"on": True, "n": 5})] == ["flag"]
    assert with_tags(apps, {}) == apps


def test_names_that_are_not_spelled_right():
    known = ["environment_app", "environment_secrets", "environment_deploy", "environment_deployment", "environment_purge"]
    assert misspelled(["environment_app", "environment_secrts", "environment_deploys"], known) == {
        "environment_secrts": "environment_secrets", "environment_deploys": "environment_deploy"}
    assert misspelled(["environment_name", "environment_hosts", "environment_summary"], known) == {}
