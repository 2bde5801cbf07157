"""What single sign-on asks of its provider, through the one gate: the face of a session of ``requests`` that django-allauth
expects, as far as it uses it.

The provider's own host and port are named by a setting and so an exception to the gate, whatever address they have; every
other address that its documents name must be one of the public internet.
"""

from __future__ import annotations

import asyncio
import json
import logging
import threading
from base64 import b64encode
from collections.abc import Mapping
from dataclasses import replace
from typing import Any
from urllib.parse import urlencode

from allauth.socialaccount.providers.oauth2.client import OAuth2Error

from newsreel.core.errors import NewsreelError
from newsreel.core.settings import settings
from newsreel.core.types import Response
from newsreel.fetching import Fetcher, Limits, Policy
from newsreel.fetching.targets import parse_target

log = logging.getLogger("newsreel.accounts")
LIMITS = Limits(wire_bytes=256 * 1024, decoded_bytes=512 * 1024, total_seconds=8.0, connect_seconds=5.0, redirects=0)
# Threads of the portal that may wait for the provider at once: however slow it is, the others serve pages.
_TURNS = threading.BoundedSemaphore(3)
_TURN_SECONDS = 2.0


class OutgoingError(OAuth2Error):
    """The provider could not be asked, or did not answer as one. The reason is in the log in one line."""


class Answer:
    """An answer, with the names that ``requests`` gives its parts. Only 2xx becomes one."""

    def __init__(self, response: Response) -> None:
        self.status_code = response.status
        self.content = response.body
        self.headers = {name.lower(): value for name, value in response.headers}

    @property
    def text(self) -> str:
        """The body as text."""
        return self.content.decode("utf-8", "replace")

    def json(self) -> dict[str, Any]:
        """The object that the body is."""
        try:
            found = json.loads(self.content)
        except (ValueError, RecursionError):
            found = None
        if not isinstance(found, dict):
            raise OutgoingError("The provider's answer is no JSON object.")
        return found

    def raise_for_status(self) -> None:
        """An answer that is none was raised before."""


class Session:
    """``with Session() as session: session.get(url)``."""

    def __enter__(self) -> Session:
        return self

    def __exit__(self, *_: object) -> None:
        return None

    def get(self, url: str, *, params: Mapping[str, str] | None = None, **options: Any) -> Answer:
        """A GET."""
        return self.request("GET", url, params=params, **options)

    def post(self, url: str, *, data: Mapping[str, str] | None = None, **options: Any) -> Answer:
        """A POST of a form."""
        return self.request("POST", url, data=data, **options)

    def request(
        self,
        method: str,
        url: str,
        *,
        params: Mapping[str, str] | None = None,
        data: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
        auth: Any = None,
        **options: Any,
    ) -> Answer:
        """One request. OutgoingError where no 2xx comes back."""
        authorization = (headers or {}).get("Authorization")
        if auth is not None:
            authorization = "Basic " + b64encode(f"{auth.username}:{auth.password}".encode()).decode()
        if params:
            url += ("&" if "?" in url else "?") + urlencode(params)
        form = dict(data or {}) if method == "POST" else None
        if not _TURNS.acquire(timeout=_TURN_SECONDS):
            raise OutgoingError("Too many wait for the provider.")
        try:
            return Answer(asyncio.run(_ask(url, form, authorization)))
        except NewsreelError as error:
            log.warning("Single sign-on: %s", error.reason)
            raise OutgoingError(error.reason) from None
        finally:
            _TURNS.release()


async def _ask(url: str, form: dict[str, str] | None, authorization: str | None) -> Response:
    chosen = settings()
    policy = Policy.from_settings(chosen)
    policy = replace(policy, allowed_hosts=policy.allowed_hosts | {parse_target(chosen.oidc_url).place})
    async with Fetcher(policy) as fetcher:
        return await fetcher.call(url, form=form, authorization=authorization, limits=LIMITS)
