# Copyright (c) 2026, Spice.ai Cloud collection contributors
# Simplified BSD License (see LICENSES/BSD-2-Clause.txt or https://opensource.org/licenses/BSD-2-Clause)
# SPDX-License-Identifier: BSD-2-Clause
# Private to this collection: nothing outside it may import this file, it changes without notice.

"""The secrets that a spicepod names, and warnings where these and the secrets that exist do not fit together.

The runtime puts an empty string where it finds no secret, and says so in its log only. Source: the Spice documentation,
"Secret stores", and the runtime's source of October 2026: ``${ store:NAME }``, where the store ``secrets`` stands for
all of them.
"""

from __future__ import annotations

import difflib
import re
from collections.abc import Callable, Collection, Iterable, Iterator, Mapping
from typing import Any, NamedTuple

from ansible_collections.spiceai.cloud.plugins.module_utils._api.apps import Apps
from ansible_collections.spiceai.cloud.plugins.module_utils._api.secrets import Secrets
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import SpiceError
from ansible_collections.spiceai.cloud.plugins.module_utils._module import ModuleRun
from ansible_collections.spiceai.cloud.plugins.module_utils._resources.spicepod import SECTIONS

# Also notations that people write and the runtime does not know: `${secrets::X}`, `${X}` and `${{ secrets:x }}`.
REFERENCE = re.compile(
    r"\$\{\{?\s*(?:(?P<store>[A-Za-z][A-Za-z0-9_-]*)\s*::?\s*)?(?P<name>[A-Za-z_][A-Za-z0-9_-]*)\s*\}", re.ASCII
)
ALL_STORES = "secrets"
ENV_STORE = "env"  # the environment of the runtime, in which the secrets of an app are too
# Strings for people, databases and language models: `${X}` means something else to these.
PROSE = re.compile(r"(.*[_-])?(sql|prompt|description|instructions|comment|metadata|query|template)", re.IGNORECASE)
MAX_PLACES = 3  # that one warning names
MIN_LIKENESS = 0.75  # of 1, by difflib's measure


class Reference(NamedTuple):
    """One place that names a secret.

    Args:
        name: of the secret, as it is written there. store: in lower case; empty where none is written.
        place: such as ``spicepod.datasets[0].params.pg_pass``. is_prose: the string is for people or for a database.
    """

    name: str
    store: str
    place: str
    is_prose: bool


def references_in(spicepod: Any) -> list[Reference]:
    """All references in the strings of a spicepod, in their order."""
    return list(_references(spicepod, "spicepod", False))


def names_others(app: Mapping[str, Any], secrets: Iterable[Mapping[str, Any]]) -> bool:
    """Whether the spicepod of an app may name a secret that is none of these.

    Args:
        app: with its config. secrets: of the app.
    """
    spicepod = (app.get("config") or {}).get("spicepod")
    own = {secret["name"].casefold() for secret in secrets}
    return any(reference.name.casefold() not in own for reference in references_in(spicepod))


def warn_of_references(
    run: ModuleRun,
    app: Mapping[str, Any],
    given: Collection[str],
    purge: bool,
    links: Collection[str],
    linked_to: Callable[[Mapping[str, Any]], Collection[str] | None],
) -> None:
    """Warns where the secrets that the spicepod of an app names and those that exist do not fit together.

    Args:
        run: of the environment. app: as it will be. given: names of the secrets of the environment. purge: the others
            of the app are removed. links: names of the secrets of the organization that the environment links.
        linked_to: gives the names of all that will be linked to an app; None when these cannot be known.
    """

    def others() -> list[str] | None:
        try:
            linked = linked_to(app)
            if linked is None or app.get("id") is None or purge:
                return None if linked is None else list(linked)
            return [*linked, *(secret["name"] for secret in Secrets(Apps(run.client)).all(app["id"]))]
        except SpiceError:
            return None

    spicepod = (app.get("config") or {}).get("spicepod")
    if isinstance(spicepod, Mapping) and spicepod:
        for text in reference_warnings(spicepod, given, others, links):
            run.warn(text)


def reference_warnings(
    spicepod: Mapping[str, Any],
    given: Collection[str],
    others: Callable[[], Collection[str] | None],
    links: Collection[str] = (),
) -> list[str]:
    """A sentence for each secret that is named and not provided, and for those that are provided and not named.

    Names are compared without case. No sentence holds a value.

    Args:
        spicepod: of the app, as it will be. given: names of the secrets of the environment.
        others: gives the names that are provided by other means; None when these cannot be known. It is asked only when
            it matters.
        links: names of the secrets of the organization that the environment links.
    """
    references = references_in(spicepod)
    return [
        *_missing(spicepod, references, [*given, *links], others),
        *_unnamed(spicepod, references, given, "secret"),
        *_unnamed(spicepod, references, links, "linked secret"),
    ]


def _missing(
    spicepod: Mapping[str, Any],
    references: list[Reference],
    given: Collection[str],
    others: Callable[[], Collection[str] | None],
) -> Iterator[str]:
    if _has_other_stores(spicepod):
        return
    needed: dict[str, list[Reference]] = {}
    for reference in references:
        if reference.store == ALL_STORES or (not reference.store and not reference.is_prose):
            needed.setdefault(reference.name.casefold(), []).append(reference)
    provided = {name.casefold() for name in given}
    if not set(needed) - provided:
        return
    listed = others()
    if listed is None:
        return
    provided.update(name.casefold() for name in listed)
    known = sorted({*given, *listed})
    for key, places in needed.items():
        if key not in provided:
            yield _missing_sentence(places, known)


def _missing_sentence(references: list[Reference], known: list[str]) -> str:
    name = references[0].name
    places = list(dict.fromkeys(reference.place for reference in references))
    more = f" and {len(places) - MAX_PLACES} more" if len(places) > MAX_PLACES else ""
    upper = {one.upper(): one for one in known}
    alike = difflib.get_close_matches(name.upper(), upper, n=1, cutoff=MIN_LIKENESS)
    hint = f" Did you mean {upper[alike[0]]}?" if alike else ""
    return (
        f"`${{secrets:{name}}}` has no secret: neither this environment nor the app nor a link to a secret of the "
        f"organization provides {name}, so the runtime puts an empty string in its place. It is named in "
        f"{', '.join(places[:MAX_PLACES])}{more}.{hint}"
    )


def _unnamed(
    spicepod: Mapping[str, Any], references: list[Reference], given: Collection[str], noun: str
) -> Iterator[str]:
    if _has_other_files(spicepod):
        return
    stores = {"", ALL_STORES, ENV_STORE, *(str(store.get("name")).casefold() for store in _stores(spicepod))}
    named = {reference.name.casefold() for reference in references if reference.store in stores}
    unnamed = [name for name in given if name.casefold() not in named]
    if unnamed:
        one = len(unnamed) == 1
        yield (
            f"The spicepod does not name the {noun}{'' if one else 's'} {', '.join(unnamed)}; "
            f"`${{secrets:{unnamed[0]}}}` would. Only a component that looks for a secret of "
            f"{'this name' if one else 'such a name'} by itself can use {'it' if one else 'them'}."
        )


def _references(value: Any, place: str, is_prose: bool) -> Iterator[Reference]:
    if isinstance(value, Mapping):
        for key, item in value.items():
            yield from _references(item, f"{place}.{key}", is_prose or bool(PROSE.fullmatch(str(key))))
    elif isinstance(value, (list, tuple)):
        for position, item in enumerate(value):
            yield from _references(item, f"{place}[{position}]", is_prose)
    elif isinstance(value, str):
        for found in REFERENCE.finditer(value):
            yield Reference(found["name"], (found["store"] or "").casefold(), place, is_prose)


def _stores(spicepod: Mapping[str, Any]) -> list[Mapping[str, Any]]:
    stores = spicepod.get("secrets")
    return [store for store in stores if isinstance(store, Mapping)] if isinstance(stores, list) else []


def _has_other_stores(spicepod: Mapping[str, Any]) -> bool:
    """Whether the runtime looks for secrets in more stores than the app's own, which nobody can list here."""
    return any(str(store.get("from")).partition(":")[0] != ENV_STORE for store in _stores(spicepod))


def _has_other_files(spicepod: Mapping[str, Any]) -> bool:
    """Whether parts of the spicepod are in files that only the platform sees.

    It may be one that somebody else wrote, so nothing of its form is certain.
    """
    lists = (spicepod.get(section) for section in SECTIONS)
    entries = (entry for entries in lists if isinstance(entries, list) for entry in entries)
    return bool(spicepod.get("dependencies")) or any(isinstance(entry, Mapping) and "ref" in entry for entry in entries)
