"""One set of addresses for all registers."""

from __future__ import annotations

from django.urls import path

from .views import lists

app_name = "registers"
urlpatterns = [
    path("registers/<slug:slug>/", lists.table, name="list"),
    path("registers/<slug:slug>/add/", lists.table, name="add"),
    path("registers/<slug:slug>/<int:pk>/", lists.table, name="detail"),
    path("registers/<slug:slug>/views/", lists.table, name="views"),
    path("records/<int:pk>/", lists.record, name="record"),
]
