"""Providers of single sign-on on loopback: a real one in a process of its own, and one that answers as a test says."""

from __future__ import annotations

import base64
import hashlib
import json
import subprocess
import sys
import threading
import time
import urllib.parse
import urllib.request
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any

import jwt
from cryptography.hazmat.primitives.asymmetric import rsa

from tests.installation import free_port, wait_until

CLIENT, SECRET = "newsreel", "s3cret"


class RealProvider:
    """oidc-provider-mock: whoever it is asked for is who it says."""

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"

    def knows(self, sub: str, **claims: object) -> None:
        """What it says of somebody."""
        url = f"{self.url}/users/{urllib.parse.quote(sub)}"
        body = json.dumps(claims).encode()
        asked = urllib.request.Request(url, body, {"Content-Type": "application/json"}, method="PUT")
        with urllib.request.build_opener(urllib.request.ProxyHandler({})).open(asked, timeout=10):
            pass


@contextmanager
def real_provider() -> Iterator[RealProvider]:
    """It runs."""
    port = free_port()
    command = [sys.executable, "-m", "oidc_provider_mock", "--port", str(port), "--require-nonce"]
    process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
    opener = urllib.request.build_opener(urllib.request.ProxyHandler({}))

    def answers() -> bool:
        try:
            with opener.open(f"http://localhost:{port}/.well-known/openid-configuration", timeout=2):
                return True
        except OSError:
            return False

    try:
        wait_until(answers, 30, "the provider")
        yield RealProvider(port)
    finally:
        process.terminate()
        process.wait(10)


class HostileProvider:
    """Answers as it should, but for what a test changes: ``config``, ``claims``, ``sign`` and ``say`` (by path)."""

    def __init__(self, port: int) -> None:
        self.url = f"http://localhost:{port}"
        self.key = rsa.generate_private_key(public_exponent=65537, key_size=2048)
        self.asked: list[tuple[str, dict[str, str], dict[str, str]]] = []  # path, form, headers
        self.codes: dict[str, dict[str, str]] = {}
        self.reset()

    def reset(self) -> None:
        self.config: dict[str, Any] = {}
        self.claims: dict[str, Any] = {}
        self.userinfo: dict[str, Any] = {}
        self.sign: Callable[[dict[str, Any]], str] = self.signed
        self.say: dict[str, Callable[[BaseHTTPRequestHandler], None]] = {}

    def signed(self, claims: dict[str, Any]) -> str:
        return jwt.encode(claims, self.key, "RS256", {"kid": "one"})

    def discovery(self) -> dict[str, Any]:
        found = {
            "issuer": self.url,
            "authorization_endpoint": f"{self.url}/authorize",
            "token_endpoint": f"{self.url}/token",
            "userinfo_endpoint": f"{self.url}/userinfo",
            "jwks_uri": f"{self.url}/jwks",
        }
        return found | self.config

    def jwks(self) -> dict[str, Any]:
        public = json.loads(jwt.algorithms.RSAAlgorithm.to_jwk(self.key.public_key()))
        return {"keys": [public | {"kid": "one", "use": "sig", "alg": "RS256"}]}

    def code(self, query: dict[str, str]) -> str:
        """As if somebody had logged in there, sent by this query."""
        made = f"code{len(self.codes)}"
        self.codes[made] = query
        return made

    def token(self, form: dict[str, str]) -> dict[str, Any]:
        query = self.codes.pop(form["code"])
        challenge = base64.urlsafe_b64encode(hashlib.sha256(form["code_verifier"].encode()).digest()).rstrip(b"=")
        assert query["code_challenge_method"] == "S256"
        assert query["code_challenge"] == challenge.decode()
        assert (form["client_id"], form["client_secret"]) == (CLIENT, SECRET)
        now = int(time.time())
        claims = {
            "iss": self.url,
            "aud": CLIENT,
            "sub": "mallory",
            "exp": now + 300,
            "iat": now,
            "nonce": query["nonce"],
        }
        return {"access_token": "at", "token_type": "Bearer", "id_token": self.sign(claims | self.claims)}


def answer(handler: BaseHTTPRequestHandler, body: bytes, status: int = 200, **headers: str) -> None:
    handler.send_response(status)
    for name, value in ({"Content-Type": "application/json", "Content-Length": str(len(body))} | headers).items():
        handler.send_header(name.replace("_", "-"), value)
    handler.end_headers()
    handler.wfile.write(body)


@contextmanager
def hostile_provider() -> Iterator[HostileProvider]:
    """It runs, in a thread."""
    provider = HostileProvider(free_port())

    class Handler(BaseHTTPRequestHandler):
        def log_message(self, *_: object) -> None:
            return None

        def do_GET(self) -> None:
            self.handle_any({})

        def do_POST(self) -> None:
            body = self.rfile.read(int(self.headers["Content-Length"])).decode()
            self.handle_any(dict(urllib.parse.parse_qsl(body)))

        def handle_any(self, form: dict[str, str]) -> None:
            path = self.path.partition("?")[0]
            provider.asked.append((path, form, dict(self.headers.items())))
            if path in provider.say:
                try:
                    provider.say[path](self)
                except OSError:
                    self.close_connection = True
                return
            made: Any = {
                "/.well-known/openid-configuration": provider.discovery,
                "/jwks": provider.jwks,
                "/token": lambda: provider.token(form),
                "/userinfo": lambda: {"sub": "mallory"} | provider.userinfo,
            }.get(path, dict)()
            answer(self, json.dumps(made).encode())

    class Quiet(ThreadingHTTPServer):
        daemon_threads = True

        def handle_error(self, *_: object) -> None:
            return None

    server = Quiet(("127.0.0.1", int(provider.url.rpartition(":")[2])), Handler)
    thread = threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.05}, daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()
