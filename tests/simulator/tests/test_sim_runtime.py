# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The runtime side."""

import pytest


@pytest.fixture
def app(sim):
    sim.manual(1, 1, 5)
    made = sim.app_with_pod()
    sim.key = sim.ok("GET", f"/v1/apps/{made['id']}/api-keys")["api_key"]
    return made


def get(sim, app, path, key=None, **more):
    return sim.raw("GET", f"/runtime/{app['id']}{path}", headers={"X-API-Key": key or sim.key}, **more)


def query(sim, app, text=None, body=None, **headers):
    headers = {"X-API-Key": sim.key, **headers}
    url = f"/runtime/{app['id']}/v1/sql"
    if body is not None:
        return sim.raw("POST", url, headers=headers, json=body)
    return sim.raw("POST", url, headers={"Content-Type": "text/plain", **headers}, data=text)


def test_from_nothing_to_ready(sim, app):
    assert get(sim, app, "/v1/ready").status_code == 503
    sim.deploy(app)
    sim.advance(1.5)
    assert get(sim, app, "/v1/ready").status_code == 503
    sim.advance(0.5)
    assert get(sim, app, "/v1/ready").status_code == 503
    assert get(sim, app, "/v1/datasets?status=true").json()[0] == {
        "name": "orders",
        "from": "s3://bucket/orders",
        "status": "Initializing",
        "error_message": None,
    }
    sim.advance(5)
    assert get(sim, app, "/v1/ready").text == "ready"
    assert [one["status"] for one in get(sim, app, "/v1/datasets?status=true").json()] == ["Ready", "Ready"]
    assert get(sim, app, "/v1/datasets").json()[0] == {"name": "orders", "from": "s3://bucket/orders"}
    assert get(sim, app, "/v1/models?status=true").json()["data"][0]["id"] == "assistant"


def test_keys(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    path = f"/v1/apps/{app['id']}/api-keys"
    for key in ("wrong", "None", "null"):
        assert get(sim, app, "/v1/ready", key).status_code == 401
    assert sim.raw("GET", f"/runtime/{app['id']}/v1/ready").status_code == 401
    second = sim.ok("POST", path, {"key_number": 2})["api_key_2"]
    assert get(sim, app, "/v1/ready", second).status_code == 200
    fresh = sim.ok("POST", path, {"key_number": 1})["api_key"]
    assert get(sim, app, "/v1/ready").status_code == 401
    assert get(sim, app, "/v1/ready", fresh).status_code == 200
    log = sim.log(path_regex="^/runtime/")
    assert log[-1]["credential"] == "key 1 of my-app"
    assert log[-2]["credential"] is None


def test_it_shows_what_was_deployed(sim, app, pod):
    sim.deploy(app)
    sim.advance(10)
    sim.ok("PUT", f"/v1/apps/{app['id']}", {"spicepod": {**pod, "datasets": [], "models": []}})
    assert len(get(sim, app, "/v1/datasets").json()) == 2
    sim.control("PUT", "/outcomes", [{"status": "failed"}])
    sim.deploy(app)
    sim.advance(10)
    assert len(get(sim, app, "/v1/datasets").json()) == 2
    sim.deploy(app)
    sim.advance(10)
    assert get(sim, app, "/v1/datasets").json() == []


def test_dataset_errors(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True, "dataset_errors": {"orders": "no access"}}])
    found = {one["name"]: one for one in get(sim, app, "/v1/datasets?status=true").json()}
    assert (found["orders"]["status"], found["orders"]["error_message"]) == ("Error", "no access")
    assert found["customers"]["status"] == "Ready"
    assert get(sim, app, "/v1/ready").status_code == 200
    sim.seed(dataset_errors={"assistant": "no model"})
    assert get(sim, app, "/v1/models?status=true").json()["data"][0]["status"] == "Error"


def test_sql(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True, "sql": {"SELECT max(x) FROM t": [{"m": 9}]}}])
    assert query(sim, app, "SELECT 1").json() == [{"Int64(1)": 1}]
    assert query(sim, app, "select   MAX(x)\nfrom t;").json() == [{"m": 9}]
    assert query(sim, app, "SELECT COUNT(*) AS n FROM orders").json() == [{"n": 3}]
    assert query(sim, app, "SELECT count(*) > 0 AS some FROM orders").json() == [{"some": True}]
    assert "not found" in query(sim, app, "SELECT count(*) > 0 AS some FROM nothing").text
    assert query(sim, app, 'SELECT * FROM "orders" LIMIT 2').json() == [{"id": 1}, {"id": 2}]
    assert query(sim, app, body={"sql": "SELECT 1", "parameters": []}).json() == [{"Int64(1)": 1}]
    assert query(sim, app, body={"sql": "SELECT 1"}).status_code == 400
    assert "not found" in query(sim, app, "SELECT * FROM nothing").text
    assert query(sim, app, "DROP TABLE orders").status_code == 400
    assert query(sim, app, "SELECT 1", **{"X-API-Key": "wrong"}).status_code == 401
    sim.seed(sql={"SELECT 2": [{"two": 2}]})
    assert query(sim, app, "SELECT 2").json() == [{"two": 2}]
    assert sim.log(writes="true", path_regex="^/runtime/") == []


def test_paused_and_gone(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    sim.ok("POST", f"/v1/apps/{app['id']}/pause")
    assert get(sim, app, "/v1/ready").status_code == 503
    sim.ok("POST", f"/v1/apps/{app['id']}/resume")
    sim.advance(10)
    assert get(sim, app, "/v1/ready").status_code == 200
    sim.ok("DELETE", f"/v1/apps/{app['id']}")
    assert get(sim, app, "/v1/ready").status_code == 404
    assert sim.raw("GET", "/runtime/x/v1/ready").status_code == 404


@pytest.mark.parametrize(("offers", "refused"), [("all", 0), ("no_datasets", 1), ("nothing", 3)])
def test_what_is_not_offered_is_a_501(sim, app, offers, refused):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    sim.switches(runtime_offers=offers)
    found = [get(sim, app, f"/v1/{what}").status_code for what in ("datasets", "ready", "models")]
    assert found == [501] * refused + [200] * (3 - refused)


def test_a_move_needs_a_deployment(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    moved = sim.ok("PUT", f"/v1/apps/{app['id']}", {"cluster_name": "acme-prod-west"})
    new = moved["endpoint"].replace(sim.address, "")
    assert get(sim, app, "/v1/ready").status_code == 404
    assert sim.raw("GET", new + "/v1/ready", headers={"X-API-Key": sim.key}).status_code == 503
    sim.deploy(app)
    sim.advance(10)
    assert sim.raw("GET", new + "/v1/ready", headers={"X-API-Key": sim.key}).status_code == 200


@pytest.mark.parametrize(
    ("name", "written"),
    [
        ("orders", "orders"),
        ("Sales.Customer", "sales.customer"),
        ("my-table", '"my-table"'),
        ("My-Table", '"My-Table"'),
        ("2022_orders", '"2022_orders"'),
        ("_2022", "_2022"),
        ('a."b.c"', 'a."b.c"'),
        ('"Orders"', '"Orders"'),
        ('Shop."say ""hi"""', 'shop."say ""hi"""'),
        ("`Back`.Tick", '"Back".tick'),
        ("two words", '"two words"'),
        ("sales.2022", '"sales.2022"'),
        ("Größe", '"größe"'),
        ("public.Orders", "public.orders"),
        ("a.b.c.d", '"a.b.c.d"'),
        ("spice.public.orders", None),
    ],
)
def test_names_of_datasets(sim, app, pod, name, written):
    sim.seed(apps=[{"name": "my-app", "deployed": True, "spicepod": {**pod, "datasets": [{"name": name}]}}])
    found = [one["name"] for one in get(sim, app, "/v1/datasets?status=true").json()]
    assert found == ([] if written is None else [written])
    if written is not None:
        assert query(sim, app, f"SELECT count(*) AS n FROM {written}").json() == [{"n": 3}]
    assert "not found" in query(sim, app, 'SELECT count(*) FROM "Another"').text


def test_tables_in_sql(sim, app, pod):
    datasets = [{"name": "Sales.Customer"}, {"name": '"Upper"'}, {"name": "orders"}]
    sim.seed(apps=[{"name": "my-app", "deployed": True, "spicepod": {**pod, "datasets": datasets}}])
    for table in ("SALES.customer", "spice.sales.customer", '"sales"."customer"', '"Upper"', "public.ORDERS"):
        assert query(sim, app, f"SELECT count(*) AS n FROM {table}").json() == [{"n": 3}], table
    for table in ("customer", "upper", "Upper", '"Orders"', "other.orders", '"sales.customer"'):
        assert query(sim, app, f"SELECT count(*) AS n FROM {table}").status_code == 400, table


def test_models_come_in_an_envelope(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    model = {"id": "assistant", "object": "model", "owned_by": "openai:gpt", "datasets": None}
    assert get(sim, app, "/v1/models?status=true").json() == {"object": "list", "data": [{**model, "status": "Ready"}]}
    assert get(sim, app, "/v1/models").json()["data"] == [{**model, "status": None}]


def test_views(sim, app, pod):
    views = [{"name": "Rich_Customers", "sql": "SELECT 1"}, {"name": "broken", "sql": "SELECT nothing"}]
    sim.seed(
        apps=[
            {
                "name": "my-app",
                "deployed": True,
                "spicepod": {**pod, "views": views},
                "dataset_errors": {"broken": "no such column"},
            }
        ]
    )
    assert query(sim, app, "SELECT * FROM rich_customers LIMIT 1").json() == [{"id": 1}]
    assert "not found" in query(sim, app, "SELECT * FROM broken").text
    assert len(get(sim, app, "/v1/datasets").json()) == len(pod["datasets"])


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({"Authorization": "Bearer {key}"}, 200),
        ({"Authorization": "bearer {key}"}, 200),
        ({"X-API-Key": "", "Authorization": "Bearer {key}"}, 200),
        ({"X-API-Key": "{key}", "Authorization": "Bearer wrong"}, 200),
        ({"X-API-Key": "wrong", "Authorization": "Bearer {key}"}, 401),
        ({"Authorization": "Basic {key}"}, 401),
        ({"Authorization": "{key}"}, 401),
        ({"Authorization": "Bearer sim-pat-owner"}, 401),
        ({"Authorization": "Bearer "}, 401),
    ],
)
def test_where_the_key_may_stand(sim, app, headers, status):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    headers = {name: value.format(key=sim.key) for name, value in headers.items()}
    assert sim.raw("GET", f"/runtime/{app['id']}/v1/ready", headers=headers).status_code == status


@pytest.mark.parametrize(
    ("accept", "is_envelope"),
    [
        ("application/vnd.spiceai.sql.v1+json", True),
        ("application/vnd.spiceai.sql.v1+json, application/json", True),
        ("application/json, application/vnd.spiceai.sql.v1+json", False),
        ("*/*", False),
        ("", False),
    ],
)
def test_media_types_of_rows(sim, app, accept, is_envelope):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    answer = query(sim, app, "SELECT * FROM orders LIMIT 1", Accept=accept).json()
    if not is_envelope:
        assert answer == [{"id": 1}]
        return
    assert set(answer) == {"row_count", "schema", "data", "execution_time_ms"}
    assert (answer["row_count"], answer["data"]) == (1, [{"id": 1}])
    assert [(field["name"], field["data_type"]) for field in answer["schema"]["fields"]] == [("id", "Int64")]


def test_rows_in_the_form_of_the_shared_endpoint(sim, app):
    sim.seed(apps=[{"name": "my-app", "deployed": True}])
    sim.switches(sql_rows="envelope")
    assert query(sim, app, "SELECT * FROM orders LIMIT 1").json() == {
        "rowCount": 1,
        "schema": [{"name": "id", "type": {"name": "Int64"}}],
        "rows": [{"id": 1}],
    }
    sql_type = "application/vnd.spiceai.sql.v1+json"
    assert query(sim, app, "SELECT * FROM orders LIMIT 1", Accept=sql_type).json()["data"] == [{"id": 1}]
