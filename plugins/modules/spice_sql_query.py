#!/usr/bin/python

# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations

DOCUMENTATION = r"""
module: spice_sql_query
short_description: Query the data of a Spice.ai Cloud app with SQL
version_added: 0.1.0
description:
  - Sends one SQL statement to the runtime of an app, with one of the app's API keys, and returns the rows.
  - With O(expect) it verifies what an app serves, and fails when the rows are others.
  - An app that is paused serves nothing, so the task fails and says since when.
  - Keep queries small, the whole answer becomes the result of the task. For another result than a few rows add
    C(LIMIT).
  - Needs the scope C(apps:read), and network access to the endpoint of the app.
author:
  - Spice.ai Cloud collection contributors (@spiceai)
extends_documentation_fragment:
  - spiceai.cloud.spice
  - spiceai.cloud.spice.app
  - spiceai.cloud.spice.key_number
  - spiceai.cloud.spice.task
attributes:
  check_mode:
    support: full
    description:
      - With O(read_only=true) it does the same in C(check_mode).
      - With O(read_only=false) it sends nothing in C(check_mode).
      - The result is C(changed) then, without rows.
      - O(expect) is not compared.
  diff_mode:
    support: none
    description: What a statement changes cannot be told.
options:
  query:
    description: The SQL statement. It is shown in the output of C(-vvv), so it must not hold secrets.
    type: str
    required: true
  read_only:
    description:
      - Whether the statement only reads. It must then be one that begins with SELECT, WITH, SHOW, DESCRIBE, EXPLAIN,
        VALUES or TABLE, and several at once are refused. This guards against mistakes; what an API key may do is
        decided by the runtime.
      - With V(false) the task is always C(changed), and the statement is never sent twice. When its answer is lost, the
        task fails and says so.
    type: bool
    default: true
  expect:
    description:
      - What the rows must be. A list is all rows in their order, and V([]) no rows at all; a dictionary is the only
        row; anything else is the only value of the only row.
      - Compared by meaning, so V(3) and V(3.0) are the same, and a column that is null is like one that is missing.
      - In a row the string V("3") is no number. As an only value it also stands for the number, because
        templates of ansible-core before 2.19 make strings of numbers.
    type: raw
"""

EXAMPLES = r"""
- name: Count the orders
  spiceai.cloud.spice_sql_query:
    app: sales-analytics
    query: SELECT count(*) AS n FROM orders
  register: orders

- name: Show the number
  ansible.builtin.debug:
    var: orders.rows[0].n

- name: Verify that the data is there
  spiceai.cloud.spice_sql_query:
    app: sales-analytics
    query: SELECT * FROM orders LIMIT 2
    expect:
      - id: 1
      - id: 2

- name: Add an order
  spiceai.cloud.spice_sql_query:
    app: sales-analytics
    query: INSERT INTO orders (id) VALUES (4)
    read_only: false
    key_number: 2
"""

RETURN = r"""
rows:
  description: The rows, each as a dictionary of its columns. Also when they are not those of O(expect).
  returned: success, or when the rows are not those expected
  type: list
  elements: dict
  sample: [{"n": 3}]
row_count:
  description: Number of rows.
  returned: success, or when the rows are not those expected
  type: int
  sample: 1
api:
  description:
    - How many requests this task sent, how many of them were writes, and how many retries there were.
    - C(throttled) is how often the answer was 429. C(paced_seconds) is how long the requests of this task waited, in
      sum, because of a rate limit or of O(requests_per_second).
  returned: always
  type: dict
  sample: {requests: 2, writes: 0, retries: 0, throttled: 0, paced_seconds: 0.0}
failure:
  description:
    - What the API answered to the request that failed. A field that the answer does not have is absent.
    - Never holds a header, a token, a secret or a key.
  returned: failure, when a request was sent or tried
  type: dict
  sample:
    status: 403
    code: insufficient_scope
    message: "Insufficient scope. Required: apps:read"
    method: GET
    path: /v1/apps/7
    retries: 0
"""

from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleSpec, run_module
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.sql import run_query
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.connection import CONNECTION
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.parent import APP_OF
from ansible_collections.spiceai.cloud.plugins.module_utils._spec.runtime import SQL_QUERY

SPEC = ModuleSpec("spice_sql_query", run_query, CONNECTION + APP_OF + SQL_QUERY)


def main() -> None:
    run_module(SPEC)


if __name__ == "__main__":
    main()
