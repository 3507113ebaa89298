# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What the platform offers."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform
from ansible_collections.spiceai.cloud.tests.unit.fakes import API


@pytest.fixture
def platform(client):
    return Platform(client())


@pytest.mark.parametrize(
    ("method", "arguments", "url"),
    [
        ("regions", (), "/v1/regions"),
        ("container_images", (), "/v1/container-images"),
        ("container_images", ("enterprise",), "/v1/container-images?channel=enterprise"),
        ("limits", (), "/v1/limits"),
        ("organizations", (), "/v1/orgs"),
        ("clusters", (), "/v1/clusters"),
    ],
)
def test_routes(http, platform, method, arguments, url):
    http.get(API + url.partition("?")[0], json={"orgs": [], "clusters": []})
    getattr(platform, method)(*arguments)
    assert http.calls[0].request.url == API + url


def test_regions_in_snake_case(http, platform):
    http.get(
        API + "/v1/regions",
        json={
            "regions": [
                {
                    "name": "US",
                    "region": "us-west-2",
                    "providerName": "AWS",
                    "isDefault": False,
                    "cname": None,
                    "nested": [{"someURLValue": 1}],
                }
            ],
            "default": "us-east-1",
        },
    )
    assert platform.regions() == {
        "regions": [
            {
                "name": "US",
                "region": "us-west-2",
                "provider_name": "AWS",
                "is_default": False,
                "cname": None,
                "nested": [{"some_urlvalue": 1}],
            },
        ],
        "default": "us-east-1",
    }


def test_lists_come_out_of_their_envelopes(cloud, platform):
    assert platform.organizations() == [{"id": 1, "name": "acme", "role": "owner"}]
    assert platform.clusters() == cloud.clusters
