# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""A dataset of a spicepod is found among those that a runtime names in its own way."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.table_names import ByTableName


@pytest.mark.parametrize(
    ("wanted", "served"),
    [
        ("orders", "orders"),
        ("Sales.Customer", "sales.customer"),
        ("my-table", '"my-table"'),
        ("my-table", "my-table"),
        ("My-Table", '"My-Table"'),
        ("My-Table", '"my-table"'),
        ("2022_orders", '"2022_orders"'),
        ('a."b.c"', 'a."b.c"'),
        ('a."b.c"', "a.b.c"),
        ('A."B.C"', 'a."B.C"'),
        ("`Back`.Tick", '"Back".tick'),
        ("`back.tick`", '"back.tick"'),
        ('"say ""hi"""', '"say ""hi"""'),
        ("two words", '"two words"'),
        ("sales.2022", '"sales.2022"'),
        ("a.b.c.d", '"a.b.c.d"'),
        ("x", "public.x"),
        ("x", "spice.public.x"),
        ("public.X", "x"),
        ("spice.public.x", "x"),
        ("spice.sales.x", "sales.x"),
        ('"Spice"."Public"."X"', "x"),
        ("GRÖSSE", '"größe"'),
        ("", '""'),
        ('half"quoted', '"half""quoted"'),
        ("a..b", '"a..b"'),
        ('x"', 'x"'),
    ],
)
def test_the_same_table(wanted, served):
    part = {"name": served}
    assert ByTableName([{"name": "other"}, part]).find(wanted) is part


@pytest.mark.parametrize(
    ("wanted", "served"),
    [
        ("orders", "order"),
        ("orders", "sales.orders"),
        ("sales.orders", "orders"),
        ("sales.x", "other.sales.x"),
        ("my-table", "my_table"),
        ("a.b", "b.a"),
        ("orders", None),
        ("orders", 7),
        ("orders", ["orders"]),
        ("", "orders"),
    ],
)
def test_another_table(wanted, served):
    assert ByTableName([{"name": served}]).find(wanted) is None


@pytest.mark.parametrize("is_reversed", [False, True])
@pytest.mark.parametrize("wanted", ["orders", '"Orders"', 'a."b.c"', '"a.b".c', '"a.b.c"'])
def test_of_names_that_are_alike_the_exact_one_is_found(wanted, is_reversed):
    parts = [{"name": name} for name in ("orders", '"Orders"', 'a."b.c"', '"a.b".c', '"a.b.c"')]
    found = ByTableName(parts[::-1] if is_reversed else parts).find(wanted)
    assert found == {"name": wanted}


def test_an_item_without_a_name_is_never_found():
    assert ByTableName([{}, {"name": None}]).find("None") is None
