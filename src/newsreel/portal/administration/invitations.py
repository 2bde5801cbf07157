"""Invitations: made, listed, withdrawn; and the page where their link leads."""

from __future__ import annotations

from django.contrib import messages
from django.contrib.auth.models import Group
from django.core.exceptions import ValidationError
from django.core.mail import send_mail
from django.core.validators import validate_email
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from newsreel.accounts import audit, directory
from newsreel.accounts import invitations as kept
from newsreel.accounts.models import Invitation
from newsreel.accounts.roles import Role
from newsreel.core.errors import Permanent
from newsreel.core.settings import settings
from newsreel.portal.administration import faults
from newsreel.portal.administration.frame import act, before, dangerous, posted, safe, shown, who

SHOWN = 50
MOST_DAYS = 365


@safe
def listed(request: HttpRequest) -> HttpResponse:
    """The invitations, the newest first, and a form for another one."""
    return _page(request)


@dangerous
def make(request: HttpRequest) -> HttpResponse:
    """Makes one. Its link is shown on this page alone: only its digest is kept."""
    try:
        with transaction.atomic():
            invitation, link = _made(request)
    except Permanent as error:
        messages.error(request, faults.words(error))
        return HttpResponseRedirect(reverse("administration:invitations"))
    return _page(request, {"link": link, "mailed_to": invitation.email})


@posted
def withdraw(request: HttpRequest, invitation: int) -> HttpResponse:
    """The link leads nowhere from now on."""
    found = Invitation.objects.filter(pk=invitation).first()
    if found is None:
        raise Http404

    def do() -> str:
        kept.withdraw(found)
        audit.record("invitation_withdrawn", found.email, request=request, role=found.role, invitation=invitation)
        return _("The invitation is withdrawn.")

    return act(request, reverse("administration:invitations"), do)


@safe
def accept(request: HttpRequest, token: str) -> HttpResponse:
    """Where an invitation's link leads: to the registration, which then knows of it."""
    if kept.hold(request, token) is None:
        answer = render(request, "portal/administration/no_invitation.html", status=404)
    else:
        answer = HttpResponseRedirect(reverse("account_signup"))
    answer.headers["Cache-Control"] = "private, no-store"
    answer.headers["Referrer-Policy"] = "no-referrer"  # the address is the secret
    return answer


def _page(request: HttpRequest, more: dict[str, object] | None = None) -> HttpResponse:
    rows = kept.listed(before(request), SHOWN + 1)
    context: dict[str, object] = {
        "rows": rows[:SHOWN],
        "older": rows[SHOWN - 1].pk if len(rows) > SHOWN else None,
        "now": timezone.now(),
        "roles": Role.choices,
        "groups": directory.groups(),
        "days": kept.DAYS,
        "closed": settings().registration == "closed",
    }
    return shown(request, "invitations", context | (more or {}))


def _made(request: HttpRequest) -> tuple[Invitation, str]:
    """The invitation that the form asks for, with its link, its letter and its line in the record."""
    role, email, days = (request.POST.get(name, "").strip() for name in ("role", "email", "days"))
    if role not in Role.values:
        raise Permanent("bad_role", "There is no such role.")
    if not (days.isascii() and days.isdecimal() and len(days) < 5 and 1 <= int(days) <= MOST_DAYS):
        raise Permanent("bad_days", "An invitation holds for 1 to 365 days.")
    if email:
        try:
            validate_email(email)
        except ValidationError:
            raise Permanent("bad_email", "This is not a valid e-mail address.") from None
    chosen = [text for text in request.POST.getlist("group") if text.isascii() and text.isdecimal() and len(text) < 10]
    groups = list(Group.objects.filter(pk__in=chosen))
    invitation, token = kept.make(who(request), Role(role), email, int(days), groups)
    link = kept.link(token)
    if email:
        _send(request, invitation, link)
    names = sorted(group.name for group in groups)
    audit.record("invited", email, request=request, role=role, days=int(days), groups=names)
    return invitation, link


def _send(request: HttpRequest, invitation: Invitation, link: str) -> None:
    portal = settings().name
    context = {"portal": portal, "link": link, "by": who(request).username, "until": invitation.expires_at}
    text = render_to_string("portal/administration/invitation_letter.txt", context)
    subject = f"[{portal}] " + _("You are invited to register")
    send_mail(" ".join(subject.split()), text, settings().sender, [invitation.email])
