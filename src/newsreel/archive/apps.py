"""The archive as a Django app."""

from django.apps import AppConfig


class ArchiveConfig(AppConfig):
    """Sources, articles and what is known of them."""

    name = "newsreel.archive"
    label = "archive"
    default_auto_field = "django.db.models.BigAutoField"
