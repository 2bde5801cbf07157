"""Which addresses of a source are articles': what was learned, and what an editor says of it."""

from __future__ import annotations

import re
from collections.abc import Sequence

from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import pgettext

from newsreel.accounts import audit
from newsreel.archive import corrections
from newsreel.archive.models import Source
from newsreel.discovery.patterns import Correction, Known
from newsreel.discovery.shapes import wider
from newsreel.pipeline import bells
from newsreel.portal.administration.frame import act, posted, safe, shown

_KIND = re.compile(r"\{(date|words|word|number|n|code)\}")
_SAID: dict[str, Correction] = {"yes": "yes", "no": "no", "learned": "learned"}


@safe
def addresses(request: HttpRequest, source: int) -> HttpResponse:
    """The shapes of a source's addresses with examples, and for each what it is taken for."""
    found = _source(source)
    sites = [{"site": one.site, "rows": _rows(one.shapes)} for one in corrections.known_shapes(found)]
    return shown(request, "addresses", {"source": found, "sites": sites})


@posted
def correct(request: HttpRequest, source: int) -> HttpResponse:
    """Says that the addresses of a shape are articles, are none, or are what was learned."""
    found = _source(source)
    said = _SAID.get(request.POST.get("said", ""))
    site, shape = request.POST.get("site", ""), request.POST.get("shape", "")
    if said is None:
        raise Http404

    def do() -> str:
        again = corrections.correct(found, site, shape, said)
        audit.record("addresses_corrected", found.name, request=request, source=found.pk, shape=shape, said=said)
        if said == "yes" and again:
            return _("Such addresses are articles from now on; %(n)s that were set aside are visited again.") % {
                "n": again
            }
        return {
            "yes": _("Such addresses are articles from now on."),
            "no": _("Such addresses are not visited any more; articles that are stored stay."),
            "learned": _("For such addresses it counts again what their pages show."),
        }[said]

    answer = act(request, reverse("administration:source_addresses", kwargs={"source": found.pk}), do)
    bells.ring("crawl")
    return answer


def _rows(known: Sequence[Known]) -> list[dict[str, object]]:
    """The lines of the list: a shape stands under the wider one where that is shown."""
    shown_wide = {one.shape for one in known if one.wide}
    return [
        {"known": one, "words": _in_words(one.shape), "under": not one.wide and wider(one.shape) in shown_wide}
        for one in known
    ]


def _in_words(shape: str) -> str:
    """A shape with the names of its parts in the reader's language."""
    names = {
        "date": pgettext("part of an address", "date"),
        "words": pgettext("part of an address", "phrase"),
        "word": pgettext("part of an address", "word"),
        "number": pgettext("part of an address", "number"),
        "n": pgettext("part of an address", "small number"),
        "code": pgettext("part of an address", "code"),
    }
    return _KIND.sub(lambda match: "{" + names[match[1]] + "}", shape)


def _source(id_: int) -> Source:
    found = Source.objects.filter(pk=id_).first()
    if found is None:
        raise Http404
    return found
