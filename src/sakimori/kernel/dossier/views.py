"""Hand out evidence files: as attachments only, through the gate, never by their path."""

from __future__ import annotations

from urllib.parse import quote

from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from . import evidence


@require_safe
def download(request: HttpRequest, pk: int) -> FileResponse | HttpResponse:
    """Send the file of an evidence; 404 for what the person may not know of."""
    person = getattr(request, "person", None)
    found = evidence.open_file(pk, person) if person is not None else None
    if found is None:
        raise Http404
    row, path = found
    if not path.is_file():
        return HttpResponse(
            _("証跡ファイルが保管場所にありません。バックアップからの復元を管理者に依頼してください。"),
            status=410,
            content_type="text/plain; charset=utf-8",
        )
    response = FileResponse(path.open("rb"), content_type="application/octet-stream")
    response["Content-Length"] = str(row.size)
    response["Content-Disposition"] = f"attachment; filename*=UTF-8''{quote(row.file_name)}"
    response["Content-Security-Policy"] = "sandbox; default-src 'none'"
    response["X-Content-Type-Options"] = "nosniff"
    response["Cache-Control"] = "private, no-store"
    return response
