# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""What follows from the secrets of an organization for its apps."""

from spice_simulator.store import App, Organization, Store


def delete(store: Store, org: Organization, name: str) -> None:
    """What the portal does: the secret is gone, and so is every link to it."""
    org.secrets.pop(name, None)
    for app in store.apps.values():
        if app.org_id == org.id and name in app.linked_secrets:
            app.linked_secrets.remove(name)


def values(store: Store, app: App) -> dict[str, str]:
    """What a deployment takes: the linked secrets of the organization and, before them, those of the app."""
    org = store.org_by_id(app.org_id)
    linked = {name: org.secrets.get(name, "the platform's own value") for name in app.linked_secrets}
    return {**linked, **{name: secret.value for name, secret in app.secrets.items()}}
