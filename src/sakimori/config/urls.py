"""All addresses of the product."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

from sakimori.registers.api import api

handler500 = "sakimori.portal.accidents.accident"
urlpatterns: list[URLPattern | URLResolver] = [
    path("signin/", include("sakimori.kernel.signin.urls")),
    path("", include("sakimori.portal.urls")),
    path("", include("sakimori.portal.applications.urls")),
    path("", include("sakimori.portal.start.urls")),
    path("", include("sakimori.kernel.dossier.urls")),
    path("controls/", include("sakimori.domains.controls.urls")),
    path("documents/", include("sakimori.domains.documents.urls")),
    path("training/", include("sakimori.domains.training.urls")),
    path("", include("sakimori.domains.organization.urls")),
    path("", include("sakimori.domains.people.urls")),
    path("", include("sakimori.domains.assets.urls")),
    path("", include("sakimori.domains.risk.urls")),
    path("", include("sakimori.registers.urls")),
    path("api/", api.urls),
]
