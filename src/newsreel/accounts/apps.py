"""The app's name for Django."""

from django.apps import AppConfig


class AccountsConfig(AppConfig):
    """newsreel.accounts."""

    name = "newsreel.accounts"
    label = "accounts"
    default_auto_field = "django.db.models.BigAutoField"

    def ready(self) -> None:
        """What listens to logins is known from here on."""
        from newsreel.accounts import counting, sessions  # noqa: F401
