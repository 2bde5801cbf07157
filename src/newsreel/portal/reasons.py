"""Why a piece of a page is not the article's, in plain words."""

from __future__ import annotations

from django.utils.translation import gettext_lazy as _

_WORDS = {
    "above the article": _("above the article"),
    "advert": _("advert"),
    "appeal": _("appeal to give or subscribe"),
    "aside": _("side column"),
    "below the article": _("below the article"),
    "byline": _("byline"),
    "call to act": _("call to act"),
    "caption": _("caption"),
    "comments": _("readers' comments"),
    "control": _("button or field"),
    "cookie notice": _("cookie notice"),
    "date": _("date"),
    "dialog": _("dialog"),
    "embedded": _("embedded from elsewhere"),
    "footer": _("foot of the page"),
    "form": _("form"),
    "hidden": _("hidden"),
    "label": _("label"),
    "link": _("link"),
    "navigation": _("navigation"),
    "newsletter box": _("newsletter box"),
    "no words": _("no words"),
    "not the article's": _("not the article's"),
    "player": _("player"),
    "pointer elsewhere": _("pointer to another story"),
    "recurs on this site": _("recurs on this site"),
    "related links": _("related links"),
    "share bar": _("share bar"),
    "site rule": _("site rule"),
    "tags": _("tags"),
    "title": _("title"),
    "too little text": _("too little text"),
}


def words(reason: str) -> str:
    """A reason of the extraction in the reader's language; one without words of its own is shown as it is."""
    return str(_WORDS.get(reason, reason))
