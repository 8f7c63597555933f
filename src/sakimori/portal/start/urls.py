"""Addresses of the guided start."""

from django.urls import path

from . import views

urlpatterns = [
    path("start/", views.enter, name="start"),
    path("start/finish/", views.finish, name="start-finish"),
    path("start/<str:name>/", views.step, name="start-step"),
    path("start/<str:name>/template/", views.template, name="start-template"),
]
