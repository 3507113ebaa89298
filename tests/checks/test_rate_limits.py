# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Many hosts against an API that limits the requests: nobody fails, few requests are refused, and what is the same for
all is asked once.
"""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.tests.checks.seeds import AT_ONCE

HOSTS, FORKS = 60, 10
PER_SECOND = 10
# The first burst meets the limit with every fork, some of them with a second request that was under way. Later the
# growing rate meets it now and then with one. Without a pace there are more refused requests than accepted ones.
MOST_REFUSED = 2 * FORKS
HEADERS = {
    "all headers": {},
    "Retry-After alone": {"headers": False},
    "no header": {"headers": False, "retry_after": False},
}


def names(count):
    return [f"app-{number:03d}" for number in range(count)]


def look(name="{{ inventory_hostname }}"):
    return [
        {"name": "App", "spiceai.cloud.spice_app": {"name": name, "replicas": 1}},
        {"name": "Deployments", "spiceai.cloud.spice_deployment_info": {"app": name}},
    ]


def refused(cloud):
    return [request for request in cloud.requests() if request["status"] == 429]


@pytest.mark.parametrize("headers", HEADERS)
def test_no_host_fails_at_a_rate_limit_and_few_requests_are_refused(headers, play, cloud):
    cloud.seed(apps=[{"name": name, "replicas": 1} for name in names(HOSTS)])
    cloud.settings(rate_limit={"requests": PER_SECOND, "per_seconds": 1, **HEADERS[headers]})
    run = play(look(), args=["--forks", str(FORKS)], hosts={name: {} for name in names(HOSTS)}).ok()
    assert all(counts["ok"] == 2 and counts["failed"] == counts["changed"] == 0 for counts in run.recap().values())
    told = [result["api"] for task in ("App", "Deployments") for result in run.of(task)]
    assert len(told) == 2 * HOSTS
    # What the tasks tell is what the server saw.
    assert sum(api["throttled"] for api in told) == len(refused(cloud))
    assert sum(api["requests"] for api in told) == len(cloud.requests())
    assert sum(api["paced_seconds"] for api in told) > 0
    assert 0 < len(refused(cloud)) <= MOST_REFUSED, [request["at"] for request in refused(cloud)]


@pytest.mark.parametrize("headers", HEADERS)
def test_no_host_of_three_runs_at_once_fails_at_a_rate_limit(headers, play, cloud):
    """As the slices of a job: each run keeps a pace of its own."""
    cloud.seed(apps=[{"name": name, "replicas": 1} for name in names(HOSTS)])
    cloud.settings(rate_limit={"requests": 2 * PER_SECOND, "per_seconds": 1, **HEADERS[headers]})
    slices = [names(HOSTS)[number::3] for number in range(3)]
    runs = [play.start(look(), args=["--forks", str(FORKS)], hosts={name: {} for name in hosts}) for hosts in slices]
    for run, hosts in zip(runs, slices):
        recap = run.wait().ok().recap()
        assert sorted(recap) == hosts
        assert all(counts["ok"] == 2 and counts["failed"] == 0 for counts in recap.values())
    assert refused(cloud)


def test_requests_per_second_holds_for_all_forks_before_any_429(play, cloud):
    cloud.seed(apps=[{"name": name, "replicas": 1} for name in names(20)])
    cloud.settings(rate_limit={"requests": 20, "per_seconds": 1, "headers": False})
    rate = {"SPICE_CLOUD_REQUESTS_PER_SECOND": "10"}
    run = play(look(), args=["--forks", str(FORKS)], hosts={name: {} for name in names(20)}, env=rate).ok()
    assert refused(cloud) == []
    assert sum(result["api"]["paced_seconds"] for result in run.of("App")) > 1


def asked(cloud, path):
    return len(cloud.requests(method="GET", path=f"^{path}$"))


def test_a_hundred_new_apps_list_the_apps_once_and_ask_for_the_regions_once(play, cloud):
    task = {"name": "App", "spiceai.cloud.spice_app": {"name": "{{ inventory_hostname }}"}}
    run = play([task], args=["--forks", str(FORKS)], hosts={name: {} for name in names(100)}).ok()
    assert all(result["changed"] for result in run.of("App"))
    assert (asked(cloud, "/v1/apps"), asked(cloud, "/v1/regions")) == (1, 1)
    assert len(cloud.requests(method="POST", path="^/v1/apps$")) == 100
    assert len(cloud.requests()) == 102


def test_new_environments_ask_once_for_what_is_the_same_for_all(play, cloud):
    cloud.clock(**AT_ONCE)
    task = {
        "name": "Environment",
        "spiceai.cloud.spice_environment": {
            "app": {"name": "{{ inventory_hostname }}", "replicas": 1},
            "secrets": {"TOKEN": "some value"},
            "deploy": False,
        },
    }
    play([task], args=["--forks", str(FORKS)], hosts={name: {} for name in names(20)}).ok()
    shared = ("/v1/apps", "/v1/regions", "/v1/limits", "/v1/orgs")
    assert {path: asked(cloud, path) for path in shared} == dict.fromkeys(shared, 1)


def test_a_region_that_the_platform_adds_during_the_run_is_not_refused(play, cloud):
    def environment(name, region):
        return {
            "name": name,
            "spiceai.cloud.spice_environment": {"app": {"name": "new-app", "region": region}, "deploy": False},
            "check_mode": True,
        }

    add = {
        "url": f"{cloud.address}/_sim/seed",
        "method": "POST",
        "body": {"regions": [{"region": "eu-west-1"}]},
        "body_format": "json",
    }
    known = environment("Known", "us-west-2")
    unknown = {**environment("Unknown", "eu-west-1"), "ignore_errors": True}
    run = play([known, unknown, {"name": "Add", "ansible.builtin.uri": add}, environment("Added", "eu-west-1")]).ok()
    assert "us-west-2" in run["Unknown"]["msg"]
    assert run["Added"]["changed"] is True
    # The first, the one that was refused, and the one that would have been.
    assert asked(cloud, "/v1/regions") == 3
