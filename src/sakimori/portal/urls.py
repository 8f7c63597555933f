"""Addresses of the portal."""

from django.urls import path

from . import views
from .glossary.views import glossary

app_name = "portal"
urlpatterns = [
    path("", views.home, name="home"),
    path("search/", views.search, name="search"),
    path("glossary/", glossary, name="glossary"),
    path("palette/", views.palette, name="palette"),
]
