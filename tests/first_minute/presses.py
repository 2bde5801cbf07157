"""Presses for an archive of one's own: the sample press's outlets as if they were real, and a site that refuses robots."""

from __future__ import annotations

import http.client
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from urllib.parse import urlsplit

from tests.installation import sample_press

REFUSING = "www.refusing.example"


@contextmanager
def press_with_a_refusing_site(*options: str) -> Iterator[str]:
    """A forward proxy; its address. REFUSING's robots.txt lets nobody in, everything else is the sample press's."""
    with sample_press(*options) as press:

        class Door(BaseHTTPRequestHandler):
            def do_GET(self) -> None:
                host, path = urlsplit(self.path).hostname, urlsplit(self.path).path
                if host == REFUSING:
                    assert path == "/robots.txt", f"{path} was read, which robots.txt forbids"
                    self._answer(200, [("Content-Type", "text/plain")], b"User-agent: *\nDisallow: /\n")
                    return
                behind = http.client.HTTPConnection("127.0.0.1", press.port, timeout=10)
                asked = {name: value for name, value in self.headers.items() if name.lower() != "connection"}
                behind.request("GET", self.path, headers=asked | {"Connection": "close"})
                answer = behind.getresponse()
                dropped = ("connection", "content-length", "transfer-encoding")
                kept = [(name, value) for name, value in answer.getheaders() if name.lower() not in dropped]
                self._answer(answer.status, kept, answer.read())
                behind.close()

            def _answer(self, status: int, headers: list[tuple[str, str]], body: bytes) -> None:
                self.send_response_only(status)
                for name, value in headers:
                    self.send_header(name, value)
                self.send_header("Content-Length", str(len(body)))
                self.end_headers()
                self.wfile.write(body)

            def log_message(self, format: str, *arguments: object) -> None:
                return

        server = ThreadingHTTPServer(("127.0.0.1", 0), Door)
        thread = threading.Thread(target=server.serve_forever, args=(0.05,))
        thread.start()
        try:
            yield f"http://127.0.0.1:{server.server_port}"
        finally:
            server.shutdown()
            thread.join()
            server.server_close()
