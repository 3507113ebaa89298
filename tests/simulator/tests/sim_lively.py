# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""An organization in which much goes on at once, for the tests of the page."""

HOSTILE = '<img src=x onerror="alert(1)"><script>alert(2)</script>'
LONG_NAME = "quarterly_revenue_forecast_by_region_and_product_line_with_currency_conversion"
UNBROKEN = "x" * 90
TAGS = {
    "env": "prod",
    "team": "data-platform",
    "ansible.active-api-key": "2-publishing_0123456789ab_deadbeef_1764300000_operator@bastion",
    "ansible.secret/PG_PASSWORD": "2026-11-28T03-00-00_7f3a9c1e55d04b6f8a2c",
}


def pod(*datasets, **more):
    """A spicepod with these datasets, each a name and where it comes from."""
    listed = [{"name": name, "from": source} for name, source in datasets]
    return {"version": "v1", "kind": "Spicepod", "name": "shop", "datasets": listed, **more}


SHOP = pod(
    ("orders", "s3://acme-lake/orders/2026/"),
    ("customers", "postgres:public.customers"),
    ("returns", "s3://acme-lake/returns/"),
    models=[{"name": "assistant", "from": "openai:gpt-5-mini"}],
)
NEXT = pod(
    ("orders", "s3://acme-lake/orders/2026/"),
    ("customers", "databricks:main.crm.customers"),
    ("shipments", "s3://acme-lake/shipments/"),
    models=[{"name": "assistant", "from": "openai:gpt-5-mini"}],
    runtime={"task_retention": "8h"},
)
ALERTS = [
    {
        "name": "Too many failures",
        "templateId": "http_5xx",
        "spec": {"op": "GEQ", "threshold": 5, "severity": "critical", "window": "15m"},
        "targets": [{"type": "email", "emails": ["ops@example.com"]}, {"type": "slack", "channelId": "C1"}],
        "fired": True,
    },
    {
        "name": "Slow queries",
        "templateId": "query_latency_p99",
        "spec": {"op": "GT", "threshold": 2.5},
        "targets": [{"type": "http", "url": "https://hooks.example.com/x", "token": "monitor-token-value"}],
        "status": "disabled",
    },
]


def apps():
    """The seed: what serves and what is configured differ, one is paused, one is hostile, one has only failed."""
    return [
        {"name": "idle-app", "standalone": True},
        {
            "name": "nightly-reports",
            "cluster_name": "acme-prod-east",
            "spicepod": pod(("reports", "s3://acme-lake/reports/")),
            "deployed": True,
            "paused": True,
        },
        {
            "name": "broken-app",
            "spicepod": pod(("orders", "s3://acme-lake/orders/")),
            "deployments": [
                {
                    "status": "failed",
                    "error_message": "The image could not be pulled from the registry in time",
                    "error_code": "image_pull_failed",
                    "commit_message": "release 41 [spice:0011223344556677]",
                    "created_by": "deployer",
                }
            ],
        },
        {
            "name": "hostile-app",
            "description": HOSTILE,
            "tags": {"note": UNBROKEN},
            "spicepod": pod(
                (HOSTILE, HOSTILE), (UNBROKEN, "s3://" + "deep/" * 30), (LONG_NAME, f"postgres:{LONG_NAME}")
            ),
            "dataset_errors": {HOSTILE: HOSTILE},
            "deployments": [{"commit_message": HOSTILE, "created_by": HOSTILE}],
        },
        {
            "name": "shop-prod",
            "description": "Orders and customers of the shop, for the dashboards and the assistant.",
            "region": "us-west-2",
            "tags": TAGS,
            "image_tag": "2.0.3",
            "replicas": 2,
            "spicepod": SHOP,
            "secrets": {"PG_PASSWORD": "first-value", "OLD_TOKEN": "old-value"},
            "linked_secrets": ["SHARED_S3_KEY"],
            "monitors": ALERTS,
            "dataset_errors": {"returns": "Access denied to s3://acme-lake/returns/"},
            "api_key": "prefix|first-key-of-the-shop",
            "deployments": [
                {"status": "failed", "error_message": "insufficient memory", "error_code": "unable_to_start"},
                {"commit_message": "release 42 [spice:89abcdef01234567]", "created_by": "alice@example.com"},
            ],
        },
    ]


def enliven(sim):
    """Fill the simulator, then use it: a fork, a rotated key, writes, faults, a deployment that goes on."""
    sim.seed(apps=apps())
    # Each deployment that is made from now on goes on until the clock is moved.
    sim.manual(queued=3, in_progress=30)
    shop = f"/v1/apps/{sim.state_app('shop-prod')['id']}"
    sim.ok("POST", f"{shop}/forks", {"name": "shop-preview"})
    sim.ok("POST", f"{shop}/api-keys", {"key_number": 2})
    sim.ok("PUT", shop, {"spicepod": NEXT, "image_tag": "2.1.0", "replicas": 3})
    sim.ok("POST", f"{shop}/secrets", {"name": "PG_PASSWORD", "value": "second-value"})
    sim.ok("POST", f"{shop}/secrets", {"name": "NEW_TOKEN", "value": "new-value"})
    sim.ok("DELETE", f"{shop}/secrets/OLD_TOKEN")
    sim.fault("status_before", path="/secrets$", method="GET", status=503, name="secrets-are-away")
    assert sim.api("GET", f"{shop}/secrets").status_code == 503
    sim.fault("rate_limit", path="^/v1/regions$", times=0)
    assert sim.api("GET", "/v1/regions").status_code == 429
    sim.api("GET", "/v1/apps?limit=100&after_id=1001")
    sim.api("GET", f"/v1/apps/{HOSTILE}")
    sim.token()
    sim.ok("POST", f"{shop}/deployments", {"commit_message": "release 43 [spice:fedcba9876543210]"}, status=202)
    sim.advance(8)
