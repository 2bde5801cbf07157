"""The addresses of the administration. Who may open each is said in access.py."""

from django.urls import URLPattern, path

from newsreel.portal import converters  # noqa: F401 - by their names in the addresses
from newsreel.portal.administration import (
    failures,
    groups,
    invitations,
    record,
    settings,
    sources,
    storage,
    users,
    work,
    wrong,
)

app_name = "administration"
urlpatterns: list[URLPattern] = [
    path("", wrong.wrong, name="home"),
    path("sources/", sources.listed, name="sources"),
    path("sources/preview/", sources.ask, name="preview_ask"),
    path("sources/preview/<id:preview>/", sources.preview, name="preview"),
    path("sources/preview/<id:preview>/add/", sources.add, name="preview_add"),
    path("sources/<id:source>/", sources.source, name="source"),
    path("sources/<id:source>/pause/", sources.pause, name="source_pause"),
    path("sources/<id:source>/resume/", sources.resume, name="source_resume"),
    path("sources/<id:source>/retire/", sources.retire, name="source_retire"),
    path("channels/<id:channel>/pause/", sources.channel_pause, name="channel_pause"),
    path("channels/<id:channel>/resume/", sources.channel_resume, name="channel_resume"),
    path("work/", work.work, name="work"),
    path("failures/", failures.failures, name="failures"),
    path("failures/<str:kind>/<str:outcome>/", failures.group, name="failure"),
    path("failures/<str:kind>/<str:outcome>/retry/", failures.retry, name="failure_retry"),
    path("users/", users.listed, name="users"),
    path("users/<id:user>/", users.person, name="user"),
    path("users/<id:user>/role/", users.role, name="user_role"),
    path("users/<id:user>/disable/", users.disable, name="user_disable"),
    path("users/<id:user>/enable/", users.enable, name="user_enable"),
    path("users/<id:user>/sessions/", users.end_sessions, name="user_sessions"),
    path("users/<id:user>/factors/", users.remove_factors, name="user_factors"),
    path("users/<id:user>/reset/", users.reset, name="user_reset"),
    path("users/<id:user>/groups/", users.set_groups, name="user_groups"),
    path("users/<id:user>/delete/", users.delete, name="user_delete"),
    path("groups/", groups.groups, name="groups"),
    path("groups/add/", groups.add, name="group_add"),
    path("groups/<id:group>/delete/", groups.delete, name="group_delete"),
    path("invitations/", invitations.listed, name="invitations"),
    path("invitations/make/", invitations.make, name="invitation_make"),
    path("invitations/<id:invitation>/withdraw/", invitations.withdraw, name="invitation_withdraw"),
    path("settings/", settings.settings_page, name="settings"),
    path("settings/change/<slug:part>/", settings.change, name="settings_change"),
    path("settings/reset/<slug:name>/", settings.reset, name="settings_reset"),
    path("storage/", storage.storage, name="storage"),
    path("record/", record.record, name="record"),
]
