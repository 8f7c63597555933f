"""Addresses of the committee."""

from __future__ import annotations

from django.urls import path

from .views import home, meeting, minutes

app_name = "committee"
urlpatterns = [
    path("", home.home, name="home"),
    path("meetings/<int:pk>/", meeting.page, name="meeting"),
    path("meetings/<int:pk>/agenda/", meeting.agenda, name="agenda"),
    path("meetings/<int:pk>/agenda/<str:act>/", meeting.act, name="act"),
    path("meetings/<int:pk>/attendance/", minutes.attendance, name="attendance"),
    path("meetings/<int:pk>/minutes/", minutes.write, name="minutes"),
    path("meetings/<int:pk>/answer/", minutes.answer, name="answer"),
    path("meetings/<int:pk>/carry-out/", minutes.carry_out, name="carry_out"),
    path("meetings/<int:pk>/paper.<str:form>", meeting.paper, name="paper"),
]
