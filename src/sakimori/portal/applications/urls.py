"""Addresses of applications, notices and parameters."""

from django.urls import path

from . import views
from .views import deciding, parameters

app_name = "applications"
urlpatterns = [
    path("applications/mine/", views.mine, name="mine"),
    path("applications/new/", views.forms_list, name="forms"),
    path("applications/new/<slug:form_id>/", views.new, name="new"),
    path("applications/queue/", deciding.queue, name="queue"),
    path("applications/<int:pk>/", deciding.page, name="page"),
    path("applications/<int:pk>/decide/", deciding.decide, name="decide"),
    path("applications/<int:pk>/withdraw/", deciding.withdraw, name="withdraw"),
    path("applications/<int:pk>/resubmit/", views.resubmit, name="resubmit"),
    path("notices/", parameters.inbox, name="inbox"),
    path("policy/", parameters.listing, name="parameters"),
    path("policy/<str:name>/", parameters.parameter, name="parameter"),
]
