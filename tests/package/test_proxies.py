"""The sample proxies before a server that says what it was sent: what they keep inside, and whom Ici believes it is."""

import http.client
import http.server
import json
import os
import re
import socket
import ssl
import subprocess
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from werkzeug.middleware.proxy_fix import ProxyFix
from werkzeug.test import create_environ

from tests.package.test_deploy import DEPLOY, program
from tests.serving import free_port

HOST = "ici.example.org"
MEBIBYTE = 1024 * 1024

pytestmark = [pytest.mark.slow, pytest.mark.timeout(60)]


class Mirror(http.server.BaseHTTPRequestHandler):
    """Answers each request with what it was sent."""

    protocol_version = "HTTP/1.1"

    def do_POST(self) -> None:
        length = len(self.rfile.read(int(self.headers.get("Content-Length", 0))))
        said = json.dumps({"path": self.path, "headers": dict(self.headers.items()), "length": length}).encode()
        self.send_response(200)
        self.send_header("Content-Length", str(len(said)))
        self.end_headers()
        self.wfile.write(said)

    do_GET = do_POST

    def log_message(self, format: str, *args: Any) -> None:
        """It is no news."""


@dataclass
class Proxy:
    """A proxy that runs: where it listens, and where it writes."""

    port: int
    folder: Path

    def ask(self, path: str, *, body: bytes | None = None, **headers: str) -> tuple[int, Any]:
        """Status and answer of a request; the answer is what the server behind was sent."""
        trusting = ssl._create_unverified_context()
        connection = http.client.HTTPConnection("127.0.0.1", self.port)
        plain = socket.create_connection(("127.0.0.1", self.port), timeout=20)
        connection.sock = trusting.wrap_socket(plain, server_hostname=HOST)
        try:
            connection.request("POST" if body else "GET", path, body, {"Host": HOST, **headers})
            answer = connection.getresponse()
            said = answer.read()
            return answer.status, json.loads(said) if answer.status == 200 else None
        finally:
            connection.close()


@pytest.fixture(scope="module")
def upstream() -> Iterator[int]:
    server = http.server.ThreadingHTTPServer(("127.0.0.1", 0), Mirror)
    threading.Thread(target=server.serve_forever, daemon=True).start()
    yield server.server_address[1]
    server.shutdown()
    server.server_close()


@contextmanager
def running(command: list[str], port: int, folder: Path, **environment: str) -> Iterator[Proxy]:
    """The proxy, once it takes connections."""
    with (folder / "said.log").open("wb") as log:
        process = subprocess.Popen(command, env=os.environ | environment, stdout=log, stderr=log)
    try:
        proxy, until = Proxy(port, folder), time.monotonic() + 20
        while True:
            assert process.poll() is None, (folder / "said.log").read_text()[-2000:]
            try:
                proxy.ask("/livez")
                break
            except OSError:
                assert time.monotonic() < until, (folder / "said.log").read_text()[-2000:]
                time.sleep(0.05)  # another process starts: one can only ask again
        yield proxy
    finally:
        process.terminate()
        process.wait(20)


def make_certificate(folder: Path) -> None:
    openssl = program("openssl")
    command = [openssl, "req", "-x509", "-newkey", "rsa:2048", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
    files = ["-keyout", str(folder / "privkey.pem"), "-out", str(folder / "fullchain.pem")]
    subprocess.run([*command, *files], check=True, capture_output=True)


def nginx_files(folder: Path, *, port: int, plain: int, upstream: int) -> list[str]:
    """Its sample with other ports and folders, in a configuration that a user may run; the command that runs it."""
    make_certificate(folder)
    text = (DEPLOY / "proxy" / "nginx.conf").read_text()
    text = text.replace("/etc/letsencrypt/live/ici.example.org", str(folder)).replace("/var/log/nginx", str(folder))
    text = re.sub(r"listen \[::\]:.*\n", "", text).replace("listen 80;", f"listen 127.0.0.1:{plain};")
    text = text.replace("listen 443 ssl", f"listen 127.0.0.1:{port} ssl").replace(
        "127.0.0.1:8000", f"127.0.0.1:{upstream}"
    )
    (folder / "ici.conf").write_text(text)
    kinds = ("client_body", "proxy", "fastcgi", "uwsgi", "scgi")
    temporary = "".join(f"{kind}_temp_path {folder}/{kind};\n" for kind in kinds)
    user = "user root;" if os.geteuid() == 0 else ""  # whose folder this is, and nobody else may enter
    main = f"daemon off;\n{user}\npid {folder}/pid;\nerror_log {folder}/main.log;\nevents {{}}\n"
    (folder / "nginx.conf").write_text(f"{main}http {{\n{temporary}include {folder}/ici.conf;\n}}\n")
    return [program("nginx"), "-p", str(folder), "-c", str(folder / "nginx.conf")]


def caddy_files(folder: Path, *, port: int, plain: int) -> list[str]:
    """Its sample with certificates of its own making; the command that runs it."""
    text = (DEPLOY / "proxy" / "Caddyfile").read_text()
    ports = f"\tadmin off\n\tskip_install_trust\n\tlocal_certs\n\thttps_port {port}\n\thttp_port {plain}\n\tservers {{"
    (folder / "Caddyfile").write_text(text.replace("\tservers {", ports, 1))
    return [program("caddy"), "run", "--config", str(folder / "Caddyfile"), "--adapter", "caddyfile"]


@pytest.fixture(scope="module", params=["nginx", "caddy"])
def proxy(request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, upstream: int) -> Iterator[Proxy]:
    folder = tmp_path_factory.mktemp(request.param)
    folder.chmod(0o755)
    port, plain = free_port(), free_port()
    if request.param == "nginx":
        command = nginx_files(folder, port=port, plain=plain, upstream=upstream)
        tested = subprocess.run([*command, "-t"], capture_output=True, text=True, check=False)
        assert tested.returncode == 0, tested.stderr
        with running(command, port, folder) as made:
            yield made
        return
    command = caddy_files(folder, port=port, plain=plain)
    homes = {"XDG_DATA_HOME": str(folder), "XDG_CONFIG_HOME": str(folder), "HOME": str(folder)}
    with running(command, port, folder, ICI_HOST=HOST, ICI_SERVER=f"127.0.0.1:{upstream}", **homes) as made:
        yield made


def client_of(sent: dict[str, str]) -> str:
    """Whom Ici takes for the client, with ICI_PROXIES=1, after what the proxy sent."""
    seen: list[str] = []
    fixed = ProxyFix(lambda environ, start: seen.append(environ["REMOTE_ADDR"]) or [], x_for=1, x_proto=0)  # type: ignore[func-returns-value]
    fixed(create_environ(headers=sent, environ_base={"REMOTE_ADDR": "192.0.2.99"}), lambda *_: None)  # type: ignore[arg-type]
    return seen[0]


@pytest.mark.parametrize("path", ["/metrics", "/%6detrics", "/metrics?x=1", "/readyz", "/v1/../metrics"])
def test_what_is_for_inside_is_not_there_outside(proxy: Proxy, path: str) -> None:
    assert proxy.ask(path)[0] == 404


def test_everything_else_arrives_as_it_was_asked(proxy: Proxy) -> None:
    status, sent = proxy.ask("/v1/coupons/A%2FB?x=%20y")
    assert (status, sent["path"], sent["headers"]["Host"]) == (200, "/v1/coupons/A%2FB?x=%20y", HOST)


@pytest.mark.parametrize("lie", [None, "203.0.113.7", "203.0.113.7, 198.51.100.1", "unknown"])
def test_a_client_cannot_say_who_it_is(proxy: Proxy, lie: str | None) -> None:
    _, sent = proxy.ask("/v1/me", **({"X-Forwarded-For": lie} if lie else {}))
    assert client_of(sent["headers"]) == "127.0.0.1"


def test_a_file_of_cards_passes_and_a_flood_does_not(proxy: Proxy) -> None:
    status, sent = proxy.ask("/v1/card-imports", body=b"x" * (8 * MEBIBYTE + 1))
    assert (status, sent["length"]) == (200, 8 * MEBIBYTE + 1)
    assert proxy.ask("/v1/card-imports", body=b"x" * (10 * MEBIBYTE))[0] in (413, 502)


def test_no_log_holds_an_address_or_a_body(proxy: Proxy) -> None:
    proxy.ask("/v1/coupons/TELLTALE-PATH?q=TELLTALE-QUERY", body=b"TELLTALE-BODY")
    written = "".join(file.read_text(errors="replace") for file in proxy.folder.glob("*.log"))
    assert [word for word in ("TELLTALE-PATH", "TELLTALE-QUERY", "TELLTALE-BODY") if word in written] == []
