"""Addresses of documents."""

from __future__ import annotations

from django.urls import path

from .views import comparing, drafting, importing, printing, reading, work

app_name = "documents"
urlpatterns = [
    path("", reading.library, name="library"),
    path("public/", reading.public, name="public"),
    path("install/", importing.install, name="install"),
    path("import/", importing.upload, name="import"),
    path("set.zip", printing.whole_set, name="set"),
    path("<int:pk>/", reading.document, name="document"),
    path("<int:pk>/propose/", work.propose, name="propose"),
    path("editions/<int:pk>/", reading.edition, name="edition"),
    path("editions/<int:pk>/paper.<str:form>", printing.paper, name="paper"),
    path("editions/<int:pk>/difference/<int:other>/", comparing.difference, name="difference"),
    path(
        "editions/<int:pk>/difference/<int:other>/paper.<str:form>", comparing.paper, name="difference_paper"
    ),
    path("editions/<int:pk>/describe/", work.describe, name="describe"),
    path("editions/<int:pk>/submit/", work.submit, name="submit"),
    path("editions/<int:pk>/drop/", work.drop, name="drop"),
    path("editions/<int:pk>/mapping/", importing.mapping, name="mapping"),
    path("editions/<int:pk>/add/", drafting.add, name="add"),
    path("editions/<int:pk>/articles/<slug:key>/", drafting.article, name="article"),
    path("editions/<int:pk>/articles/<slug:key>/<slug:act>/", drafting.act, name="act"),
    path("editions/<int:pk>/values/<str:name>/", drafting.value, name="value"),
]
