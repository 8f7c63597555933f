"""Addresses of the portal."""

from django.urls import path

from . import views
from .conformity import views as conformity
from .coverage import views as coverage
from .dashboard import views as dashboard
from .duties import findings
from .duties import views as duties
from .evidence import views as evidence
from .glossary.views import glossary
from .home.views import home

app_name = "portal"
urlpatterns = [
    path("", home, name="home"),
    path("search/", views.search, name="search"),
    path("glossary/", glossary, name="glossary"),
    path("palette/", views.palette, name="palette"),
    path("dashboard/", dashboard.dashboard, name="dashboard"),
    path("dashboard.<str:form>", dashboard.print_dashboard, name="dashboard-print"),
    path("conformity/", conformity.listing, name="conformity"),
    path("conformity.xlsx", conformity.sheet, name="conformity-sheet"),
    path("conformity/<str:pk>/", conformity.requirement, name="requirement"),
    path("ledger/", evidence.ledger, name="ledger"),
    path("ledger/heads/", evidence.heads, name="heads"),
    path("ledger/heads/<int:size>/", evidence.note, name="note"),
    path("ledger/verification/", evidence.verification, name="verification"),
    path("ledger/export/", evidence.export_period, name="ledger-export"),
    path("ledger/entries/<int:pk>/", evidence.entry, name="entry"),
    path("ledger/proof/<int:pk>/", evidence.proof, name="proof"),
    path("duties/", duties.year, name="duties"),
    path("duties/mine/", duties.mine, name="mine"),
    path("duties/<int:pk>/", duties.duty, name="duty"),
    path("duties/days/<int:pk>/", duties.occurrence, name="occurrence"),
    path("coverage/", coverage.page, name="coverage"),
    path("coverage.xlsx", coverage.sheet, name="coverage-sheet"),
    path("findings/", findings.listing, name="findings"),
    path("findings/<int:pk>/", findings.finding, name="finding"),
]
