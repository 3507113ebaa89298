# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""Where to connect and as whom."""

from __future__ import annotations

import pytest
from ansible_collections.spiceai.cloud.plugins.module_utils._config import ENVIRONMENT, Config
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import SpiceError

PAT = {"api_token": "pat-secret"}
CLIENT = {"client_id": "id", "client_secret": "client-secret"}
PAT_ENVIRONMENT = {"SPICE_CLOUD_PAT": "pat-of-environment"}
CLIENT_ENVIRONMENT = {
    "SPICE_CLOUD_CLIENT_ID": "id-of-environment",
    "SPICE_CLOUD_CLIENT_SECRET": "secret-of-environment",
}


@pytest.fixture
def config(params):
    return lambda environ=None, **options: Config(params(**options), environ or {})


@pytest.fixture
def refusal(config):
    """The text with which these options are refused."""

    def refuse(environ=None, **options):
        with pytest.raises(SpiceError) as caught:
            config(environ, **options)
        text = str(caught.value)
        for given in [*(environ or {}).values(), *options.values()]:
            assert not (isinstance(given, str) and "secret" in given and given in text)
        return text

    return refuse


def credential(config):
    return config.api_token, config.client_id, config.client_secret


# -- the environment --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("option", sorted(set(ENVIRONMENT) - {"requests_per_second"}))
def test_the_first_variable_that_is_set_counts(config, option):
    sample = "https://%s.test" if option.endswith("url") else "%s-value"
    names = ENVIRONMENT[option]
    rest = {"client_id": {"client_secret": "s"}, "client_secret": {"client_id": "i"}, "api_token": {}}.get(option, PAT)
    environ = {name: sample % number for number, name in enumerate(names)}
    while environ:
        first = next(iter(environ.values()))
        assert getattr(config(environ, **rest), option) == first
        environ.pop(next(iter(environ)))


def test_names_of_the_variables():
    assert ENVIRONMENT == {
        "api_url": ("SPICE_CLOUD_API_URL", "SPICEAI_API_ENDPOINT"),
        "api_token": ("SPICE_CLOUD_PAT", "SPICE_API_TOKEN", "SPICE_SPICEAI_TOKEN"),
        "client_id": ("SPICE_CLOUD_CLIENT_ID", "SPICEAI_CLIENT_ID"),
        "client_secret": ("SPICE_CLOUD_CLIENT_SECRET", "SPICEAI_CLIENT_SECRET"),
        "token_url": ("SPICE_CLOUD_TOKEN_URL", "SPICEAI_OAUTH_ENDPOINT"),
        "org": ("SPICE_CLOUD_ORG",),
        "requests_per_second": ("SPICE_CLOUD_REQUESTS_PER_SECOND",),
    }


@pytest.mark.parametrize("option", ["api_url", "token_url", "org"])
def test_an_option_beats_its_variable(config, option):
    given = "https://given.test" if option.endswith("url") else "given"
    environ = {name: "https://other.test" if option.endswith("url") else "other" for name in ENVIRONMENT[option]}
    assert getattr(config(environ, **dict(PAT, **{option: given})), option) == given


@pytest.mark.parametrize(
    ("options", "environ", "expected"),
    [
        (PAT, {}, ("pat-secret", None, None)),
        (CLIENT, {}, (None, "id", "client-secret")),
        ({}, PAT_ENVIRONMENT, ("pat-of-environment", None, None)),
        ({}, CLIENT_ENVIRONMENT, (None, "id-of-environment", "secret-of-environment")),
        (PAT, PAT_ENVIRONMENT, ("pat-secret", None, None)),
        (CLIENT, CLIENT_ENVIRONMENT, (None, "id", "client-secret")),
        # An explicit option beats the environment, also that of the other kind.
        (PAT, CLIENT_ENVIRONMENT, ("pat-secret", None, None)),
        (CLIENT, PAT_ENVIRONMENT, (None, "id", "client-secret")),
        (PAT, dict(PAT_ENVIRONMENT, **CLIENT_ENVIRONMENT), ("pat-secret", None, None)),
        # One half as an option, the other from the environment.
        ({"client_id": "id"}, CLIENT_ENVIRONMENT, (None, "id", "secret-of-environment")),
        ({"client_secret": "s"}, dict(PAT_ENVIRONMENT, **CLIENT_ENVIRONMENT), (None, "id-of-environment", "s")),
        # What a template left empty was not given.
        ({"api_token": ""}, CLIENT_ENVIRONMENT, (None, "id-of-environment", "secret-of-environment")),
        ({"client_id": " ", "client_secret": ""}, PAT_ENVIRONMENT, ("pat-of-environment", None, None)),
        ({}, {"SPICE_CLOUD_PAT": "", "SPICE_API_TOKEN": "second"}, ("second", None, None)),
        ({}, {"SPICE_API_TOKEN": " ", "SPICE_SPICEAI_TOKEN": "session"}, ("session", None, None)),
        ({}, {"SPICE_API_TOKEN": "second", "SPICE_SPICEAI_TOKEN": "session"}, ("second", None, None)),
        (CLIENT, {"SPICE_SPICEAI_TOKEN": "session"}, (None, "id", "client-secret")),
        ({"api_token": " pat-secret\n"}, {}, ("pat-secret", None, None)),
    ],
)
def test_which_credential_counts(config, options, environ, expected):
    assert credential(config(environ, **options)) == expected


@pytest.mark.parametrize(
    ("options", "environ", "is_session"),
    [
        ({}, {"SPICE_SPICEAI_TOKEN": "session"}, True),
        ({}, {"SPICE_CLOUD_PAT": "pat", "SPICE_SPICEAI_TOKEN": "session"}, False),
        (PAT, {"SPICE_SPICEAI_TOKEN": "session"}, False),
        (CLIENT, {"SPICE_SPICEAI_TOKEN": "session"}, False),
    ],
)
def test_a_session_token_is_known_as_such(config, options, environ, is_session):
    assert config(environ, **options).is_session is is_session


def test_the_variable_that_holds_the_token_is_named(refusal):
    assert "(SPICE_SPICEAI_TOKEN)" in refusal(dict({"SPICE_SPICEAI_TOKEN": "session"}, **CLIENT_ENVIRONMENT))


def test_both_kinds_in_the_environment_are_refused(refusal):
    text = refusal(dict(PAT_ENVIRONMENT, **CLIENT_ENVIRONMENT))
    for word in ("SPICE_CLOUD_PAT", "SPICE_CLOUD_CLIENT_ID", "`api_token`", "`client_secret`"):
        assert word in text


@pytest.mark.parametrize(
    ("options", "missing"),
    [({"client_id": "id"}, "client_secret"), ({"client_secret": "client-secret"}, "client_id")],
)
def test_half_of_the_client_credentials_is_refused(refusal, options, missing):
    assert refusal(**options).startswith(f"`{missing}` is missing")
    environ = {ENVIRONMENT[name][0]: value for name, value in options.items()}
    text = refusal(environ)
    assert text.startswith(f"`{missing}` is missing")
    assert ENVIRONMENT[missing][0] in text


@pytest.mark.parametrize(
    "options", [{}, {"api_token": ""}, {"api_token": "  "}, {"client_id": "", "client_secret": ""}]
)
def test_no_credential_names_options_and_variables(refusal, options):
    text = refusal(**options)
    for word in (
        "`api_token`",
        "`client_id`",
        "`client_secret`",
        "SPICE_CLOUD_PAT",
        "SPICE_CLOUD_CLIENT_ID",
        "SPICE_CLOUD_CLIENT_SECRET",
    ):
        assert word in text


@pytest.mark.parametrize("bad", ["secret\nsecond-line", "secret\x00", "sécret"])
@pytest.mark.parametrize("option", ["api_token", "client_secret"])
def test_a_credential_with_impossible_characters_is_refused_without_showing_it(refusal, option, bad):
    options = {option: bad} if option == "api_token" else {"client_id": "id", option: bad}
    text = refusal(**options)
    assert f"`{option}`" in text
    assert "cret" not in text.replace("`client_secret`", "")


def test_what_must_not_be_shown(config):
    assert config(**PAT).sensitive_values() == ["pat-secret"]
    assert config(**CLIENT).sensitive_values() == ["client-secret"]


# -- addresses --------------------------------------------------------------------------------------------------------


def test_default_address(config):
    assert config(**PAT).api_url == "https://api.spice.ai"


@pytest.mark.parametrize(
    ("api_url", "token_url"),
    [
        ("https://api.spice.ai", "https://spice.ai/api/oauth/token"),
        ("https://API.spice.ai/", "https://spice.ai/api/oauth/token"),
        ("https://dev-api.spice.ai", "https://dev.spice.ai/api/oauth/token"),
        ("https://staging.api.spice.ai", "https://staging.spice.ai/api/oauth/token"),
        ("https://spice.example.com", "https://spice.example.com/api/oauth/token"),
        ("https://gateway.example.com:8443/spice/", "https://gateway.example.com:8443/spice/api/oauth/token"),
        ("http://127.0.0.1:8080", "http://127.0.0.1:8080/api/oauth/token"),
        ("https://evil-api.spice.ai.example.com", "https://evil-api.spice.ai.example.com/api/oauth/token"),
    ],
)
def test_token_address_follows_the_api_address(config, api_url, token_url):
    assert config(api_url=api_url, **CLIENT).token_url == token_url


def test_a_given_token_address_counts(config):
    assert config(token_url="https://login.example.com/token", **CLIENT).token_url == "https://login.example.com/token"


@pytest.mark.parametrize("option", ["api_url", "token_url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://localhost:8080",
        "http://127.0.0.1",
        "http://127.8.9.10:1",
        "http://[::1]:8080",
        "https://example.com",
        "https://10.0.0.1:8443/base",
    ],
)
def test_good_addresses(config, option, url):
    assert getattr(config(**dict(PAT, **{option: url})), option) == url


@pytest.mark.parametrize("option", ["api_url", "token_url"])
@pytest.mark.parametrize(
    "url",
    [
        "http://api.spice.ai",
        "http://10.0.0.1",
        "http://localhost.example.com",
        "http://127.0.0.1.example.com",
        "http://[2001:db8::1]",
        "http://0.0.0.0",
    ],
)
def test_plain_http_is_for_loopback_only(refusal, option, url):
    text = refusal(**dict(PAT, **{option: url}))
    assert text.startswith(f"`{option}` must begin with https")


@pytest.mark.parametrize("option", ["api_url", "token_url"])
@pytest.mark.parametrize(
    "url",
    [
        "api.spice.ai",
        "ftp://api.spice.ai",
        "file:///etc/passwd",
        "https://",
        "https:///v1",
        "https://user:secret@api.spice.ai",
        "https://@api.spice.ai",
        "https://api.spice.ai?x=1",
        "https://api.spice.ai/#there",
        "https://api.spice.ai:port",
        "https://api.spice.ai:70000",
        "https://api.spice.ai:0",
        "https://[::1",
        "https://api.spice.ai?",
        "https://api.spice.ai#",
    ],
)
def test_bad_addresses_are_refused_by_the_options_name(refusal, option, url):
    text = refusal(**dict(PAT, **{option: url}))
    assert text.startswith(f"`{option}` must be an address")
    assert "secret" not in text


@pytest.mark.parametrize("variable", ["SPICE_CLOUD_API_URL", "SPICEAI_API_ENDPOINT", "SPICE_CLOUD_TOKEN_URL"])
def test_addresses_of_the_environment_are_checked_too(refusal, variable):
    assert "must begin with https" in refusal({variable: "http://example.com"}, **PAT)


# -- the rest ---------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("org", ["acme", "Acme-Corp_2.x", "a" * 255])
def test_good_organizations(config, org):
    assert config(org=org, **PAT).org == org


@pytest.mark.parametrize("org", ["acme corp", "acme/corp", "a" * 256, "ümlaut", "a\r\nX-Evil: 1"])
def test_bad_organizations(refusal, org):
    assert refusal(org=org, **PAT).startswith("`org` must be the name of an organization")


@pytest.mark.parametrize("org", [None, "", "  "])
def test_no_organization(config, org):
    assert config(org=org, **PAT).org is None


@pytest.mark.parametrize(("option", "smallest"), [("timeout", 1), ("retries", 0), ("retry_timeout", 0)])
def test_smallest_numbers(config, refusal, option, smallest):
    attribute = "max_retries" if option == "retries" else option
    assert getattr(config(**dict(PAT, **{option: smallest})), attribute) == smallest
    assert refusal(**dict(PAT, **{option: smallest - 1})) == f"`{option}` must not be {smallest - 1}."


def test_defaults_of_the_numbers(config):
    made = config(**PAT)
    assert (made.timeout, made.max_retries, made.retry_timeout) == (30, 5, 120)


RATE = "SPICE_CLOUD_REQUESTS_PER_SECOND"


@pytest.mark.parametrize(
    ("given", "environ", "rate"),
    [
        (None, {}, None),
        (None, {RATE: " "}, None),
        (2.5, {}, 2.5),
        (None, {RATE: "0.25"}, 0.25),
        (None, {RATE: " 40 "}, 40),
        (2.5, {RATE: "40"}, 2.5),
    ],
)
def test_requests_per_second(config, given, environ, rate):
    assert config(environ, requests_per_second=given, **PAT).requests_per_second == rate


@pytest.mark.parametrize("rate", ["0", "-1", "nan", "inf", "ten", "1e999", "-0.0"])
def test_a_rate_that_lets_nothing_or_anything_through_is_refused(refusal, rate):
    for text in (
        refusal({RATE: rate}, **PAT),
        refusal(requests_per_second=float(rate) if rate != "ten" else 0.0, **PAT),
    ):
        assert text.startswith(f"`requests_per_second` (or {RATE}) must be a number above 0")


def test_certificates(config, refusal, tmp_path):
    path = str(tmp_path)
    assert config(**PAT).verify is True
    assert config(ca_path=path, **PAT).verify == path
    assert config(validate_certs=False, **PAT).verify is False
    assert config(validate_certs=False, ca_path=path, **PAT).verify is False
    missing = str(tmp_path / "missing.pem")
    text = refusal(ca_path=missing, **PAT)
    assert text.startswith("`ca_path`")
    assert missing in text
