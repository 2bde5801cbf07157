"""What is agreed with one publisher: headers of our own, and paths that are read whatever robots.txt says of them.

Both hold on the publisher's own hosts alone, judged anew at every hop, so that a redirect or a link to another site
takes neither there. Headers are often secrets (a subscription's Cookie): where the publisher's home is https, they are
sent over https alone.
"""

from __future__ import annotations

import re
from dataclasses import dataclass

from newsreel.core.urls import host_of
from newsreel.fetching.targets import Target, quoted

# '/../' in a path, written openly or not: the server goes up, and what it names is not below its beginning.
UPWARDS = re.compile(r"/(?:\.|%2e){1,2}(?:/|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Terms:
    """``site``: the publisher's ('news.example'); hosts below it are its own. ``headers`` are sent there, over https
    alone where ``secure``. ``free_paths`` are beginnings of paths for which its robots.txt is not asked; its
    Crawl-delay is kept.
    """

    site: str
    headers: tuple[tuple[str, str], ...] = ()
    free_paths: tuple[str, ...] = ()
    secure: bool = True

    def headers_for(self, target: Target) -> tuple[tuple[str, str], ...]:
        """What is sent to a target besides the usual."""
        return self.headers if self._own(target) and (target.scheme == "https" or not self.secure) else ()

    def frees(self, target: Target) -> bool:
        """Whether a target is read whatever its robots.txt says."""
        if not self.free_paths or not self._own(target):
            return False
        path = target.path
        return UPWARDS.search(path) is None and path.startswith(tuple(map(quoted, self.free_paths)))

    def _own(self, target: Target) -> bool:
        host = host_of(target.url)
        return bool(self.site) and (host == self.site or host.endswith("." + self.site))
