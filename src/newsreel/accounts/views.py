"""An account's own pages, beside those of django-allauth."""

from __future__ import annotations

from typing import cast

from allauth.account.decorators import reauthentication_required
from allauth.account.models import EmailAddress
from allauth.mfa.models import Authenticator
from allauth.usersessions.models import UserSession
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect, JsonResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from newsreel.accounts import audit, people, personal
from newsreel.accounts.models import User
from newsreel.core.errors import Permanent
from newsreel.core.settings import settings


@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """What the account is, and where its parts are changed."""
    user = _reader(request)
    context = {
        "addresses": list(
            EmailAddress.objects.filter(user=user).order_by("-primary", "email").values_list("email", flat=True)
        ),
        "factors": Authenticator.objects.filter(user=user).exclude(type=Authenticator.Type.RECOVERY_CODES).count(),
        "sessions": UserSession.objects.filter(user=user).count(),
        "sign_on": bool(settings().oidc_url),
    }
    return render(request, "account/home.html", context)


@require_safe
@reauthentication_required  # type: ignore[untyped-decorator]
def export(request: HttpRequest) -> HttpResponse:
    """All that is kept of the account, as JSON."""
    user = _reader(request)
    answer = JsonResponse(personal.data_of(user), json_dumps_params={"ensure_ascii": False, "indent": 1})
    answer.headers["Content-Disposition"] = 'attachment; filename="newsreel-account.json"'
    answer.headers["Cache-Control"] = "no-store"
    return answer


@require_http_methods(["GET", "HEAD", "POST"])
@reauthentication_required  # type: ignore[untyped-decorator]
def delete(request: HttpRequest) -> HttpResponse:
    """Asks, and on POST removes the account for good."""
    if request.method != "POST":
        return render(request, "account/delete.html")
    user = _reader(request)
    try:
        people.delete(user)
    except Permanent as error:
        fault = _("You are the last administrator: name another one first.")
        words = fault if error.outcome == "last_administrator" else error.reason
        return render(request, "account/delete.html", {"fault": words}, status=409)
    audit.record("account_deleted", user.username, actor_name=user.username, request=request)
    logout(request)
    return HttpResponseRedirect("/")


@require_POST
@reauthentication_required  # type: ignore[untyped-decorator]
def end_session(request: HttpRequest, session: int) -> HttpResponse:
    """Ends one of the reader's own sessions; another's does not exist."""
    row = get_object_or_404(UserSession, pk=session, user=_reader(request))
    row.end()
    return HttpResponseRedirect(reverse("usersessions_list"))


def _reader(request: HttpRequest) -> User:
    return cast(User, request.user)  # the access rule is MEMBER
