# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause

# Private to this collection: nothing outside it may import this file, it changes without notice.

"""Secrets as a set: what is written, what is left alone, what is deleted, and the fingerprints that remember it.

Values can never be read back, so there are three policies: ``always`` writes, ``on_create`` writes what is missing, ``on_change`` compares keyed
fingerprints (see ``fingerprints.py``). The default is ``on_change`` where there is a key for them, else ``on_create``.
"""

from __future__ import annotations

import re
import threading

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
PROBLEMS = "These secrets cannot be written, and nothing was changed yet:"
SHOWN_OF_NAME = 4  # characters of what is not the name of a secret: it may be the value, where somebody swapped the two


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

    warn_of_uncompared(task, [name for name in values if name in existing])

    failed, missing = {}, set()
    after = dict(existing)
    changing = [name for name, verdict in outcomes.items() if verdict != "unchanged"]
    if task.check_mode:
        after.update((name, {"name": name, "value": MASK}) for name in values if name not in existing)
    elif changing:
        writer = _Writer(task, secrets, app, values, existing)
        done, failed = run_all({name: writer.job(name) for name in changing})
        after.update((name, secret) for name, secret in done.items() if secret)
        task.wrote = task.wrote or bool(done)
        missing = writer.missing
        # One message tells a few reasons only, and that a secret is missing is the one that must be among them.
        failed = dict(sorted(failed.items(), key=lambda item: item[0] not in missing))
    for name, verdict in outcomes.items():
        if name in failed:
            outcomes[name] = "failed"
        if verdict == "deleted" and name not in failed or name in missing:
            after.pop(name, None)
    outdated = _outdated(tags, [name for name in doomed if outcomes[name] != "failed"], after if purge else None)

    result = {
        "changed": bool(outdated or missing or set(outcomes.values()) - {"unchanged", "failed"}),
        "outcomes": outcomes,
        "deployment_required": any(verdict in ("created", "updated", "deleted") for verdict in outcomes.values()),
    }
    if task.diff_mode:
        result["diff"] = _diff(existing, outcomes, missing)
    if not task.check_mode:
        written = {fingerprints.tag_key(name): fingerprints.tag_value(marks[name], after[name]["updated_at"])
                   for name in marks if outcomes[name] in ("created", "updated")}
        if written or outdated:
            _remember(task, apps, app, written, outdated, failed, result)
    raise_failed(FAILED, failed, result)
    return dict(result, secrets=after)


def checked_secrets(task, values: dict, unwanted=()) -> tuple[str, dict[str, str]]:
    """tuple[str, dict]: the policy, and the values as strings. Sends nothing.

    Raises:
        Refused: tells all that is wrong.
    """
    asked, key = task.params.get("update_secret"), task.params.get("fingerprint_key")
    problems = secret_problems(task, values, unwanted)
    if asked == "on_change" and not key:
        problems.append("`update_secret: on_change` needs `fingerprint_key`: values cannot be read back, so a keyed"
                        " fingerprint of each is kept as a tag.")
    if problems:
        raise Refused(problems[0] if len(problems) == 1 else "\n- ".join([PROBLEMS, *problems]))
    return asked or ("on_change" if key else "on_create"), {name: str(value) for name, value in values.items()}


def secret_problems(task, values: dict, unwanted=()) -> list[str]:
    """list[str]: a sentence for each name and each value that is wrong.

    From here on no result shows a value, or what was given as a name and is not one: it may be the value.

    Args:
        task (Task): of a module for one secret, for many, or for an environment; the sentences name its options.
        values (dict): name to wanted value, as the user gives it. unwanted (iterable): names to delete.
    """
    problems = []
    shown = {}
    for name in [*values, *unwanted]:
        if NAME.fullmatch(name):
            shown[name] = name
            if name != name.upper():
                task.warn(f"The secret {name} is not in upper case: the runtime looks secrets up in upper case.")
        else:
            shown[name] = _beginning(name)
            task.client.hide(name)
            problems.append(f"{_option(task, 'name', 'secrets')} holds `{shown[name]}`, which is not the name of a secret:"
                            " it takes letters, digits and underscores, and does not begin with a digit."
                            " Check that name and value are not swapped.")
    for name, value in values.items():
        if isinstance(value, (str, int)) and not isinstance(value, bool):
            task.client.hide(str(value))
        fault = _fault(value)
        if fault:
            problems.append(f"{_option(task, 'value', 'secrets.' + shown[name])} {fault}")
    _hide_in_params(task, shown)
    return problems


def _option(task, of_one: str, of_many: str) -> str:
    """str: the option, as the user of this task knows it."""
    return f"`{of_one}`" if "name" in task.params else f"`{task.params.get('prefix') or ''}{of_many}`"


def _beginning(name: str) -> str:
    """str: as much of it as helps to find it, and never more than half."""
    start = name[:min(SHOWN_OF_NAME, len(name) // 2)]
    return "".join(char if char.isprintable() else "?" for char in start) + "..."


def _fault(value) -> str | None:
    """str | None: what is wrong with a value and what cures it, without the value."""
    if isinstance(value, str):
        if value.strip():
            return None
        return ("is empty or only white space: check the variable or lookup that gives it."
                " Such a value is never stored, not even in quotes.")
    if value is None:
        return "is null: check the variable or lookup that gives it."
    if isinstance(value, (dict, list)):
        what = "dictionary" if isinstance(value, dict) else "list"
        return f"is a {what}, not a string: put it in quotes, or add `| string` or `| to_json` to its template."
    if isinstance(value, bool) or not isinstance(value, int):
        what = "boolean" if isinstance(value, bool) else "number that is not whole"
        return f"is a {what}, not a string: put it in quotes, or add `| string` to its template."
    return None


def _hide_in_params(task, shown: dict[str, str]) -> None:
    """Takes what is not a name out of the options that Ansible shows as ``invocation``: of a mapping it masks the values."""
    params = task.params
    if isinstance(params.get("secrets"), dict):
        params["secrets"] = {shown.get(name, name): value for name, value in params["secrets"].items()}
    if "name" in params:
        params["name"] = shown.get(params["name"], params["name"])


def warn_of_uncompared(task, names: list[str]) -> None:
    """Where neither a policy nor a key is given: a warning that these existing secrets are left alone."""
    if task.params.get("update_secret") or task.params.get("fingerprint_key") or not names:
        return
    prefix = task.params.get("prefix") or ""
    some = "1 existing secret was" if len(names) == 1 else f"{len(names)} existing secrets were"
    task.warn(f"{some} not compared and left alone, because there is no `{prefix}fingerprint_key`: set it to write what"
              f" has changed, or set `{prefix}update_secret` to `always` or `on_create`.")


def _verdict(policy, secret, mark, tags):
    """str: what is to be done with one wanted secret."""
    if secret is None:
        return "created"
    if policy == "on_create":
        return "unchanged"
    if policy == "on_change" and tags.get(fingerprints.tag_key(secret["name"])) == fingerprints.tag_value(mark, secret["updated_at"]):
        return "unchanged"
    return "updated"


class _Writer:
    """Writes and deletes secrets of one app, some of them at the same time.

    Args:
        task (Task). secrets (Secrets). app (dict). values (dict): name to wanted value.
        existing (dict): name to secret, before the first write.

    Attributes:
        missing (set[str]): names that the app had and has no longer, because their last write failed.
    """

    def __init__(self, task, secrets: Secrets, app: dict, values: dict[str, str], existing: dict[str, dict]):
        self._task = task
        self._client = task.client
        self._secrets = secrets
        self._app = app
        self._values = values
        self._existing = existing
        self._replacing = threading.Lock()
        self.missing = set()

    def job(self, name: str):
        """A callable that carries out one write or deletion."""
        if name in self._values:
            return lambda: self._write(name)
        return lambda: self._secrets.delete(self._app["id"], name)

    def _write(self, name: str) -> dict:
        before = self._existing[name]["updated_at"] if name in self._existing else None
        secret, conflict = self._post(name, before)
        if conflict is None:
            return secret
        if before is None:
            raise conflict
        # Some servers never replace a secret: there it is deleted and written anew. One at a time, and none any more after
        # one that failed, because a server that takes no writes then costs one secret and not all of them.
        with self._replacing:
            return self._replace(name, before, conflict)

    def _post(self, name: str, before: str | None) -> tuple[dict | None, ApiError | None]:
        """Sends the value, with all retries. A lost answer is resolved by reading before the value is sent again.

        Args:
            before (str | None): the secret's ``updated_at``, None if there is no such secret.

        Returns:
            tuple: the secret and None, or None and the last error when that was a 409.

        Raises:
            ApiError: any other last error, or the time for waiting is used up.
        """
        lost = False
        attempt = 0
        while True:
            try:
                return self._secrets.write(self._app["id"], name, self._values[name]), None
            except ApiError as error:
                if error.status != 409 and not error.outcome_unknown:
                    raise
                lost = lost or error.outcome_unknown
                now = self._found(name) if lost else None
                if now is not None and now["updated_at"] != before:
                    return now, None
                if attempt >= self._client.config.retries:
                    error.retries += attempt
                    if error.status == 409:
                        return None, error
                    raise
                self._client.pause(attempt, None, error)
            attempt += 1

    def _found(self, name: str) -> dict | None:
        return next((secret for secret in self._secrets.list(self._app["id"]) if secret["name"] == name), None)

    def _replace(self, name: str, before: str, conflict: ApiError) -> dict:
        """Deletes the secret and writes it anew. Raises ApiError, which says so when the secret is missing now."""
        if self.missing:
            lost = ", ".join(self.missing)
            conflict.args = (f"{conflict} It was not deleted to be written anew, because that failed for {lost}.",)
            raise conflict
        now = self._found(name)
        if now is None or now["updated_at"] != before:
            raise conflict  # somebody else writes it
        self._client.extend_waiting()
        try:
            self._delete(name)
            secret, error = self._post(name, before)
        except (ApiError, Refused) as failed:
            secret, error = None, failed
        if error is None:
            return secret
        is_there = self._is_there(name)
        if not is_there:
            self._task.wrote = True
            self.missing.add(name)
            verb = "may be" if is_there is None else "is"
            error.args = (f"{error} The secret {name} {verb} missing from app {self._app['name']} now, because the API did not"
                          " replace it and this task deleted it to write it anew. Run the task again: it writes the secret.",)
        raise error

    def _delete(self, name: str) -> None:
        """Raises ApiError when the server refuses it."""
        try:
            self._secrets.delete(self._app["id"], name)
        except ApiError as error:
            # Without an answer it may have taken place: the write that follows shows it.
            if error.status is not None and 400 <= error.status < 500 and error.status != 408:
                raise

    def _is_there(self, name: str) -> bool | None:
        """bool | None: whether the app has it; None when the server does not tell."""
        try:
            return self._found(name) is not None
        except (ApiError, Refused):
            return None


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
        cure = ("; the Community plan has no tags: use `update_secret: always` or `update_secret: on_create`, without tags."
                if error.status in (400, 402, 403) else "")
        error.args = ("%s the fingerprints could not be kept as tags of the app: %s%s" % (done, str(error).rstrip("."), cure or "."),)
        error.partial = result
        raise
    task.wrote = True


def _diff(existing, outcomes, missing):
    """dict: names and what happens to them, never a value."""
    words = {"created": "set", "updated": "set anew", "unchanged": "set", "failed": "set"}
    before = {name: "set" for name in outcomes if name in existing}
    after = {name: words[verdict] for name, verdict in outcomes.items()
             if verdict in words and name not in missing and (name in existing or verdict in ("created", "updated"))}
    return {"before": dump(before), "after": dump(after), "before_header": "secrets", "after_header": "secrets"}
