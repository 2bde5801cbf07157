"""The addresses of the portal."""

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("newsreel.portal.urls")),
    path("account/", include("newsreel.accounts.urls")),
]

handler400 = "newsreel.portal.errors.bad_request"
handler403 = "newsreel.portal.errors.forbidden"
handler404 = "newsreel.portal.errors.not_found"
handler500 = "newsreel.portal.errors.server_error"
