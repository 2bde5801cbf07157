"""The web server: uvicorn on loopback, which ends live streams and waits for publishers when it is told to end."""

from __future__ import annotations

import socket

import uvicorn

from newsreel.site.asgi import application, live, pictures

# Streams and pages together; beyond it uvicorn answers 503.
CONNECTIONS = 1000
GRACE = 5  # seconds that a page in the making has at the end


class PortalServer(uvicorn.Server):
    """uvicorn waits for open answers before it tells the application to end; a live stream never ends by itself."""

    async def shutdown(self, sockets: list[socket.socket] | None = None) -> None:
        """Ends the streams and the fetching of pictures first."""
        live.end()
        await pictures.close()
        await super().shutdown(sockets)


def portal_server(port: int, host: str = "127.0.0.1") -> PortalServer:
    """A server for one address, to be run with ``run()``, or ``await serve(sockets)``. Django must be set up."""
    return PortalServer(
        uvicorn.Config(
            application,
            host=host,
            port=port,
            lifespan="on",
            ws="none",
            proxy_headers=False,
            server_header=False,
            access_log=False,
            log_config=None,
            limit_concurrency=CONNECTIONS,
            timeout_graceful_shutdown=GRACE,
            h11_max_incomplete_event_size=32_768,
        )
    )
