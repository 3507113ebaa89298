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
      - Plain C(http) is accepted for loopback addresses only. Requests to a loopback address never go through a proxy,
        whatever the environment says.
      - Defaults to the environment variable E(SPICE_CLOUD_API_URL), then E(SPICEAI_API_ENDPOINT), then
        V(https://api.spice.ai).
    type: str
  api_token:
    description:
      - Personal access token, session token, or another bearer token of the Management API. A runtime API key does not
        work here.
      - A personal access token belongs to a user and may expire.
      - A session token is what the vendor's command line gets when a user signs in. It ends with that session, whose
        length is not documented, so it is for work by hand.
      - Both act with the user's role, in any organization of the user.
      - Excludes O(client_id) and O(client_secret).
      - Defaults to the environment variable E(SPICE_CLOUD_PAT), then E(SPICE_API_TOKEN), then E(SPICE_SPICEAI_TOKEN),
        the session token of the command line. Client credentials that are given as options win over these variables.
    type: str
  client_id:
    description:
      - Id of an OAuth client. Goes together with O(client_secret).
      - A client is meant for automation. It belongs to one organization and may do what its scopes say.
      - Both are exchanged for an access token once per playbook run. The token lives for an hour, and another one is
        fetched before it ends. Only a task on another machine that takes them from that machine's environment exchanges
        them for itself.
      - Defaults to the environment variable E(SPICE_CLOUD_CLIENT_ID), then E(SPICEAI_CLIENT_ID). An O(api_token) that
        is given as an option wins over these variables.
    type: str
  client_secret:
    description:
      - Secret of the OAuth client.
      - Defaults to the environment variable E(SPICE_CLOUD_CLIENT_SECRET), then E(SPICEAI_CLIENT_SECRET).
    type: str
  token_url:
    description:
      - Address that exchanges client credentials for an access token.
      - Defaults to the environment variable E(SPICE_CLOUD_TOKEN_URL), then E(SPICEAI_OAUTH_ENDPOINT), then the address
        that belongs to O(api_url). For V(https://api.spice.ai) that is V(https://spice.ai/api/oauth/token).
    type: str
  org:
    description:
      - Name of the organization to work in, without regard to case. A user's token may name any organization of the
        user. An OAuth client belongs to one.
      - Defaults to the environment variable E(SPICE_CLOUD_ORG), then to the credential's own organization.
    type: str
  validate_certs:
    description: Whether the certificate of the server is checked. Set it to V(false) on test systems only.
    type: bool
    default: true
  ca_path:
    description: File or directory of CA certificates to check the server's certificate against, instead of the usual
      ones.
    type: path
  timeout:
    description:
      - Seconds that one request may take to connect, and to wait for the server between two pieces of an answer.
      - A whole answer may take 10 times as long, and hold at most 64 MiB.
    type: int
    default: 30
  retries:
    description:
      - How often one request is retried after a lost connection or one of the answers 408, 500, 502, 503 and 504.
      - A POST is retried only where it certainly did nothing.
      - A 429 does not count, because the request did nothing and waits its turn. O(retry_timeout) alone limits that.
    type: int
    default: 5
  retry_timeout:
    description:
      - Seconds that one task may spend waiting between retries and after a 429, the server's C(Retry-After) included.
      - A task that would have to wait longer for the rate limit fails before it sends the request.
    type: int
    default: 120
  requests_per_second:
    description:
      - How many requests a second the whole run sends to O(api_url) at most, all forks together. V(0.5) is one request
        in two seconds.
      - Without it there is no limit until the API answers 429. Then all processes of the run wait as long as the API
        asks, and go on together at 0.7 of the rate that the API took. The rate grows again, each second by 3 percent or
        by 0.1 requests a second, whichever is more. What the API tells in C(X-RateLimit-Remaining) and
        C(X-RateLimit-Reset) counts too.
      - The limits of the API belong to the organization. When several runs work in one organization at the same time,
        give each its share.
      - Each address, credential and organization has a pace of its own. Requests to the runtime of an app and to
        O(token_url) do not count.
      - A task that runs as an ordinary module (with another connection, C(async) or C(become)) keeps a pace of its own.
      - Defaults to the environment variable E(SPICE_CLOUD_REQUESTS_PER_SECOND), then to no limit.
    type: float
requirements:
  - requests (Python package, on the machine that runs the task; that is the controller with a C(local) connection)
"""

    # Which app a module works on.
    APP = r"""
options:
  app:
    description:
      - Name of the app. An app of exactly this name is taken first, then one whose name differs in case only.
      - Either O(app) or O(app_id) is required.
    type: str
  app_id:
    description: Id of the app, instead of its name.
    type: int
"""

    # When a secret that exists is written.
    SECRET_POLICY = r"""
options:
  update_secret:
    description:
      - What to do with a secret that exists. Its value cannot be read back.
      - V(always) writes it whenever the task runs.
      - V(on_create) leaves it alone.
      - V(on_change) writes it if the value is not the one that was written last. Needs O(fingerprint_key).
      - Defaults to V(on_change) with O(fingerprint_key), else to V(on_create) with a warning that tells how many
        existing secrets were not compared. O(update_secret=on_create) says that this is intended, and ends the warning.
    type: str
    choices: [always, on_change, on_create]
  fingerprint_key:
    description:
      - Key for the fingerprints that tell whether a value has changed. Any string that you keep secret and stable, for
        instance in a vault.
      - A fingerprint (HMAC-SHA256, 128 bits) is kept in a tag of the app, together with the time of the write. A secret
        that somebody else wrote since is written again.
      - Needs a plan of Spice.ai Cloud that has tags, because the Community plan has none, and the scope C(apps:write).
    type: str
"""

    # Which API key speaks to the runtime of an app.
    KEY_NUMBER = r"""
options:
  key_number:
    description: Which API key to use. Without it the first slot that holds a key is used.
    type: int
    choices: [1, 2]
"""

    # How the tasks of every module run.
    TASK = r"""
attributes:
  action_group:
    support: full
    description: Use C(group/spiceai.cloud.spice) in C(module_defaults).
    membership: [spiceai.cloud.spice]
  async:
    support: full
    description: Supports being used with the C(async) keyword.
notes:
  - With the C(local) connection (the usual case) the task runs inside the controller, without starting a Python for
    every item and host. With any other connection, with C(async) and with C(become) it runs as an ordinary module, with
    the same result.
  - Variables of the task's keyword C(environment) count like those of the process.
  - Set options for a whole play with C(module_defaults) and the group C(spiceai.cloud.spice), as in the example of
    M(spiceai.cloud.spice_secret).
"""

    # What modules that read only share.
    INFO = r"""
attributes:
  check_mode:
    support: full
    description:
      - Only reads, so it does the same in C(check_mode).
      - There an app that is not there yet is a warning, not an error.
  diff_mode:
    support: none
    description: Never changes anything.
"""

    # What modules that change something share.
    CHANGING = r"""
attributes:
  check_mode:
    support: full
    description: Returns the predicted result, and sends no write.
  diff_mode:
    support: full
    description: Returns what is or would be changed, without secrets.
"""
