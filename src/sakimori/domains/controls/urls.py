"""Addresses of standards, controls and statements."""

from __future__ import annotations

from django.urls import path

from .views import catalogues, control, printing, sheets, statement, tree, work

app_name = "controls"
urlpatterns = [
    path("", tree.tree, name="tree"),
    path("standards/<int:pk>/", tree.tree, name="standard"),
    path("standards/<int:pk>/start/", work.start, name="start"),
    path("import/", catalogues.upload, name="import"),
    path("import/<str:sha256>/", catalogues.preview, name="preview"),
    path("company/add/", control.add_company, name="add_company"),
    path("control/<int:pk>/", control.page, name="control"),
    path("control/<int:pk>/<slug:act>/", control.act, name="act"),
    path("statements/<int:pk>/", statement.page, name="statement"),
    path("statements/<int:pk>/rows/<int:control>/", work.row, name="row"),
    path("statements/<int:pk>/decide/", work.decide, name="decide"),
    path("statements/<int:pk>/fill/", work.fill, name="fill"),
    path("statements/<int:pk>/submit/", work.submit, name="submit"),
    path("statements/<int:pk>/sheet/", sheets.sheet, name="sheet"),
    path("statements/<int:pk>/take-over/", sheets.take_over, name="take_over"),
    path("statements/<int:pk>/difference/<int:other>/", statement.difference, name="difference"),
    path("statements/<int:pk>/contrast/<int:other>/", statement.contrast, name="contrast"),
    path("statements/<int:pk>/paper.<str:form>", printing.paper, name="paper"),
    path("statements/<int:pk>/oscal.json", printing.oscal, name="oscal"),
]
