"""Addresses of the pages about the organization."""

from __future__ import annotations

from django.urls import path

from .views import acts, chart, context, papers, roles, scope

urlpatterns = [
    path("organization/", chart.show, name="organization-chart"),
    path("organization/chart.<str:form>", papers.print_chart, name="organization-chart-print"),
    path("organization/charts/<int:pk>/", chart.kept, name="organization-kept-chart"),
    path("organization/roles/", roles.catalogue, name="organization-roles"),
    path("organization/roles.<str:form>", papers.print_roles, name="organization-roles-print"),
    path("organization/separation/", roles.separation, name="organization-separation"),
    path("organization/appoint/", acts.appoint, name="organization-appoint"),
    path("organization/deputy/", acts.name_deputy, name="organization-deputy"),
    path("organization/commit/", acts.commit, name="organization-commit"),
    path("organization/instruct/", acts.instruct, name="organization-instruct"),
    path("organization/context/", context.worksheet, name="organization-context"),
    path("organization/scope/", scope.current, name="organization-scope-current"),
    path("organization/scope/start/", scope.start, name="organization-scope-start"),
    path("organization/scope/<int:pk>/", scope.show, name="organization-scope"),
    path("organization/scope/<int:pk>/edit/", scope.edit, name="organization-scope-edit"),
    path("organization/scope/<int:pk>/submit/", scope.submit, name="organization-scope-submit"),
    path("organization/scope/<int:pk>/scope.<str:form>", papers.print_scope, name="organization-scope-print"),
]
