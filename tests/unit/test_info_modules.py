# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""The modules that only read."""

from __future__ import annotations

import importlib

import pytest
from ansible_collections.spiceai.cloud.plugins.modules import (
    spice_app_info,
    spice_cluster_info,
    spice_container_image_info,
    spice_limit_info,
    spice_organization_info,
    spice_region_info,
)

ALL = ("app", "cluster", "container_image", "limit", "organization", "region")


@pytest.fixture
def apps(cloud):
    for name in ("first", "second", "third"):
        cloud.add(name, description="d")["api_key"] = "key|1"
    return cloud


def names(result):
    return [app["name"] for app in result["apps"]]


@pytest.mark.parametrize("check_mode", [False, True])
@pytest.mark.parametrize("word", ALL)
def test_reading_never_changes_anything(cloud, run, word, check_mode):
    module = importlib.import_module(f"ansible_collections.spiceai.cloud.plugins.modules.spice_{word}_info")
    result = run(module.SPEC, check_mode=check_mode)
    assert result["changed"] is False
    assert cloud.writes() == []
    assert word + "s" in result
    assert result["api"]["writes"] == 0


def test_all_apps(apps, run):
    result = run(spice_app_info.SPEC)
    assert names(result) == ["third", "second", "first"]
    for app in result["apps"]:
        assert "config" not in app
        assert "api_key" not in app
    assert result["api"]["requests"] == 1


def test_all_apps_with_config(apps, run):
    result = run(spice_app_info.SPEC, with_config=True)
    assert [app["config"]["replicas"] for app in result["apps"]] == [1, 1, 1]
    assert "key|" not in str(result)


def test_an_app_that_goes_while_they_are_read_is_left_out(apps, run):
    apps.fail("GET", "/v1/apps/2", (404, {"error": "gone"}))
    assert names(run(spice_app_info.SPEC, with_config=True)) == ["third", "first"]


@pytest.mark.parametrize(
    ("options", "found"),
    [
        ({"name": "second"}, ["second"]),
        ({"app": "SECOND"}, ["second"]),
        ({"app_id": 2}, ["second"]),
        ({"name": "fourth"}, []),
        ({"app_id": 4}, []),
    ],
)
@pytest.mark.parametrize("with_config", [False, True])
def test_one_app(apps, run, options, found, with_config):
    result = run(spice_app_info.SPEC, with_config=with_config, **options)
    assert names(result) == found
    for app in result["apps"]:
        assert ("config" in app) is with_config
        assert "api_key" not in app


def test_no_apps_at_all(cloud, run):
    assert run(spice_app_info.SPEC)["apps"] == []


def test_regions(cloud, run):
    result = run(spice_region_info.SPEC)
    assert result["default"] == "us-east-1"
    assert [region["region"] for region in result["regions"]] == ["us-east-1", "us-west-2"]
    assert result["regions"][0]["provider_name"] == "AWS"
    assert result["regions"][0]["is_default"] is True


def test_container_images(cloud, run):
    result = run(spice_container_image_info.SPEC, channel="enterprise")
    assert result["container_images"] == [
        {"name": "spiceai/spiceai:1.5.0-enterprise", "tag": "1.5.0-enterprise", "channel": "enterprise"}
    ]
    assert result["default"] == "1.5.0-enterprise"


def test_limits_organizations_and_clusters(cloud, run):
    assert run(spice_limit_info.SPEC)["limits"] == cloud.limits
    assert run(spice_organization_info.SPEC)["organizations"] == [{"id": 1, "name": "acme", "role": "owner"}]
    assert run(spice_cluster_info.SPEC)["clusters"] == cloud.clusters


@pytest.mark.parametrize(
    ("module", "path"),
    [
        (spice_limit_info, "/v1/limits"),
        (spice_organization_info, "/v1/orgs"),
        (spice_cluster_info, "/v1/clusters"),
        (spice_region_info, "/v1/regions"),
    ],
)
def test_a_refusal_is_told_with_its_path(cloud, fail, module, path):
    cloud.fail("GET", path, (404, {"error": "Not Found"}))
    result = fail(module.SPEC)
    assert (result["failure"]["status"], result["failure"]["path"]) == (404, path)
