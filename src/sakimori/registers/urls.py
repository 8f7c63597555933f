"""One set of addresses for all registers."""

from __future__ import annotations

from django.urls import path

from .views import edits, lists, rows

app_name = "registers"
urlpatterns = [
    path("registers/<slug:slug>/", lists.table, name="list"),
    path("registers/<slug:slug>/add/", edits.add, name="add"),
    path("registers/<slug:slug>/views/", lists.table, name="views"),
    path("registers/<slug:slug>/<int:pk>/", rows.detail, name="detail"),
    path("registers/<slug:slug>/<int:pk>/change/", edits.change, name="change"),
    path("registers/<slug:slug>/<int:pk>/do/<str:verb>/", edits.act, name="act"),
    path("records/<int:pk>/", rows.record, name="record"),
    path("lookup/<str:kind>/", rows.lookup, name="lookup"),
]
