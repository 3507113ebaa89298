# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The two runtime API keys of an app."""

from typing import Any

from spice_simulator.api import Call, route
from spice_simulator.store import new_api_key

_PATH = "/v1/{family}/{app_id}/api-keys"


@route("GET", _PATH, "API keys", scope="apps:read", answer="ApiKeys", errors=(400, 404))
def list_keys(call: Call) -> Any:
    """Both keys in clear, as the API answers them."""
    app = call.app()
    return {"api_key": app.api_key, "api_key_2": app.api_key_2}


@route(
    "POST",
    _PATH,
    "Regenerate API keys",
    scope="apps:write",
    role="member",
    body="RegenerateKey",
    body_required=False,
    answer="ApiKeysRegenerated",
    errors=(400, 404),
)
def regenerate(call: Call) -> Any:
    """0 both, 1 the primary (default), 2 the secondary; the runtime refuses the old key at once."""
    app = call.app()
    number = call.body().get("key_number", 1)
    for slot in (1, 2) if number == 0 else (number,):
        call.store.write_key(app, slot, new_api_key())
    return {"api_key": app.api_key, "api_key_2": app.api_key_2, "regenerated_key": number}
