# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apps chosen by their tags."""

from __future__ import annotations


from ansible_collections.spiceai.cloud.plugins.module_utils._resources.app import has_tags


def with_tags(apps, tags):
    """list[dict]: the apps that have all of these tags with these values."""
    return [app for app in apps if has_tags(app, tags)]


class FilterModule:
    """Ansible looks for this name."""

    def filters(self):
        return {"with_tags": with_tags}
