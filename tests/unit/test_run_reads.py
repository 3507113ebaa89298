# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Answers that are the same for every task are read once in a run, and an outdated one stops nobody."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._api.platform import Platform, unless_outdated
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, InvalidOption
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.placement import (
    default_placement,
    not_offered,
    placement_advice,
)
from ansible_collections.spiceai.cloud.plugins.module_utils._state import RunState
from ansible_collections.spiceai.cloud.plugins.module_utils._workflows.preflight import (
    Needs,
    check_role,
    limit_problems,
)
from ansible_collections.spiceai.cloud.tests.unit.fakes import API

READS = {
    "regions": ("/v1/regions", {"regions": [{"region": "us-east-1"}], "default": "us-east-1"}),
    "limits": ("/v1/limits", {"replicas": 3}),
    "organizations": ("/v1/orgs", {"orgs": [{"name": "acme", "role": "admin"}]}),
    "clusters": ("/v1/clusters", {"clusters": [{"cluster_name": "west"}]}),
}


@pytest.fixture(params=["directory", "memory"])
def state(request, tmp_path):
    return RunState(str(tmp_path / "shared") if request.param == "directory" else None)


@pytest.fixture
def one_more_task(state, client, clock):
    """Makes the client of one more task of the run, a second later."""

    def make(**options):
        clock.now += 1
        return client(state, **options)

    return make


def offer(http, *names, default=None):
    answer = {"regions": [{"region": name} for name in names], "default": default or (names[0] if names else None)}
    http.upsert("GET", API + "/v1/regions", json=answer)


@pytest.mark.parametrize("read", READS)
def test_a_run_reads_it_once_for_each_credential_and_organization(http, one_more_task, read):
    path, answer = READS[read]
    http.get(API + path, json=answer)
    found = [getattr(Platform(one_more_task()), read)() for dummy in range(3)]
    assert found[0] == found[1] == found[2]
    assert len(http.calls) == 1
    getattr(Platform(one_more_task(org="acme")), read)()
    getattr(Platform(one_more_task(api_token="another")), read)()
    assert len(http.calls) == 3


@pytest.mark.parametrize("read", READS)
def test_a_fresh_answer_is_not_older_than_the_task_and_read_once_by_it(http, one_more_task, read):
    path, answer = READS[read]
    http.get(API + path, json=answer)
    getattr(Platform(one_more_task()), read)()
    task = one_more_task()
    for dummy in range(3):
        getattr(Platform(task), read)(is_fresh=True)
    assert len(http.calls) == 2
    getattr(Platform(one_more_task()), read)()
    assert len(http.calls) == 2


def test_what_one_task_does_with_the_answer_does_not_reach_the_next(http, one_more_task):
    http.get(API + "/v1/limits", json={"replicas": 3})
    for dummy in range(3):
        limits = Platform(one_more_task()).limits()
        assert limits == {"replicas": 3}
        limits.clear()


def test_container_images_and_members_are_not_remembered(http, one_more_task):
    http.get(API + "/v1/container-images", json={"images": [], "default": None})
    for dummy in range(2):
        Platform(one_more_task()).container_images()
    assert len(http.calls) == 2


def test_a_failure_is_told_to_those_who_wait_and_not_remembered(http, one_more_task, clock):
    http.get(API + "/v1/limits", status=403, json={"error": "no"})
    for dummy in range(2):
        with pytest.raises(ApiError) as caught:
            Platform(one_more_task()).limits()
        assert caught.value.status == 403
    assert len(http.calls) == 1
    clock.now += 10
    http.upsert("GET", API + "/v1/limits", json={"replicas": 3})
    assert Platform(one_more_task()).limits() == {"replicas": 3}


def test_a_passing_failure_is_retried(http, one_more_task):
    for status in (503, 429):
        http.get(API + "/v1/limits", status=status)
    http.get(API + "/v1/limits", json={"replicas": 3})
    task = one_more_task()
    assert Platform(task).limits() == {"replicas": 3}
    assert task.stats()["retries"] == 2


@pytest.mark.parametrize(
    ("objections", "result", "reads"), [(["", "x"], "", 1), (["x", ""], "", 2), (["x", "y"], "y", 2)]
)
def test_only_a_fresh_answer_may_object(objections, result, reads):
    asked = []

    def read(is_fresh):
        asked.append(is_fresh)
        return objections[len(asked) - 1]

    assert unless_outdated(read, lambda answer: answer) == result
    assert asked == [False, True][:reads]


def test_a_region_that_is_offered_since_the_run_began_is_not_refused(http, one_more_task):
    offer(http, "us-east-1")
    assert "us-east-1" in not_offered(Platform(one_more_task()), {"region": "eu-west-1"})
    offer(http, "us-east-1", "eu-west-1")
    assert not_offered(Platform(one_more_task()), {"region": "eu-west-1"}) == ""
    assert len(http.calls) == 2


def test_a_default_region_that_is_new_is_found(http, one_more_task):
    offer(http)
    with pytest.raises(InvalidOption, match="offers no region"):
        default_placement(Platform(one_more_task()))
    offer(http, "us-west-2")
    assert default_placement(Platform(one_more_task())) == {"region": "us-west-2"}


def test_a_limit_that_was_raised_since_the_run_began_is_not_refused(http, one_more_task):
    http.get(API + "/v1/limits", json={"replicas": 1})
    assert len(limit_problems(one_more_task(), Needs(replicas=2))) == 1
    http.upsert("GET", API + "/v1/limits", json={"replicas": 5})
    assert limit_problems(one_more_task(), Needs(replicas=2)) == []
    assert limit_problems(one_more_task(), Needs(replicas=3)) == []
    assert len(http.calls) == 2


def test_a_role_that_was_raised_since_the_run_began_is_not_refused(http, one_more_task):
    http.get(API + "/v1/orgs", json={"orgs": [{"name": "acme", "role": "viewer"}]})
    with pytest.raises(InvalidOption, match="viewer"):
        check_role(one_more_task(), "")
    http.upsert("GET", API + "/v1/orgs", json={"orgs": [{"name": "acme", "role": "admin"}]})
    check_role(one_more_task(), "members")
    assert len(http.calls) == 2


def test_a_default_that_the_server_rejects_is_not_the_next_tasks_default(http, one_more_task):
    offer(http, "us-east-1")
    default_placement(Platform(one_more_task()))
    offer(http, "us-west-2")
    platform = Platform(one_more_task())
    assert default_placement(platform) == {"region": "us-east-1"}
    rejected = ApiError("no", "POST", "/v1/apps", status=400, details={"fieldErrors": {"region": ["Unknown region"]}})
    placement_advice(platform, None, rejected)
    assert default_placement(Platform(one_more_task())) == {"region": "us-west-2"}
