"""The addresses of the portal."""

from django.urls import URLPattern, URLResolver, include, path

from newsreel.portal.administration.invitations import accept

urlpatterns: list[URLPattern | URLResolver] = [
    path("", include("newsreel.portal.urls")),
    path("administration/", include("newsreel.portal.administration.urls")),
    path("account/invitation/<str:token>/", accept, name="invitation"),
    path("account/", include("newsreel.accounts.urls")),
]

handler400 = "newsreel.portal.errors.bad_request"
handler403 = "newsreel.portal.errors.forbidden"
handler404 = "newsreel.portal.errors.not_found"
handler500 = "newsreel.portal.errors.server_error"
