"""The elements of feeds that we read, by one fixed set of names whatever prefixes a publisher uses."""

from __future__ import annotations

# Namespaces (in lower case, as publishers misspell their case) by the one prefix that we write them with.
_ATOM = "http://www.w3.org/2005/Atom"
WRITTEN = {
    "content": "http://purl.org/rss/1.0/modules/content/",
    "dc": "http://purl.org/dc/elements/1.1/",
    "dcterms": "http://purl.org/dc/terms/",
    "feedburner": "http://rssnamespace.org/feedburner/ext/1.0",
    "rdf": "http://www.w3.org/1999/02/22-rdf-syntax-ns#",
    "sy": "http://purl.org/rss/1.0/modules/syndication/",
    "xhtml": "http://www.w3.org/1999/xhtml",
}
BY_URI = {uri.lower(): prefix for prefix, uri in WRITTEN.items()} | dict.fromkeys(
    (
        _ATOM.lower(),
        "http://purl.org/atom/ns#",
        "http://purl.org/rss/1.0/",
        "http://my.netscape.com/rdf/simple/0.9/",
        "http://backend.userland.com/rss",
        "http://backend.userland.com/rss2",
        "http://blogs.law.harvard.edu/tech/rss",
        "http://purl.org/net/rss1.1#",
    ),
    "",
)
_BY_PREFIX = {prefix: prefix for prefix in WRITTEN} | dict.fromkeys(("", "atom", "atom10", "a10", "a", "rss"), "")
_FOREIGN_URIS = ("mrss", "itunes", "georss", "opengis", "podlove", "podcast", "googleplay", "w3.org/2003/01/geo")

STRUCTURE = frozenset({"rss", "rdf:rdf", "feed", "channel", "item", "entry"})
ENTRIES = frozenset({"item", "entry"})
# Elements whose inside is a text, perhaps with markup in it.
CONTENT = frozenset(
    "title description summary content subtitle tagline info content:encoded fullitem abstract "
    "body xhtml:body rights copyright dc:title dc:description".split()
)
_SHORT = frozenset(
    "link guid id pubdate published updated issued modified created lastbuilddate dc:date dcterms:created "
    "dcterms:issued dcterms:modified author creator dc:creator dc:author name email uri url category dc:subject "
    "categories language dc:language feedburner:origlink source image textinput managingeditor contributor "
    "ttl sy:updateperiod sy:updatefrequency".split()
)
PEOPLE = frozenset("author creator dc:creator dc:author name email contributor managingeditor".split())
KNOWN = STRUCTURE | CONTENT | _SHORT
REPEATED = frozenset("category dc:subject author dc:creator dc:author contributor link name".split())


def written_name(raw: str, prefixes: dict[str, str]) -> str:
    """The name that we write for an element, '' for one of a namespace that says nothing to us."""
    prefix, _, local = raw.rpartition(":")
    uri = prefixes.get(prefix, "").lower()
    known = BY_URI.get(uri) if uri else _BY_PREFIX.get(prefix)
    if known is None and (not prefix or local in STRUCTURE):
        known = "" if not any(part in uri for part in _FOREIGN_URIS) else None
    if known is None:
        return ""
    if known == "rdf" or local == "rdf":
        return "rdf:RDF" if local == "rdf" else ""
    if known == "xhtml":
        return "xhtml:body" if local == "body" else ""
    return f"{known}:{local}" if known else local
