"""Groups of accounts."""

from __future__ import annotations

from django.contrib.auth.models import Group
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.translation import gettext as _

from newsreel.accounts import audit, directory
from newsreel.core.errors import Permanent
from newsreel.portal.administration.frame import act, posted, safe, shown

LONGEST = 150


@safe
def groups(request: HttpRequest) -> HttpResponse:
    """All groups, and a form for another one."""
    return shown(request, "groups", {"groups": directory.groups()})


@posted
def add(request: HttpRequest) -> HttpResponse:
    """Adds a group."""
    name = " ".join(request.POST.get("name", "").split())

    def do() -> str:
        if not 0 < len(name) <= LONGEST or not name.isprintable():
            raise Permanent("bad_group", "A group's name has 1 to 150 characters.")
        group, made = Group.objects.get_or_create(name=name)
        if not made:
            raise Permanent("group_known", "There is a group of that name already.")
        audit.record("group_added", name, request=request, group=group.pk)
        return _("The group is added.")

    return act(request, reverse("administration:groups"), do)


@posted
def delete(request: HttpRequest, group: int) -> HttpResponse:
    """Removes a group; its members stay."""
    found = Group.objects.filter(pk=group).first()
    if found is None:
        raise Http404

    def do() -> str:
        audit.record("group_deleted", found.name, request=request)
        found.delete()
        return _("The group is deleted.")

    return act(request, reverse("administration:groups"), do)
