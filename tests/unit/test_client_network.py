# Copyright (c) 2026, Spice.ai Cloud collection contributors
# GNU General Public License v3.0+ (see LICENSE or https://www.gnu.org/licenses/gpl-3.0.txt)
# SPDX-License-Identifier: GPL-3.0-or-later
"""What only a real connection shows: certificates, proxies, .netrc, kept connections, answers that break off."""

from __future__ import annotations

import contextlib
import gzip
import itertools
import socket
import ssl
import threading
import time
import warnings

import pytest
import requests
import trustme
from ansible_collections.spiceai.cloud.plugins.module_utils._errors import ApiError
from ansible_collections.spiceai.cloud.plugins.module_utils._http import bounded, transport
from ansible_collections.spiceai.cloud.plugins.module_utils._http.runtime import RuntimeClient
from ansible_collections.spiceai.cloud.tests.unit.fakes import PAT


def failure(client, method="GET", body=None):
    with pytest.raises(ApiError) as caught:
        client.request(method, "/v1/apps/7", body)
    return caught.value


@pytest.fixture(scope="session")
def authority():
    return trustme.CA()


@pytest.fixture
def ca_file(authority, tmp_path):
    path = tmp_path / "ca.pem"
    authority.cert_pem.write_to_path(str(path))
    return str(path)


@pytest.fixture
def tls_server(server, authority):
    """A server whose certificate is for this name, signed by a CA that nobody knows."""

    def make(name="127.0.0.1"):
        context = ssl.SSLContext(ssl.PROTOCOL_TLS_SERVER)
        authority.issue_cert(name).configure_cert(context)
        return server(lambda request: (200, {}, {"id": 7}), tls=context)

    return make


@pytest.fixture
def closed_port():
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return probe.getsockname()[1]


def test_a_loop_keeps_one_connection(server, client):
    served = server(lambda request: (200, {}, {"id": 7}))
    for made in (client(api_url=served.url), client(api_url=served.url, api_token="another")):
        made.request("GET", "/v1/apps/7")
        made.request("PUT", "/v1/apps/7", {"a": 1})
    assert len(served.requests) == 4
    assert len({request.client_address for request in served.requests}) == 1
    assert served.requests[-1].headers["Authorization"] == "Bearer another"


def test_no_other_credential_is_taken_from_netrc(server, client, monkeypatch, tmp_path):
    (tmp_path / "netrc").write_text("machine 127.0.0.1 login somebody password something\n")
    monkeypatch.setenv("NETRC", str(tmp_path / "netrc"))
    served = server(lambda request: (200, {}, {"access_token": "token", "id": 7}))
    client(api_url=served.url).request("GET", "/v1/apps/7")
    client(api_url=served.url, api_token=None, client_id="id", client_secret="secret").request("GET", "/v1/apps/7")
    assert [request.headers.get("Authorization") for request in served.requests] == [
        "Bearer " + PAT,
        None,
        "Bearer token",
    ]


def test_an_answer_that_breaks_off_is_a_failed_connection(server, client):
    served = server(lambda request: (200, {"Content-Length": "1000"}, '{"id": 7'))
    error = failure(client(api_url=served.url, retries=1))
    assert "broke off during GET /v1/apps/7" in str(error)
    assert len(served.requests) == 2
    error = failure(client(api_url=served.url), "POST", {})
    assert error.outcome_unknown
    assert len(served.requests) == 3


def test_a_connection_that_is_cut_without_an_answer(server, client):
    served = server(lambda request: None)
    error = failure(client(api_url=served.url), "POST", {})
    assert error.outcome_unknown
    assert len(served.requests) == 1


def test_a_closed_port_did_nothing(client, closed_port):
    error = failure(client(api_url=f"http://127.0.0.1:{closed_port}", retries=0), "POST", {})
    assert not error.outcome_unknown
    assert f"127.0.0.1:{closed_port} cannot be reached (Connection refused)" in str(error)


def test_no_answer_in_time(client):
    with socket.create_server(("127.0.0.1", 0)) as silent:
        made = client(api_url=f"http://127.0.0.1:{silent.getsockname()[1]}", retries=0)
        made.config.timeout = 0.05
        error = failure(made, "POST", {})
    assert error.outcome_unknown
    assert "`timeout`" in str(error)


def test_a_redirect_is_followed_on_a_real_connection(server, client):
    def answer(request):
        return (200, {}, {"id": 7}) if request.path == "/v1/moved" else (308, {"Location": "/v1/moved"}, "")

    served = server(answer)
    assert client(api_url=served.url).request("PUT", "/v1/apps/7", {"a": 1}) == {"id": 7}
    assert [request.path for request in served.requests] == ["/v1/apps/7", "/v1/moved"]
    assert served.requests[1].body == b'{"a": 1}'


# -- certificates -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_unknown_ca_is_refused_at_once_and_names_the_options(tls_server, client, clock, method):
    served = tls_server()
    error = failure(client(api_url=served.url), method, {} if method == "POST" else None)
    assert served.requests == []
    assert clock.slept == []
    assert not error.outcome_unknown
    for words in ("TLS", "`ca_path`", "`validate_certs: false`", "unable to get local issuer certificate"):
        assert words in str(error)


def test_a_known_ca_is_accepted(tls_server, client, ca_file):
    served = tls_server()
    assert client(api_url=served.url, ca_path=ca_file).request("GET", "/v1/apps/7") == {"id": 7}


def test_a_certificate_of_another_host_is_refused(tls_server, client, ca_file):
    served = tls_server("other.example.com")
    error = failure(client(api_url=served.url, ca_path=ca_file))
    assert served.requests == []
    assert "TLS" in str(error)


def test_without_validation_there_is_neither_check_nor_noise(tls_server, client):
    served = tls_server("other.example.com")
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        assert client(api_url=served.url, validate_certs=False).request("GET", "/v1/apps/7") == {"id": 7}


def test_the_usual_variable_for_certificates_counts(tls_server, client, ca_file, monkeypatch):
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_file)
    assert client(api_url=tls_server().url).request("GET", "/v1/apps/7") == {"id": 7}


@pytest.fixture
def plain_server():
    """Starts a server that answers the first bytes of each connection with these bytes, and closes it."""
    listeners = []

    def start(answer):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve():
            # Closing the listener ends it.
            with contextlib.suppress(OSError):
                while True:
                    connection = listener.accept()[0]
                    with connection:
                        connection.recv(65536)
                        connection.sendall(answer)

        threading.Thread(target=serve, daemon=True).start()
        return f"https://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.shutdown(socket.SHUT_RDWR)
        listener.close()


NO_TLS = {
    "http": b"HTTP/1.1 400 Bad Request\r\nConnection: close\r\n\r\n",
    "a web page": b"<!DOCTYPE HTML>\n<html></html>",
    "ssh": b"SSH-2.0-OpenSSH_9.9\r\n",
    "redis": b"-ERR unknown command\r\n",
}


@pytest.mark.parametrize("method", ["GET", "POST"])
@pytest.mark.parametrize("answer", NO_TLS)
def test_a_server_without_tls_is_told_at_once(plain_server, client, clock, answer, method):
    url = plain_server(NO_TLS[answer])
    error = failure(client(api_url=url), method, {} if method == "POST" else None)
    host = url.replace("https://", "")
    assert f"The server at {host} speaks no TLS on that port (" in str(error)
    for words in ("`api_url`", "http://"):
        assert words in str(error)
    assert "ca_path" not in str(error)
    assert "validate_certs" not in str(error)
    assert clock.slept == []
    assert not error.outcome_unknown


def test_without_validation_too(server, client):
    served = server(lambda request: (200, {}, {}))
    url = served.url.replace("http:", "https:")
    assert "speaks no TLS on that port" in str(failure(client(api_url=url, validate_certs=False)))
    assert served.requests == []


def test_a_token_service_and_an_endpoint_without_tls(plain_server, client):
    url = plain_server(NO_TLS["http"])
    made = client(api_url="http://127.0.0.1:9", token_url=url + "/token", oauth=True)
    assert "speaks no TLS on that port" in str(failure(made))
    assert "`token_url`" in str(failure(made))
    with pytest.raises(ApiError) as caught:
        RuntimeClient(client(), "the `endpoint` of app sales", url, "key").get("/v1/ready", str)
    assert "speaks no TLS on that port" in str(caught.value)
    assert "the `endpoint` of app sales" in str(caught.value)


@pytest.mark.parametrize("answer", [b"", b"\x15\x03\x03\x00\x02\x02\x28", b"\x15\x03\x03\x00\x02\x02\x46"])
def test_another_failure_of_tls_is_not_that_of_a_certificate(plain_server, client, answer):
    error = failure(client(api_url=plain_server(answer), retries=0))
    assert "The TLS connection to 127.0.0.1:" in str(error)
    assert "speaks TLS" in str(error)
    assert "ca_path" not in str(error)


def test_a_file_that_holds_no_certificate_names_its_option(tls_server, client, tmp_path):
    (tmp_path / "ca.pem").write_text("no certificate")
    error = failure(client(api_url=tls_server().url, ca_path=str(tmp_path / "ca.pem"), retries=0))
    assert "`ca_path`" in str(error)


# -- proxies ----------------------------------------------------------------------------------------------------------


PROXY_VARIABLES = [name for upper in ("HTTP_PROXY", "HTTPS_PROXY", "ALL_PROXY") for name in (upper, upper.lower())]


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_a_proxy_that_does_not_answer_is_named(client, closed_port, monkeypatch, variable):
    monkeypatch.setenv(variable, f"http://127.0.0.1:{closed_port}")
    error = failure(client(api_url="https://api.spice.test", retries=0), "POST", {})
    assert not error.outcome_unknown
    for words in ("proxy", "HTTPS_PROXY", "NO_PROXY", "Connection refused"):
        assert words in str(error)


def test_a_proxy_that_refuses_is_named_without_its_credential(server, client, monkeypatch):
    proxy = server(lambda request: (407, {}, ""))
    monkeypatch.setenv("HTTPS_PROXY", proxy.url.replace("http://", "http://user:proxy-password@"))
    error = failure(client(api_url="https://api.spice.test", retries=0), "POST", {})
    assert not error.outcome_unknown
    assert "proxy" in str(error)
    assert "proxy-password" not in str(error)


@pytest.mark.parametrize("variable", ["HTTPS_PROXY", "https_proxy", "ALL_PROXY", "all_proxy"])
def test_requests_go_through_the_proxy_of_the_environment(server, client, monkeypatch, variable):
    proxy = server(lambda request: (407, {}, ""))
    monkeypatch.setenv(variable, proxy.url)
    failure(client(api_url="https://api.spice.test", retries=0))
    assert [(request.command, request.path) for request in proxy.requests] == [("CONNECT", "api.spice.test:443")]


@pytest.fixture
def proxied(server, monkeypatch):
    """Makes a proxy that no request may reach, and sets it in these variables."""
    started = []

    def make(*variables):
        started.append(server(lambda request: (200, {}, {"id": "from the proxy"})))
        for variable in variables:
            monkeypatch.setenv(variable, started[-1].url)

    yield make
    assert started
    for proxy in started:
        assert proxy.requests == []


@pytest.mark.parametrize("variables", [*[[name] for name in PROXY_VARIABLES], PROXY_VARIABLES], ids="+".join)
@pytest.mark.parametrize("name", ["127.0.0.1", "localhost", "LocalHost"])
def test_the_loopback_address_is_never_asked_for_by_way_of_a_proxy(server, client, proxied, variables, name):
    def answer(request):
        if request.path == "/v1/moved":
            return 307, {"Location": "/v1/apps/7"}, ""
        return 200, {}, {"access_token": "token", "id": 7}

    served = server(answer)
    url = served.url.replace("127.0.0.1", name)
    proxied(*variables)
    for made in (client(api_url=url), client(api_url=url, oauth=True)):
        assert made.request("GET", "/v1/apps/7")["id"] == 7
        assert made.request("POST", "/v1/apps/7", {"a": 1})["id"] == 7
        assert made.request("GET", "/v1/moved")["id"] == 7
        assert RuntimeClient(made, "the endpoint", url, "key").get("/v1/ready", dict)["id"] == 7
    assert len(served.requests) == 2 * 5 + 1


@pytest.mark.parametrize("variables", [*[[name] for name in PROXY_VARIABLES], PROXY_VARIABLES], ids="+".join)
def test_nor_with_tls(tls_server, client, proxied, ca_file, monkeypatch, variables):
    served = tls_server()
    proxied(*variables)
    assert client(api_url=served.url, ca_path=ca_file).request("GET", "/v1/apps/7") == {"id": 7}
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", ca_file)
    assert client(api_url=served.url).request("GET", "/v1/apps/7") == {"id": 7}


@pytest.mark.parametrize(
    "variables", [["HTTPS_PROXY"], ["https_proxy"], ["ALL_PROXY"], ["all_proxy"], PROXY_VARIABLES], ids="+".join
)
def test_only_a_token_service_on_the_loopback_address_is_asked_directly(server, client, monkeypatch, variables):
    token_service = server(lambda request: (200, {}, {"access_token": "token"}))
    proxy = server(lambda request: (407, {}, ""))
    for variable in variables:
        monkeypatch.setenv(variable, proxy.url)
    failure(client(api_url="https://api.spice.test", token_url=token_service.url + "/token", oauth=True, retries=0))
    assert [request.path for request in token_service.requests] == ["/token"]
    assert [request.path for request in proxy.requests] == ["api.spice.test:443"]


@pytest.fixture
def used(monkeypatch):
    """list: of each request that would go out, the proxies and the CA certificates that it would go out with."""
    sent = []

    def send(self, request, proxies=None, verify=None, **more):
        sent.append(([proxies[scheme] for scheme in ("http", "https", "all") if proxies.get(scheme)], verify))
        raise requests.exceptions.ConnectionError("sent enough")

    monkeypatch.setattr(requests.adapters.HTTPAdapter, "send", send)
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", "/etc/own-ca.pem")
    for variable in PROXY_VARIABLES:
        monkeypatch.setenv(variable, "http://proxy.test:3128")
    return sent


@pytest.mark.parametrize(
    ("url", "direct"),
    [
        ("http://127.0.0.1:9", True),
        ("http://127.200.3.4:9", True),
        ("http://[::1]:9", True),
        ("https://[0:0:0:0:0:0:0:1]", True),
        ("https://localhost:9", True),
        ("https://128.0.0.1", False),
        ("https://10.0.0.1", False),
        ("https://[::2]", False),
        ("https://api.spice.test", False),
        ("https://localhost.spice.test", False),
        ("https://127.0.0.1.spice.test", False),
    ],
)
def test_which_addresses_are_loopback_addresses(client, used, url, direct):
    for dummy in range(2):
        failure(client(api_url=url, retries=0))
    assert used == [([] if direct else ["http://proxy.test:3128"] * 3, "/etc/own-ca.pem")] * 2


@pytest.mark.parametrize(
    ("variable", "value", "direct"),
    [
        ("NO_PROXY", "spice.test", True),
        ("no_proxy", "api.spice.test", True),
        ("NO_PROXY", "other.test", False),
        ("NO_PROXY", "", False),
    ],
)
def test_no_proxy_excepts_a_host(client, used, monkeypatch, variable, value, direct):
    monkeypatch.setenv(variable, value)
    failure(client(api_url="https://api.spice.test", retries=0))
    assert used == [([] if direct else ["http://proxy.test:3128"] * 3, "/etc/own-ca.pem")]


# -- answers without end ----------------------------------------------------------------------------------------------


@pytest.fixture
def raw_server():
    """A server that answers every connection by what the test writes to it."""
    listeners = []

    def start(write):
        listener = socket.create_server(("127.0.0.1", 0))
        listeners.append(listener)

        def serve():
            while True:
                try:
                    connection, dummy = listener.accept()
                except OSError:
                    return
                with contextlib.suppress(OSError), connection:
                    connection.recv(65536)
                    write(connection)

        threading.Thread(target=serve, daemon=True).start()
        return f"http://127.0.0.1:{listener.getsockname()[1]}"

    yield start
    for listener in listeners:
        listener.close()


def drip(pieces, connection):
    for piece in pieces:
        connection.sendall(piece)
        time.sleep(0.02)


HEADERS = b"HTTP/1.1 200 OK\r\nContent-Type: application/json\r\n"
ENDLESS = {
    "headers": lambda: itertools.chain([b"HTTP/1.1 200 OK\r\nX-Long: "], itertools.repeat(b"x", 500)),
    "body": lambda: itertools.chain([HEADERS + b"Content-Length: 99999999\r\n\r\n"], itertools.repeat(b" ", 500)),
    "chunks": lambda: itertools.chain(
        [HEADERS + b"Transfer-Encoding: chunked\r\n\r\n"], itertools.repeat(b"1\r\n \r\n", 500)
    ),
    "until closed": lambda: itertools.chain([HEADERS + b"\r\n"], itertools.repeat(b" ", 500)),
}


@pytest.mark.parametrize("part", ENDLESS)
@pytest.mark.parametrize("method", ["GET", "POST"])
def test_an_answer_that_drips_without_end_is_given_up(raw_server, client, monkeypatch, part, method):
    monkeypatch.setattr(transport, "MAX_TIMEOUTS", 0.3)
    url = raw_server(lambda connection: drip(ENDLESS[part](), connection))
    made = client(api_url=url, timeout=1)
    began = time.monotonic()
    with pytest.raises(ApiError, match="did not end its answer") as caught:
        made.request(method, "/v1/apps/7")
    assert time.monotonic() - began < 5
    assert "`timeout`" in str(caught.value)
    assert caught.value.outcome_unknown is (method == "POST")
    assert made.request_count == 1


def test_an_answer_that_is_too_large_is_given_up(raw_server, client, monkeypatch):
    monkeypatch.setattr(bounded, "MAX_BYTES", 2**20)

    def write(connection):
        connection.sendall(HEADERS + b"\r\n")
        while True:
            connection.sendall(b" " * 65536)

    made = client(api_url=raw_server(write), timeout=5)
    with pytest.raises(ApiError, match="answers GET /v1/apps/7 with more than"):
        made.request("GET", "/v1/apps/7")
    assert made.request_count == 1


def test_what_grows_when_it_is_unpacked_is_too_large(server, raw_server, client, monkeypatch):
    monkeypatch.setattr(bounded, "MAX_BYTES", 2**20)
    packed = gzip.compress(b" " * 2**24)
    head = HEADERS + f"Content-Encoding: gzip\r\nContent-Length: {len(packed)}\r\n\r\n".encode()
    with pytest.raises(ApiError, match="with more than"):
        client(api_url=raw_server(lambda connection: connection.sendall(head + packed))).request("GET", "/v1/apps/7")


@pytest.mark.parametrize("depth", [100, 100_000])
def test_an_answer_that_is_nested_too_deeply(server, client, depth):
    served = server(lambda request: (200, {"Content-Type": "application/json"}, '{"a":' * depth + "1" + "}" * depth))
    with pytest.raises(ApiError, match="JSON that is nested too deeply"):
        client(api_url=served.url).request("GET", "/v1/apps/7")
    assert len(served.requests) == 1


# -- cookies ----------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("cookie", ["session=a", "session=a; Path=/", "session=a; Domain=127.0.0.1; Max-Age=99999"])
@pytest.mark.parametrize("status", [200, 302, 404])
def test_no_cookie_is_kept(server, client, cookie, status):
    headers = {"Set-Cookie": cookie, "Location": "/v1/apps/8"}
    served = server(lambda request: (status if request.path.endswith("7") else 200, headers, {"id": 7}))
    for token in ("one", "two"):
        with contextlib.suppress(ApiError):
            client(api_url=served.url, api_token=token).request("GET", "/v1/apps/7")
    assert len(served.requests) >= 2
    assert [request.headers["Cookie"] for request in served.requests] == [None] * len(served.requests)
