"""Addresses of the risk pages."""

from __future__ import annotations

from django.urls import path

from .views import assessment, heat, pages, rounds

urlpatterns = [
    path("risk/map/", heat.heat, name="risk-map"),
    path("risk/assets/<int:pk>/", assessment.assess, name="risk-assess"),
    path("risk/<int:pk>/", pages.show, name="risk"),
    path("risk/<int:pk>/analyse/", pages.analyse, name="risk-analyse"),
    path("risk/<int:pk>/plan/", pages.plan, name="risk-plan"),
    path("risk/<int:pk>/accept/", pages.accept, name="risk-accept"),
    path("risk/rounds/start/", rounds.start, name="risk-round-start"),
    path("risk/rounds/<int:pk>/", rounds.show, name="risk-round"),
    path("risk/rounds/<int:pk>/report.<str:form>", rounds.print_assessment, name="risk-round-print"),
    path("risk/permits/request/", rounds.request_permit, name="risk-permit-request"),
    path("risk/permits/<int:pk>/", rounds.permit, name="risk-permit"),
    path("risk/permits/<int:pk>/report.<str:form>", rounds.print_permit, name="risk-permit-print"),
    path("risk/plan.<str:form>", rounds.print_plan, name="risk-plan-print"),
]
