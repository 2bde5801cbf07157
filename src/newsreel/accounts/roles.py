"""What a person may do. A role holds all that the ones before it hold."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _


class Role(models.TextChoices):
    """From the least to the most."""

    READER = "reader", _("reader")
    EDITOR = "editor", _("editor")
    ADMINISTRATOR = "administrator", _("administrator")

    def covers(self, needed: Role) -> bool:
        """Whether this role may do what ``needed`` may."""
        order = list(Role)
        return order.index(self) >= order.index(needed)
