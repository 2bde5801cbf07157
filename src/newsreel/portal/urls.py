"""The pages' addresses."""

from django.urls import URLPattern, path

from newsreel.portal import acts, converters, extraction, health, views  # noqa: F401 - converters: by their names in the addresses

app_name = "portal"
urlpatterns: list[URLPattern] = [
    path("", views.home, name="home"),
    path("article/<id:article>/", views.article, name="article"),
    path("article/<id:article>/extraction/", extraction.compare, name="extraction"),
    path("source/<id:source>/", views.source, name="source"),
    path("channel/<id:channel>/", views.channel, name="channel"),
    path("topic/<topic:code>/", views.topic, name="topic"),
    path("keyword/<id:keyword>/", views.keyword, name="keyword"),
    path("sources/", views.sources, name="sources"),
    path("health/", health.listed, name="health"),
    path("health/<id:source>/", health.source, name="health_source"),
    path("catalogue/", views.catalogue, name="catalogue"),
    path("catalogue/add/", acts.catalogue_add, name="catalogue_add"),
    path("about/", views.about, name="about"),
    path("language/", views.language, name="language"),
    path("activity/", acts.activity, name="activity"),
    path("add/", acts.add, name="add"),
    path("sample/open/", acts.open_sample, name="open_sample"),
    path("sample/leave/", acts.leave_sample, name="leave_sample"),
    path("healthz", views.healthz, name="healthz"),
    path("picture/<signature:signature>/<picture_address:written>", views.picture_elsewhere, name="picture"),
    path("live", views.live_elsewhere, name="live"),
    path("websub/<str:token>", views.websub_elsewhere, name="websub"),
]
