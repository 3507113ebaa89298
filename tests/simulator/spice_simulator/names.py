# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""Names of tables as the runtime reads and writes them.

Source: the runtime is built on Apache DataFusion, whose table references decide this: what is not quoted becomes lower
case, what is no list of at most three identifiers is one name as it stands, and a name that is not plain is written in
quotes.
"""

import re
from typing import Optional

# What a runtime puts before a name that has fewer parts.
CATALOG, SCHEMA = "spice", "public"
MAX_PARTS = 3
# One identifier, as a pattern without groups: quoted in either way, or a word.
IDENTIFIER = r'"(?:[^"]|"")+"|`(?:[^`]|``)+`|[^\W\d][\w@$#]*|[@#][\w@$#]*'
_WHOLE = re.compile(rf"(?:{IDENTIFIER})(?:\.(?:{IDENTIFIER}))*")
_PLAIN = re.compile(r"[a-z_][a-z0-9_]*")

Parts = tuple[str, ...]


def parts_of(name: str) -> Parts:
    """The parts of a name: ``Sales."My Table"`` is (sales, My Table)."""
    found = re.findall(IDENTIFIER, name) if _WHOLE.fullmatch(name) else []
    return tuple(_value(identifier) for identifier in found) if 0 < len(found) <= MAX_PARTS else (name,)


def _value(identifier: str) -> str:
    quote = identifier[0]
    if quote in '"`':
        return identifier[1:-1].replace(quote * 2, quote)
    # Only letters of ASCII: DataFusion leaves others as they are.
    return "".join(letter.lower() if letter.isascii() else letter for letter in identifier)


def written(parts: Parts) -> str:
    """A name as answers have it, in quotes where it needs them."""
    return ".".join(part if _PLAIN.fullmatch(part) else '"{}"'.format(part.replace('"', '""')) for part in parts)


def full(parts: Parts) -> Parts:
    """The name with its catalog and schema."""
    return (CATALOG, SCHEMA)[: MAX_PARTS - len(parts)] + parts


def dataset_name(name: str) -> Optional[Parts]:
    """The parts of a dataset's name; None for one that names a catalog, which the runtime does not load."""
    parts = parts_of(name)
    return parts if len(parts) < MAX_PARTS else None
