# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

"""The command line."""

import argparse
import asyncio
import json
import os
import sys
from pathlib import Path
from typing import Any, Optional

import yaml
from pydantic import ValidationError

from spice_simulator import seeding, server
from spice_simulator.app import build
from spice_simulator.errors import from_validation
from spice_simulator.seeds import Seed
from spice_simulator.store import Store

OWNER_PAT = "sim-pat-owner"


def _parser() -> argparse.ArgumentParser:
    parser = argparse.ArgumentParser(
        prog="python -m spice_simulator",
        allow_abbrev=False,
        description="A Spice.ai Cloud that runs on loopback, for tests and demonstrations.",
    )
    parser.add_argument("--host", default="127.0.0.1", help="loopback address to listen on (default: 127.0.0.1)")
    parser.add_argument("--port", type=int, default=0, help="port; 0 takes a free one (default: 0)")
    parser.add_argument("--seed", metavar="FILE", help="JSON or YAML seed, added to the default one")
    parser.add_argument("--address-file", metavar="FILE", help="where to write the address once it accepts connections")
    parser.add_argument("--tls-cert", metavar="FILE", help="PEM certificate: serve https")
    parser.add_argument("--tls-key", metavar="FILE", help="PEM key of the certificate")
    parser.add_argument(
        "--run",
        nargs=argparse.REMAINDER,
        metavar="COMMAND",
        help="must be last: run this command against the simulator, then stop with its exit code",
    )
    return parser


def read_seed(path: str) -> Seed:
    """Read a seed file (YAML reads JSON too). Raises StartError."""
    try:
        data: Any = yaml.safe_load(Path(path).read_text(encoding="utf-8"))
    except (OSError, ValueError, yaml.YAMLError) as failure:
        raise server.StartError(f"Cannot read the seed {path}: {failure}") from failure
    try:
        return Seed.model_validate({} if data is None else data)
    except ValidationError as failure:
        details = from_validation(failure).details
        raise server.StartError(f"The seed {path} is not valid: {json.dumps(details)}") from failure


def main(argv: Optional[list[str]] = None) -> int:
    """Run the simulator; gives the exit code (2 for bad usage)."""
    parser = _parser()
    given = parser.parse_args(argv)
    if given.run is not None and not given.run:
        parser.error("--run needs a command")
    if bool(given.tls_cert) != bool(given.tls_key):
        parser.error("--tls-cert and --tls-key go together")
    if not 0 <= given.port <= 65535:
        parser.error("--port must be between 0 and 65535")
    try:
        return _start(given)
    except (server.StartError, seeding.SeedError) as failure:
        parser.error(str(failure))


def _start(given: argparse.Namespace) -> int:
    store = Store()
    app = build(store, read_seed(given.seed) if given.seed else None)
    bound = server.listen(given.host, given.port)
    store.address = server.address_of(bound, bool(given.tls_cert))

    def ready() -> None:
        print(f"Spice.ai Cloud simulator listens on {store.address}", flush=True)
        if given.address_file:
            _write(Path(given.address_file), store.address)

    env = {
        **os.environ,
        "SPICE_CLOUD_API_URL": store.address,
        "SPICE_CLOUD_PAT": OWNER_PAT,
        "SPICE_SIMULATOR": store.address,
    }

    async def serve() -> int:
        # Made inside the loop: before Python 3.10 an asyncio.Event belongs to the loop it is made in.
        return await server.run(server.make(app, given.tls_cert, given.tls_key), bound, ready, given.run, env)

    return asyncio.run(serve())


def _write(path: Path, address: str) -> None:
    # Renamed into place, so that whoever waits for the file never reads half an address.
    part = path.with_name(path.name + f".{os.getpid()}")
    part.write_text(address, encoding="utf-8")
    os.replace(part, path)


if __name__ == "__main__":
    sys.exit(main())
