"""An account's own pages, beside those of django-allauth."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render


def home(request: HttpRequest) -> HttpResponse:
    """What the account is, and where its parts are changed."""
    return render(request, "account/home.html", {})
