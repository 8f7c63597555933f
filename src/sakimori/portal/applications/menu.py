"""The lines in the side bar, with what waits, and the applications on every record's page."""

from __future__ import annotations

from typing import Any

from django.utils.translation import gettext_lazy as _

from sakimori.kernel.approvals import approvals
from sakimori.kernel.content.forms import FORMS
from sakimori.kernel.identity.models import Person
from sakimori.registers import navigation, panels, shell

from .. import counting
from . import shown

navigation.add(navigation.Entry(_("承認待ち"), "applications:queue", "checkbox", "work", order=10))
navigation.add(navigation.Entry(_("申請する"), "applications:forms", "file-plus", "work", order=20))
navigation.add(navigation.Entry(_("自分の申請"), "applications:mine", "files", "work", order=30))
navigation.add(navigation.Entry(_("お知らせ"), "applications:inbox", "bell", "work", order=40))
navigation.add(
    navigation.Entry(_("規程のパラメータ"), "applications:parameters", "adjustments", "documents", order=50)
)
shell.count("applications:queue", counting.waiting)
shell.count("applications:inbox", counting.unread)


def applications_panel(row: Any, person: Person) -> panels.Panel:
    """Show what was applied for about the row, and the forms one may file for it."""
    found = approvals.readable(person).filter(subject_id=row.pk).select_related("applicant").order_by("-pk")
    held = person.roles()
    offered = [
        form
        for form in FORMS
        if form.subject is not None
        and form.subject.kind in ("", row.kind)
        and form.listed
        and held & set(form.applicants)
    ]
    context = {"applications": [(one, shown.badge(one)) for one in found], "offered": offered, "row": row}
    return panels.Panel(_("申請と承認"), "applications/panel.html", context)


panels.register("applications", applications_panel, tab="procedures", order=10)
