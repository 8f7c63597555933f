"""Addresses of the asset pages."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("assets/labels/", views.labels, name="asset-labels"),
    path("assets/labels.<str:form>", views.print_labels, name="asset-labels-print"),
]
