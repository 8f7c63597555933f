"""Addresses of the pages about people."""

from __future__ import annotations

from django.urls import path

from . import views

urlpatterns = [
    path("people/", views.directory, name="people-directory"),
    path("people/coverage/", views.show_coverage, name="people-coverage"),
    path("people/coverage.<str:form>", views.print_coverage, name="people-coverage-print"),
    path("people/<int:pk>/", views.show, name="people-person"),
]
