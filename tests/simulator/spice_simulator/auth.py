# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Credentials: who calls, in which organization, with which scopes and role.

Sources: the vendor's specification of its API (failure texts, inclusion of scopes) and its page on organization
context (``X-Org-Name``).
"""

import base64
import hashlib
import hmac
import json
import re
import uuid
from dataclasses import dataclass, field
from typing import Any, Optional

from starlette.datastructures import Headers

from spice_simulator.errors import ApiError
from spice_simulator.records import Client, Pat
from spice_simulator.store import Organization, Store, User

ALL_SCOPES = (
    "apps:read",
    "apps:write",
    "apps:delete",
    "deployments:read",
    "deployments:write",
    "secrets:read",
    "secrets:write",
    "config:read",
    "config:write",
    "members:read",
    "members:write",
    "members:delete",
    "monitors:read",
    "monitors:write",
    "reactions:read",
    "reactions:write",
)
_INCLUDED = {"read": ("read", "write", "delete"), "write": ("write", "delete"), "delete": ("delete",)}
_ORG_NAME = re.compile(r"[A-Za-z0-9._-]{1,255}")
RANK = {"viewer": 0, "member": 1, "admin": 2, "owner": 3}


@dataclass
class Identity:
    """What the Authorization header says. ``failure`` holds the 401, to be raised by routes that need a token."""

    name: Optional[str] = None
    token: Optional[str] = None
    user: Optional[User] = None
    client: Optional[Client] = None
    org_name: Optional[str] = None
    scopes: list[str] = field(default_factory=list)
    failure: Optional[ApiError] = None

    def created_by(self) -> dict[str, Any]:
        """How a deployment names its author."""
        if self.user:
            return {"created_by": self.user.email, "created_by_id": self.user.user_id}
        return {"created_by": self.client.name if self.client else None, "created_by_id": None}


def _encode(data: bytes) -> str:
    return base64.urlsafe_b64encode(data).rstrip(b"=").decode()


def _signature(store: Store, signed: str) -> str:
    return _encode(hmac.new(store.token_key, signed.encode(), hashlib.sha256).digest())


def issue_token(store: Store, client: Client, scopes: list[str]) -> tuple[str, int]:
    """A signed access token and its lifetime in seconds."""
    lifetime = store.settings.token_lifetime_seconds
    claims = {
        "client_id": client.client_id,
        "org_id": organization(store, client.org).id,
        "scopes": scopes,
        "jti": str(uuid.uuid4()),
        "exp": store.clock.now() // 1000 + int(lifetime),
    }
    parts = ({"alg": "HS256", "typ": "JWT"}, claims)
    signed = ".".join(_encode(json.dumps(part, separators=(",", ":")).encode()) for part in parts)
    return f"{signed}.{_signature(store, signed)}", int(lifetime)


def _claims(store: Store, token: str) -> Optional[dict[str, Any]]:
    head, dot, signature = token.rpartition(".")
    # Compared as bytes: a header may hold what is not ASCII.
    if not dot or not hmac.compare_digest(_signature(store, head).encode(), signature.encode()):
        return None
    payload = head.split(".")[1]
    claims: dict[str, Any] = json.loads(base64.urlsafe_b64decode(payload + "=" * (-len(payload) % 4)))
    return claims


def identify(store: Store, headers: Headers) -> Identity:
    """Read the Authorization header. Never raises: routes without a token must not fail on a bad one."""
    header = headers.get("authorization")
    if header is None:
        return Identity(failure=ApiError(401, "Missing Authorization header"))
    scheme, _space, token = header.partition(" ")
    token = token.strip()
    wrong = Identity(failure=ApiError(401, "Invalid token format"))
    if scheme.lower() != "bearer" or not token:
        return wrong
    pat = store.pats.get(token)
    if pat:
        return _pat_identity(store, pat)
    claims = _claims(store, token)
    client = store.clients.get(claims["client_id"]) if claims else None
    if not claims or not client:
        return wrong
    known = Identity(
        name=f"client:{client.name}", token=token, client=client, org_name=client.org, scopes=claims["scopes"]
    )
    if claims["jti"] in store.expired_tokens or claims["exp"] * 1000 <= store.clock.now():
        known.failure = ApiError(401, "Token expired")
    return known


def _pat_identity(store: Store, pat: Pat) -> Identity:
    user = store.user(pat.user)
    org_name = pat.org
    if org_name is None and user:
        org_name = next((org.name for org in store.orgs.values() if _member(org, user)), None)
    known = Identity(name=f"pat:{pat.name}", token=pat.token, user=user, org_name=org_name, scopes=pat.scopes)
    if pat.expired:
        known.failure = ApiError(401, "Token expired")
    return known


def expire(store: Store, identity: Identity) -> None:
    """Make the token that was just used worthless; an OAuth client can get itself a new one."""
    if identity.token is None:
        return
    if identity.token in store.pats:
        store.pats[identity.token].expired = True
        return
    claims = _claims(store, identity.token)
    if claims:
        store.expired_tokens.add(claims["jti"])


def _member(org: Organization, user: User) -> bool:
    return user.user_id in org.members and not org.deleted


def organization(store: Store, name: str) -> Organization:
    """An organization that credentials are pinned to."""
    org = store.org(name)
    if org is None:
        raise ApiError(403, "You are not a member of the requested organization", "org_forbidden")
    return org


def choose_org(store: Store, identity: Identity, headers: Headers) -> Optional[Organization]:
    """The organization a request acts in; None for a user that belongs to none. Raises the 400 and 403 answers."""
    wanted = headers.get("x-org-name")
    if wanted is not None and not _ORG_NAME.fullmatch(wanted.strip()):
        raise ApiError(400, "X-Org-Name must be the name of an organization", "invalid_org_assertion")
    name = (wanted or "").strip() or identity.org_name
    if name is None:
        return None
    org = store.org(name)
    if identity.client:
        if name.lower() != identity.client.org.lower():
            raise ApiError(403, "The OAuth client belongs to another organization", "org_assertion_mismatch")
    elif org is None or identity.user is None or identity.user.user_id not in org.members:
        raise ApiError(403, "You are not a member of the requested organization", "org_forbidden")
    if org is None or org.deleted:
        raise ApiError(403, "The organization was deleted", "org_deleted")
    return org


def has_scope(identity: Identity, scope: str) -> bool:
    """Whether the scope is there, or one that includes it: write includes read, delete includes write."""
    if "*" in identity.scopes:
        return True
    kind, _colon, verb = scope.partition(":")
    return any(f"{kind}:{more}" in identity.scopes for more in _INCLUDED.get(verb, ()))


def need_scope(identity: Identity, scope: str) -> None:
    """403 unless the scope is there."""
    if not has_scope(identity, scope):
        raise ApiError(403, f"Insufficient scope. Required: {scope}", "insufficient_scope")


def role_of(identity: Identity, org: Organization) -> str:
    """The highest role in the organization; an OAuth client acts as an owner."""
    if identity.client:
        return "owner"
    if identity.user is None or identity.user.user_id not in org.members:
        return "viewer"
    return max(org.members[identity.user.user_id].roles, key=lambda role: RANK[role])


def need_role(identity: Identity, org: Organization, lowest: str) -> None:
    """403 when the role is too low."""
    if RANK[role_of(identity, org)] < RANK[lowest]:
        raise ApiError(403, "Your role in the organization does not allow this", "forbidden")
