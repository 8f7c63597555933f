"""Addresses of evidence files."""

from django.urls import path

from . import views

app_name = "dossier"
urlpatterns = [path("evidence/<int:pk>", views.download, name="evidence")]
