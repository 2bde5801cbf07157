"""A visitor by real HTTP: keeps cookies, fills in the forms that it is shown."""

from __future__ import annotations

import html
import re
import urllib.error
import urllib.parse
import urllib.request
from dataclasses import dataclass
from http.cookiejar import CookieJar


@dataclass(frozen=True)
class Page:
    """What was answered, after redirects."""

    status: int
    url: str
    text: str

    def form(self, action: str) -> tuple[str, dict[str, str]]:
        """The address of the last form that goes to one that begins so, and its fields with what they hold."""
        for found in reversed(list(re.finditer(r"<form\b[^>]*>(.*?)</form>", self.text, re.DOTALL))):
            goes_to = _of(found[0], "action")
            if goes_to.startswith(action):
                fields = re.findall(r"<input\b[^>]*>", found[1])
                return goes_to, {_of(field, "name"): _of(field, "value") for field in fields if _of(field, "name")}
        raise AssertionError(f"{self.url} has no form to {action}: {self.text.partition('<main')[2][:1500]}")


def _of(tag: str, attribute: str) -> str:
    found = re.search(rf'\b{attribute}="([^"]*)"', tag)
    return html.unescape(found[1]) if found else ""


class Visitor:
    """One browser, without scripts."""

    def __init__(self, base: str, **headers: str) -> None:
        self.base = base
        self.jar = CookieJar()
        self.headers = {name.replace("_", "-"): value for name, value in headers.items()}
        self._opener = urllib.request.build_opener(
            urllib.request.ProxyHandler({}), urllib.request.HTTPCookieProcessor(self.jar)
        )

    def get(self, address: str, data: bytes | None = None, referer: str = "") -> Page:
        """A page, by path or whole address."""
        url = urllib.parse.urljoin(self.base, address)
        asked = urllib.request.Request(url, data, self.headers | ({"Referer": referer} if referer else {}))
        try:
            with self._opener.open(asked, timeout=20) as answer:
                return Page(answer.status, answer.url, answer.read().decode())
        except urllib.error.HTTPError as error:
            with error:
                return Page(error.code, error.url, error.read().decode())

    def send(self, page: Page, action: str, **fields: str) -> Page:
        """Fills in a page's form to ``action`` and sends it."""
        goes_to, values = page.form(action)
        return self.get(goes_to or page.url, urllib.parse.urlencode(values | fields).encode(), page.url)
