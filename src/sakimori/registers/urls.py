"""One set of addresses for all registers."""

from __future__ import annotations

from django.urls import path

from .views import bulk, edits, exports, frame, imports, lists, rows, saved, surroundings, tokens

app_name = "registers"
urlpatterns = [
    path("registers/<slug:slug>/", lists.table, name="list"),
    path("registers/<slug:slug>/add/", edits.add, name="add"),
    path("registers/<slug:slug>/bulk/", bulk.act, name="bulk"),
    path("registers/<slug:slug>/views/", saved.views, name="views"),
    path("registers/<slug:slug>/views/<int:pk>/remove/", saved.remove, name="view_remove"),
    path("registers/<slug:slug>/export/<str:form>/", exports.export, name="export"),
    path("registers/<slug:slug>/template/", exports.template, name="template"),
    path("registers/<slug:slug>/import/", imports.start, name="import_start"),
    path("registers/<slug:slug>/<int:pk>/", rows.detail, name="detail"),
    path("registers/<slug:slug>/<int:pk>/change/", edits.change, name="change"),
    path("registers/<slug:slug>/<int:pk>/do/<str:verb>/", edits.act, name="act"),
    path("imports/<int:pk>/", imports.batch, name="import"),
    path("imports/<int:pk>/columns/", imports.choose, name="import_choose"),
    path("imports/<int:pk>/difference.xlsx", imports.difference, name="import_difference"),
    path("imports/<int:pk>/<str:act>/", imports.run, name="import_run"),
    path("records/<int:pk>/", rows.record, name="record"),
    path("records/<int:pk>/evidence/", surroundings.attach, name="evidence_attach"),
    path("records/<int:pk>/links/", surroundings.link, name="link"),
    path("records/<int:pk>/comments/", surroundings.comment, name="comment"),
    path("evidence/<int:pk>/withdraw/", surroundings.withdraw_evidence, name="evidence_withdraw"),
    path("links/<int:pk>/remove/", surroundings.unlink, name="unlink"),
    path("comments/<int:pk>/withdraw/", surroundings.withdraw_comment, name="comment_withdraw"),
    path("lookup/<str:kind>/", rows.lookup, name="lookup"),
    path("counts/", frame.counts, name="counts"),
    path("tokens/", tokens.tokens, name="tokens"),
    path("tokens/<int:pk>/revoke/", tokens.revoke, name="token_revoke"),
]
