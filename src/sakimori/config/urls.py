"""All addresses of the product."""

from __future__ import annotations

from django.urls import URLPattern, URLResolver, include, path

urlpatterns: list[URLPattern | URLResolver] = [
    path("signin/", include("sakimori.kernel.signin.urls")),
    path("", include("sakimori.portal.urls")),
    path("", include("sakimori.registers.urls")),
]
