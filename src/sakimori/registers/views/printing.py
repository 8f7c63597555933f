"""How a paper leaves the product: as a PDF to read, as a Word file to go on with."""

from __future__ import annotations

from django.http import Http404, HttpResponse

from sakimori.kernel.papers import Paper, pdf, word

_WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml.document"


def printed(paper: Paper, form: str, name: str) -> HttpResponse:
    """Return the paper as ``form`` ("pdf" or "docx") under a file name; 404 for any other form."""
    if form == "pdf":
        answer = HttpResponse(pdf(paper), content_type="application/pdf")
        answer["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    elif form == "docx":
        answer = HttpResponse(word(paper), content_type=_WORD)
        answer["Content-Disposition"] = f'attachment; filename="{name}.docx"'
    else:
        raise Http404
    return answer
