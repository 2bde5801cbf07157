"""One function a page: read, or 404."""

from __future__ import annotations

from django.conf import settings as django_settings
from django.db import Error as DatabaseError
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.utils.http import url_has_allowed_host_and_scheme

from newsreel.archive import queries
from newsreel.archive.cursors import Cursor
from newsreel.portal import catalogue as catalogue_pages
from newsreel.portal import doing, errors, pages, pictures
from newsreel.portal.methods import only

_safe = only("GET", "HEAD")


@_safe
def home(request: HttpRequest) -> HttpResponse:
    """首页 and 最新资讯."""
    return _list(request, pages.home(*_cursors(request)))


@_safe
def article(request: HttpRequest, article: int) -> HttpResponse:
    """An article."""
    page = pages.article(article)
    if page is None:
        raise Http404
    return render(request, "portal/article.html", {"page": page})


@_safe
def source(request: HttpRequest, source: int) -> HttpResponse:
    """A source's articles."""
    return _list(request, pages.source(source, *_cursors(request)))


@_safe
def channel(request: HttpRequest, channel: int) -> HttpResponse:
    """A channel's articles."""
    return _list(request, pages.channel(channel, *_cursors(request)))


@_safe
def topic(request: HttpRequest, code: str) -> HttpResponse:
    """A topic's articles."""
    return _list(request, pages.topic(code, *_cursors(request)))


@_safe
def keyword(request: HttpRequest, keyword: int) -> HttpResponse:
    """A keyword's articles."""
    return _list(request, pages.keyword(keyword, *_cursors(request)))


@_safe
def sources(request: HttpRequest) -> HttpResponse:
    """Who is read, and how that goes."""
    number = request.GET.get("page", "1")
    if not (number.isascii() and number.isdecimal() and len(number) <= 6):
        raise Http404
    page = pages.sources(int(number))
    if page is None:
        raise Http404
    return render(request, "portal/sources.html", {"page": page})


@_safe
def catalogue(request: HttpRequest) -> HttpResponse:
    """The catalogue of the world's press."""
    page = catalogue_pages.page(request.GET)
    if page is None:
        raise Http404
    return render(request, "portal/catalogue.html", {"page": page})


@_safe
def about(request: HttpRequest) -> HttpResponse:
    """What this is."""
    return render(request, "portal/about.html", {"page": pages.about()})


@only("POST")
def language(request: HttpRequest) -> HttpResponse:
    """Keeps the reader's choice of language in a cookie and goes back to where the reader was."""
    chosen = request.POST.get("language", "")
    if chosen not in dict(django_settings.LANGUAGES):
        return errors.bad_request(request)
    back = request.POST.get("next", "")
    ours = url_has_allowed_host_and_scheme(back, {request.get_host()}, require_https=request.is_secure())
    response = HttpResponseRedirect(back if ours and back.startswith("/") else "/")
    response.set_cookie(
        django_settings.LANGUAGE_COOKIE_NAME,
        chosen,
        max_age=366 * 86400,
        samesite="Lax",
        httponly=True,
        secure=request.is_secure(),
    )
    return response


@_safe
def healthz(request: HttpRequest) -> HttpResponse:
    """'ok' while the database answers, else 503; a header says whose archive it is, for a page that waits for the other."""
    try:
        queries.answers()
    except DatabaseError:
        return HttpResponse("database\n", status=503, content_type="text/plain; charset=utf-8")
    kind = "sample" if doing.in_sample() else "own"
    return HttpResponse("ok\n", content_type="text/plain; charset=utf-8", headers={"X-Newsreel-Archive": kind})


@_safe
def live_elsewhere(request: HttpRequest) -> HttpResponse:
    """The stream needs the ASGI application (site/asgi.py), which answers before this; under WSGI there is none."""
    return HttpResponse("The live stream needs the ASGI application.\n", status=501, content_type="text/plain")


@_safe
def picture_elsewhere(request: HttpRequest, signature: str, written: str) -> HttpResponse:
    """Pictures need the ASGI application too (picture_endpoint.py): a slow publisher must not hold a page's thread."""
    if pictures.address_of(signature, written) is None:
        raise Http404
    return HttpResponse("Pictures need the ASGI application.\n", status=501, content_type="text/plain")


@_safe
def websub_elsewhere(request: HttpRequest, token: str) -> HttpResponse:
    """What hubs call needs the ASGI application too (websub.py): a body is hashed there as it comes in."""
    return HttpResponse("Hubs need the ASGI application.\n", status=501, content_type="text/plain")


def _list(request: HttpRequest, page: pages.ListPage | None) -> HttpResponse:
    if page is None:
        raise Http404
    return render(request, "portal/list.html", {"page": page})


def _cursors(request: HttpRequest) -> tuple[Cursor | None, Cursor | None]:
    """``?before=`` and ``?after=``; a value that no page of ours has written is no address: 404."""
    before, after = (_cursor(request.GET.get(name)) for name in ("before", "after"))
    return before, after


def _cursor(text: str | None) -> Cursor | None:
    if text is None:
        return None
    cursor = Cursor.parse(text)
    if cursor is None:
        raise Http404
    return cursor
