# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Secrets as a set: what is written, what is left alone, what is deleted, and the fingerprints that remember it.

Values can never be read back, so there are three policies: ``always`` writes, ``on_create`` writes what is missing, ``on_change`` compares keyed
fingerprints (see ``fingerprints.py``).
"""

from __future__ import annotations

import re

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secrets import MASK, Secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._bulk import failed_sentence, raise_failed, run_all
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError, Refused
from ansible_collections.spiceai.cloud.plugins.module_utils._meaning import dump
from ansible_collections.spiceai.cloud.plugins.module_utils._resources import fingerprints
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.parent import find_parent
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.tags import write_tags

NAME = re.compile(r"[A-Za-z_][A-Za-z0-9_]*")
FAILED = "These secrets could not be brought to their wanted state:"


def converge_secrets(task, values, unwanted=(), purge=False):
    """Brings an app's secrets to the wanted state.

    Args:
        task (Task): options ``app``, ``app_id``, ``update_secret``, ``fingerprint_key``.
        values (dict): name to wanted value. unwanted (iterable): names to delete. purge (bool): delete all others too.

    Returns:
        dict: ``changed``, ``outcomes``, ``secrets`` (name to masked secret), ``deployment_required``.

    Raises:
        Refused: an option that cannot be right. ApiError: with the outcomes so far in ``partial``.
    """
    key = task.params.get("fingerprint_key")
    policy, values = checked_secrets(task, values, unwanted)
    apps = Apps(task.client)
    app = find_parent(task, apps)
    secrets = Secrets(apps)
    existing = {} if app is None else {secret["name"]: secret for secret in secrets.list(app["id"])}
    tags = (app or {}).get("tags") or {}
    marks = {name: fingerprints.fingerprint(key, app["id"] if app else None, name, value) for name, value in values.items()} if policy == "on_change" else {}

    outcomes = {name: _verdict(policy, existing.get(name), marks.get(name), tags) for name, value in values.items()}
    doomed = set(unwanted) | (set(existing) - set(values) if purge else set())
    outcomes.update((name, "deleted" if name in existing else "unchanged") for name in sorted(doomed))

    failed = {}
    after = dict(existing)
    changing = [name for name, verdict in outcomes.items() if verdict != "unchanged"]
    if task.check_mode:
        after.update((name, {"name": name, "value": MASK}) for name in values if name not in existing)
    elif changing:
        done, failed = run_all({name: _job(task, secrets, app["id"], name, values, existing) for name in changing})
        after.update((name, secret) for name, secret in done.items() if secret)
        task.wrote = task.wrote or bool(done)
    for name, verdict in outcomes.items():
        if name in failed:
            outcomes[name] = "failed"
        elif verdict == "deleted":
            after.pop(name, None)
    outdated = _outdated(tags, [name for name in doomed if outcomes[name] != "failed"], after if purge else None)

    result = {
        "changed": bool(outdated) or any(verdict not in ("unchanged", "failed") for verdict in outcomes.values()),
        "outcomes": outcomes,
        "deployment_required": any(verdict in ("created", "updated", "deleted") for verdict in outcomes.values()),
    }
    if task.diff_mode:
        result["diff"] = _diff(existing, outcomes)
    if not task.check_mode:
        written = {fingerprints.tag_key(name): fingerprints.tag_value(marks[name], after[name]["updated_at"])
                   for name in marks if outcomes[name] in ("created", "updated")}
        if written or outdated:
            _remember(task, apps, app, written, outdated, failed, result)
    raise_failed(FAILED, failed, result)
    return dict(result, secrets=after)


def checked_secrets(task, values, unwanted=()):
    """tuple[str, dict]: the policy, and the values as texts. Asks the server nothing. Raises Refused."""
    policy = _policy(task.params.get("update_secret"), task.params.get("fingerprint_key"))
    values = {name: _text(task, name, value) for name, value in values.items()}
    for name in list(values) + list(unwanted):
        _check_name(task, name)
    return policy, values


def _policy(asked, key):
    if asked == "on_change" and not key:
        raise Refused("`update_secret: on_change` needs `fingerprint_key`: values cannot be read back, so a keyed fingerprint of each is kept as a tag.")
    return asked or ("on_change" if key else "always")


def _text(task, name, value):
    """str: what is sent; from here on no message shows it."""
    if isinstance(value, bool):
        return str(value).lower()
    if value is None or isinstance(value, (dict, list)):
        raise Refused("The secret %s has no text as its value." % name)
    task.client.hide(str(value))
    return str(value)


def _check_name(task, name):
    if not NAME.fullmatch(name):
        raise Refused("`%s` is no name of a secret: it takes letters, digits and underscores, and does not begin with a digit." % name)
    if name != name.upper():
        task.warn("The secret %s is not in upper case: the runtime looks secrets up in upper case." % name)


def _verdict(policy, secret, mark, tags):
    """str: what is to be done with one wanted secret."""
    if secret is None:
        return "created"
    if policy == "on_create":
        return "unchanged"
    if policy == "on_change" and tags.get(fingerprints.tag_key(secret["name"])) == fingerprints.tag_value(mark, secret["updated_at"]):
        return "unchanged"
    return "updated"


def _job(task, secrets, app_id, name, values, existing):
    """A callable that carries out one write; a lost answer is resolved by reading before the value is sent again."""
    if name not in values:
        return lambda: secrets.delete(app_id, name)

    def write():
        before = existing.get(name, {}).get("updated_at")
        for attempt in range(task.client.config.retries + 1):
            try:
                return secrets.write(app_id, name, values[name])
            except ApiError as error:
                if not error.outcome_unknown:
                    raise
                now = next((secret for secret in secrets.list(app_id) if secret["name"] == name), None)
                if now is not None and now["updated_at"] != before:
                    return now
                if attempt == task.client.config.retries:
                    raise
                task.client.pause(attempt, None, error)
        return None

    return write


def _outdated(tags, gone, remaining):
    """set[str]: the fingerprints among these tags whose secret is gone; with ``remaining`` (names) all others too."""
    keys = {fingerprints.tag_key(name) for name in gone}
    if remaining is not None:
        kept = {fingerprints.tag_key(name) for name in remaining}
        keys |= {tag for tag in tags if tag.startswith(fingerprints.PREFIX) and tag not in kept}
    return keys & set(tags)


def _remember(task, apps, app, written, outdated, failed, result):
    """Brings the fingerprints in the tags up to date."""
    try:
        write_tags(apps, app, written, outdated)
    except Refused as error:
        error.partial = result
        raise
    except ApiError as error:
        done = "%s. Of the others" % failed_sentence(FAILED, failed).rstrip(".") if failed else "The secrets are as wanted, but"
        cure = ("; where the plan has no tags use `update_secret: always` or `update_secret: on_create`, which need none."
                if error.status in (400, 402, 403) else "")
        error.args = ("%s the fingerprints could not be kept as tags of the app: %s%s" % (done, str(error).rstrip("."), cure or "."),)
        error.partial = result
        raise
    task.wrote = True


def _diff(existing, outcomes):
    """dict: names and what happens to them, never a value."""
    words = {"created": "set", "updated": "set anew", "unchanged": "set", "failed": "set"}
    before = {name: "set" for name in outcomes if name in existing}
    after = {name: words[verdict] for name, verdict in outcomes.items() if verdict in words and (name in existing or verdict in ("created", "updated"))}
    return {"before": dump(before), "after": dump(after), "before_header": "secrets", "after_header": "secrets"}
