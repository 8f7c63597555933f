"""Addresses of readings and their tests."""

from __future__ import annotations

from django.urls import path

from .views import following, reading

app_name = "training"
urlpatterns = [
    path("", reading.mine, name="mine"),
    path("missing/", following.missing, name="missing"),
    path("missing/remind/", following.remind, name="remind"),
    path("results/", following.results, name="results"),
    path("results.xlsx", following.excel, name="excel"),
    path("<int:pk>/", reading.read, name="read"),
    path("<int:pk>/start/", reading.start, name="start"),
    path("<int:pk>/confirm/", reading.confirm, name="confirm"),
    path("<int:pk>/test/<int:number>/", reading.test, name="test"),
]
