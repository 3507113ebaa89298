# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later

from __future__ import annotations


class ModuleDocFragment:
    # The connection options of every plugin.
    DOCUMENTATION = r"""
options:
  api_url:
    description:
      - Address of the Management API.
      - Plain C(http) is accepted for loopback addresses only.
      - Defaults to the environment variable E(SPICE_CLOUD_API_URL), then E(SPICEAI_API_ENDPOINT), then
        V(https://api.spice.ai).
    type: str
  api_token:
    description:
      - Personal access token, or another bearer token of the Management API. A runtime API key does not work here.
      - Excludes O(client_id) and O(client_secret).
      - Defaults to the environment variable E(SPICE_CLOUD_PAT), then E(SPICE_API_TOKEN). Client credentials given as
        options win over these.
    type: str
  client_id:
    description:
      - Id of an OAuth client, for client credentials. Goes together with O(client_secret).
      - They are exchanged for an access token once per playbook run. Only a task on another machine that takes them
        from that machine's environment exchanges them for itself.
      - Defaults to the environment variable E(SPICE_CLOUD_CLIENT_ID), then E(SPICEAI_CLIENT_ID). An O(api_token) given
        as an option wins over these.
    type: str
  client_secret:
    description:
      - Secret of the OAuth client.
      - Defaults to the environment variable E(SPICE_CLOUD_CLIENT_SECRET), then E(SPICEAI_CLIENT_SECRET).
    type: str
  token_url:
    description:
      - Address that exchanges client credentials for an access token.
      - Defaults to the environment variable E(SPICE_CLOUD_TOKEN_URL), then E(SPICEAI_OAUTH_ENDPOINT), then the one that
        belongs to O(api_url) (V(https://spice.ai/api/oauth/token) for V(https://api.spice.ai)).
    type: str
  org:
    description:
      - Name of the organization to work in, without regard to case. A user's token may name any organization of the
        user; an OAuth client belongs to one.
      - With it the first task of a run asks once whether the server knows organizations at all; one that does not is a
        warning.
      - Defaults to the environment variable E(SPICE_CLOUD_ORG), then to the credential's own organization.
    type: str
  validate_certs:
    description: Whether the certificate of the server is checked. Set it to V(false) on test systems only.
    type: bool
    default: true
  ca_path:
    description: File or folder of CA certificates to check the server's certificate against, in place of the usual
        ones.
    type: path
  timeout:
    description: Seconds that one request may take to connect, and to wait for the server between two pieces of an
        answer.
    type: int
    default: 30
  retries:
    description:
      - How often one request is repeated after a lost connection or one of the answers 408, 429, 500, 502, 503 and 504.
      - A POST is repeated only where it certainly did nothing.
    type: int
    default: 5
  retry_timeout:
    description: Seconds that one task may spend waiting between such repeats, the server's C(Retry-After) included.
    type: int
    default: 120
requirements:
  - requests (Python package, on the machine that runs the task; that is the controller with a C(local) connection)
"""

    # How the tasks of every module run.
    TASK = r"""
attributes:
  action_group:
    support: full
    description: Use C(group/spiceai.cloud.spice) in C(module_defaults) to set the options of all modules of this
        collection.
    membership:
      - spiceai.cloud.spice
  async:
    support: full
    description: Supports being used with the C(async) keyword.
notes:
  - With the C(local) connection (the usual case) the task runs inside the controller, without starting a Python for
    every item and host. With any other connection, with C(async) and with C(become) it runs as an ordinary module, with the same result.
  - The variables of the task's C(environment) count like those of the process.
  - All these options can be set for a whole play with C(module_defaults) and the group C(spiceai.cloud.spice).
"""

    # What modules that read only share.
    INFO = r"""
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode); it only reads, so it does the same there.
  diff_mode:
    support: none
    description: Never changes anything, so there is no difference to show.
"""

    # What modules that change something share.
    CHANGING = r"""
attributes:
  check_mode:
    support: full
    description: Can run in C(check_mode) and return the predicted resource without sending a single write.
  diff_mode:
    support: full
    description: Returns what is or would be changed, without secrets.
"""
