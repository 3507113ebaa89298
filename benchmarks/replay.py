# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Sends the requests of a file again, with `requests`, one connection and one process: what they cost by themselves."""

from __future__ import annotations

import json
import os
import sys
from pathlib import Path

import requests


def main() -> None:
    session = requests.Session()
    session.trust_env = False
    session.headers["Authorization"] = f"Bearer {os.environ['SPICE_CLOUD_PAT']}"
    for path, query in json.loads(Path(sys.argv[1]).read_text()):
        url = os.environ["SPICE_CLOUD_API_URL"] + path
        answer = session.get(url, params=query, timeout=60)
        # The runtime wants another credential than the API; a refusal costs the same.
        if not path.startswith("/runtime/"):
            answer.raise_for_status()


if __name__ == "__main__":
    main()
