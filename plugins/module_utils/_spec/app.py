# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Options of the app modules."""

from __future__ import annotations

APP = {
    "name": {"type": "str"},
    "app_id": {"type": "int"},
    "state": {"type": "str", "choices": ["present", "absent"], "default": "present"},
    "confirm": {"type": "str"},
    "region": {"type": "str"},
    "cluster_name": {"type": "str"},
    "cname": {"type": "str"},
    "standalone": {"type": "bool", "default": False},
    "description": {"type": "str"},
    "visibility": {"type": "str", "choices": ["public", "private"]},
    "tags": {"type": "dict"},
    "purge_tags": {"type": "bool", "default": False},
    "production_branch": {"type": "str"},
    "spicepod": {"type": "raw"},
    "registry": {"type": "str"},
    "image": {"type": "str"},
    "image_tag": {"type": "str"},
    "update_channel": {"type": "str"},
    "version": {"type": "str"},
    "replicas": {"type": "int"},
    "resources": {"type": "dict"},
    "executor": {"type": "dict"},
    "node_group": {"type": "str"},
    "storage_size_gb": {"type": "float"},
}

APP_EXCLUSIVE = [("name", "app_id"), ("region", "cluster_name", "cname")]

APP_INFO = {
    "name": {"type": "str", "aliases": ["app"]},
    "app_id": {"type": "int"},
    "with_config": {"type": "bool", "default": False},
}
