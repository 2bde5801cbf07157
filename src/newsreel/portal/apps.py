"""The portal as a Django app."""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """Pages and the live stream."""

    name = "newsreel.portal"
    label = "portal"

    def ready(self) -> None:
        """The check of access rules is known from here on."""
        from newsreel.portal import access  # noqa: F401
