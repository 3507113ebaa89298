# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Apps chosen by their tags."""

from __future__ import annotations


def with_tags(apps, tags):
    """list[dict]: the apps that have all of these tags with these values; values that are no texts count as the texts that the API makes of them."""
    wanted = {str(key): str(value).lower() if isinstance(value, bool) else str(value) for key, value in tags.items()}
    return [app for app in apps if wanted.items() <= dict(app.get("tags") or {}).items()]


class FilterModule:
    """Ansible looks for this name."""

    def filters(self):
        return {"with_tags": with_tags}
