"""What an address says of the page behind it: an article, a list of articles, or neither.

Rules that are true of the web's press: articles have a date, a number or a phrase in their address; sections, tags
and service pages have a word.
"""

from __future__ import annotations

import re
import urllib.parse

from newsreel.core.urls import split

STRONG = 3
_STATIC = re.compile(
    r"\.(?:jpe?g|png|gif|webp|avif|svg|ico|bmp|pdf|docx?|xlsx?|pptx?|zip|gz|rar|7z|apk|exe|dmg|mp[34]|m4a|m4v|mov|avi|webm|ogg|wav|m3u8?"
    r"|css|js|mjs|json|xml|rss|atom|rdf|txt|csv|ics|woff2?|ttf|eot)$",
    re.IGNORECASE,
)
_DAY = re.compile(
    r"(?:^|[/_.-])(?:19|20)\d\d[/_.-]?(?:0?[1-9]|1[0-2]|[a-z]{3})[/_.-]?(?:0?[1-9]|[12]\d|3[01])(?=$|[/_.-])",
    re.IGNORECASE,
)
_MONTH = re.compile(r"/(?:19|20)\d\d[/-](?:0?[1-9]|1[0-2])(?:/|$)")
_NUMBER = re.compile(r"(?<![0-9])[0-9]{5,}(?![0-9])|[._-][0-9]{4,}$|^[0-9]{4,}$")
# Letters and digits mixed, as in 'c3d9v5g7x0yo', not a word with a number ('economy03').
_CODE = re.compile(r"(?=.*[0-9].*[0-9])(?=.*[0-9].*[A-Za-z])(?=.*[A-Za-z].*[0-9])[A-Za-z0-9_]{8,40}")
_EXTENSION = re.compile(r"\.(?:s?html?|php\d?|aspx?|jsp|cms|ece|cfm|do|amp|asp)$", re.IGNORECASE)
_WORDS = re.compile(r"[^\W_]+")
_ARTICLE_WORDS = frozenset(
    "article articles story stories artikel articolo articulo noticia nota post posts view read".split()
)
_ID_NAMES = frozenset(
    "id p aid nid sid newsid news_id articleid article_id article idxno artid storyid story_id no idx seq docid".split()
)

# Pages behind these words list articles; what follows them is the name of a list.
_LISTING = frozenset(
    "tag tags topic topics category categories kategorie kategori categoria categorie author authors autor "
    "autoren auteur auteurs autore profile profiles user users member people search suche buscar recherche page "
    "seite pagina label labels hashtag thema themen tema temas etiqueta etiquetas etichetta sujet keyword "
    "keywords series section sections rubrik rubrique columnist columnists contributor contributors byline by "
    "team journalist journalists".split()
)
# Pages of a publisher about itself and its services, in the languages of its web pages.
_SERVICE = frozenset(
    "about aboutus contact contactus kontakt contacto contatti contato login logout signin signup sign register "
    "registration anmelden registrieren connexion inscription account konto mon-compte my-account profile "
    "subscribe subscription subscriptions abo abonnement abonnements suscripcion suscribete newsletter "
    "newsletters privacy datenschutz confidentialite privacidad privacidade terms agb nutzungsbedingungen cookies "
    "cookie cookie-policy impressum imprint legal disclaimer mentions-legales aviso-legal note-legali copyright "
    "accessibility barrierefreiheit careers career jobs stellenangebote advertise advertising werbung mediadaten "
    "publicidad publicite pubblicita help hilfe faq faqs support feedback rss feeds sitemap site-map search suche "
    "buscar archive archives app apps shop store donate donation support-us epaper e-paper tv-guide weather "
    "wetter horoscope games puzzles crossword subscribe-now share print comments corrections complaints "
    "guidelines colophon widerruf barrierefrei".split()
)
# Folders of what advertisers pay for.
_PAID = frozenset(
    "sponsored sponsoredcontent sponsored-content advertorial advertorials annonse annons annonce anzeige "
    "anzeigen werbung brandcontent brand-content partner-content partnercontent paid-content paidpost promo "
    "promotions promotion publireportage coupon coupons gutscheine codes-promo vouchers campaign "
    "sonderveroeffentlichung publicidad branded".split()
)
_ARCHIVES = frozenset({"archive", "archives"})  # a list where it ends an address, many sites' folder of articles else
_SERVICE_PHRASE = re.compile(
    r"^(?:about|contact|sign|log)-(?:us|in|up|out)\b|^(?:advertise|work)-with|^(?:privacy|cookie|terms|legal|data-protection|editorial|community|comment)s?"
    r"-(?:and-conditions|and-cookies?|of-use|of-service|of-sale|policy|policies|statement|notice|notices|settings|preferences|guidelines?|standards?|code)"
    r"|^(?:who-we-are|how-to-complain|my-account|manage-|newsletter-sign|forgot-|reset-password)"
)


def article_likeness(url: str) -> int:
    """From 0 (says nothing) to 3 (date, number or a long phrase); -1 for what is certainly no article."""
    parts = split(url)
    if parts is None:
        return -1
    path = urllib.parse.unquote(parts.path)[:600]
    segments = [segment for segment in path.split("/") if segment]
    if not segments:
        return min(_by_query(parts.query), 2)
    if _STATIC.search(segments[-1]):
        return -1
    segments[-1] = _EXTENSION.sub("", segments[-1])
    names = [segment.lower() for segment in segments]
    if _PAID & set(names[:-1]) or _lists(names):
        return -1
    likeness = _by_path(path, segments, names) + _by_query(parts.query)
    if _service(names, likeness):
        return -1
    return min(likeness, STRONG)


def _by_path(path: str, segments: list[str], names: list[str]) -> int:
    likeness = 0
    if _DAY.search(path):
        likeness += 3
    elif _MONTH.search(path):
        likeness += 2
    tail = segments[-2:] if len(segments) > 1 else segments
    codes = [piece for piece in re.split(r"[-,.]", segments[-1]) if len(piece) <= 40]
    if any(_NUMBER.search(segment) for segment in tail) or any(_CODE.fullmatch(piece) for piece in codes):
        likeness += 2
    words = max(len(_WORDS.findall(segment)) for segment in tail)
    likeness += 0 if words < 3 else words - 2
    if not segments[-1].isascii() and len(segments[-1]) >= 8:
        likeness += 1
    if len(segments) > 1 and (
        path.endswith((".html", ".htm", ".shtml", ".cms", ".ece")) or _ARTICLE_WORDS & set(names[:-1])
    ):
        likeness += 1
    return likeness


def _lists(names: list[str]) -> bool:
    """Whether an address names a list: '/tag/x', '/author/123/jane-doe'; not '/authors/jane-doe/a-long-phrase'."""
    if len(names) > 1 and names[-2] in _LISTING:
        return True
    return (
        bool(_LISTING & set(names[:-1]))
        and len(_WORDS.findall(names[-1])) <= 3
        and not any(map(str.isdigit, names[-1:]))
    )


def _by_query(query: str) -> int:
    for name, value in urllib.parse.parse_qsl(query[:500]):
        if name.lower() in _ID_NAMES and re.fullmatch(r"[A-Za-z_-]{0,12}[0-9]{3,}", value):
            return 2
    return 0


def _service(names: list[str], likeness: int) -> bool:
    if names[-1] in _SERVICE or (names[-1] in _LISTING and len(names) < 3):
        return True
    if names[0] in _SERVICE - _ARCHIVES and likeness < STRONG:
        return True
    return bool(_SERVICE_PHRASE.search(names[-1])) and len(_WORDS.findall(names[-1])) <= 5
