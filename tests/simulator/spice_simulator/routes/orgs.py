# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The organizations of the caller."""

from typing import Any

from spice_simulator import auth
from spice_simulator.api import Call, route


@route("GET", "/v1/orgs", "Organizations of the caller", scope="apps:read", answer="Orgs")
def list_orgs(call: Call) -> Any:
    """A user sees every organization it belongs to, an OAuth client its own."""
    found = []
    for org in call.store.orgs.values():
        if org.deleted:
            continue
        client, user = call.identity.client, call.identity.user
        if (client and client.org.lower() == org.name.lower()) or (user and user.user_id in org.members):
            found.append({"id": org.id, "name": org.name, "role": auth.role_of(call.identity, org)})
    return {"orgs": found}
