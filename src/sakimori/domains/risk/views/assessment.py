"""Assessing one asset: what threatens things of its kind where it is kept, kept or passed over with a reason."""

from __future__ import annotations

from dataclasses import dataclass

from django.contrib import messages
from django.db.models import Q
from django.http import Http404, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _

from sakimori.domains.assets.models import Asset
from sakimori.domains.risk import rules
from sakimori.domains.risk.models import Risk
from sakimori.kernel.content.threats import THREATS, TYPICAL_RISKS, VULNERABILITIES, TypicalRisk
from sakimori.kernel.identity import access
from sakimori.lib.errors import Refused
from sakimori.registers.addresses import detail_url
from sakimori.registers.base import of_kind
from sakimori.registers.views.gate import PersonRequest, for_person

STEPS = (_("資産の評価"), _("脅威と脆弱性"), _("算定と判定"), _("対応と受容"))


@dataclass(frozen=True)
class Proposal:
    """A typical risk of things like this asset, not spoken of yet."""

    typical: TypicalRisk
    threat: str
    vulnerability: str
    sentence: str


def proposals(asset: Asset) -> list[Proposal]:
    """Return what the catalogue proposes by kind and storage and nobody has decided yet (REG-304, REG-306)."""
    spoken = set(Risk.objects.current().filter(asset=asset).values_list("threat", "vulnerability"))
    found = {}
    for typical in TYPICAL_RISKS:
        pair = (typical.threat, typical.vulnerability)
        if pair not in spoken and pair not in found and _fits(typical, asset):
            found[pair] = Proposal(
                typical,
                THREATS[typical.threat].title,
                VULNERABILITIES[typical.vulnerability].title,
                sentence(typical),
            )
    return list(found.values())


def _fits(typical: TypicalRisk, asset: Asset) -> bool:
    return asset.asset_kind in typical.asset_kind and (
        not typical.storage or asset.storage in typical.storage
    )


def sentence(typical: TypicalRisk) -> str:
    """Return the scenario as one sentence."""
    story = typical.scenario
    return "、".join((story.when, story.situation, story.cause, story.path, story.impact)) + "。"


@for_person
def assess(request: PersonRequest, pk: int) -> HttpResponse:
    """Show the proposals for an asset and what was decided; take decisions."""
    asset = Asset.objects.visible_to(request.person).filter(pk=pk).first()
    if asset is None:
        raise Http404
    if request.method == "POST" and (answer := _decide(request, asset)):
        return answer
    risks = Risk.objects.visible_to(request.person).current().filter(asset=asset).order_by("-value", "number")
    offered = proposals(asset)
    register = of_kind("assets.asset")
    context = {
        "asset": asset,
        "asset_url": detail_url(register, asset.pk) if register else "",
        "rated": asset.importance is not None,
        "proposals": offered,
        "risks": [risk for risk in risks if risk.state != Risk.State.REJECTED],
        "rejected": [risk for risk in risks if risk.state == Risk.State.REJECTED],
        "may": access.may(request.person, "risk.change", asset),
        "steps": STEPS,
        "step": 0 if asset.importance is None else 1,
        "threats": list(THREATS),
        "vulnerabilities": list(VULNERABILITIES),
        "next": _next(request, asset),
        "crumbs": [(_("リスク台帳"), reverse("registers:list", args=["risks"])), (asset.name, "")],
    }
    return render(request, "risk/assess.html", context)


def _decide(request: PersonRequest, asset: Asset) -> HttpResponse | None:
    threat, vulnerability = request.POST.get("threat", ""), request.POST.get("vulnerability", "")
    reason = request.POST.get("reason", "")
    keep = request.POST.get("decision") == "keep"
    try:
        if keep:
            rules.identify(
                asset=asset, threat=threat, vulnerability=vulnerability, reason=reason, by=request.person,
                participants=request.POST.get("participants", ""), **_story(threat, vulnerability),
            )  # fmt: skip
        else:
            rules.reject(
                asset=asset, threat=threat, vulnerability=vulnerability, reason=reason, by=request.person,
                participants=request.POST.get("participants", ""),
            )  # fmt: skip
    except Refused as refusal:
        messages.error(request, str(refusal))
        return None
    text = _("「%(threat)s」を特定しました。") if keep else _("「%(threat)s」を見送りました。")
    messages.success(request, text % {"threat": THREATS[threat].title})
    return redirect("risk-assess", asset.pk)


def _story(threat: str, vulnerability: str) -> dict[str, str]:
    """Return the catalogue's scenario as a beginning, where it has one."""
    for typical in TYPICAL_RISKS:
        if (typical.threat, typical.vulnerability) == (threat, vulnerability):
            story = typical.scenario
            return {
                "occurs_when": story.when, "situation": story.situation, "cause": story.cause,
                "path": story.path, "impact": story.impact,
            }  # fmt: skip
    return {}


def _next(request: PersonRequest, asset: Asset) -> Asset | None:
    """Return the next asset that nobody has looked at, those of this department first."""
    rows = Asset.objects.visible_to(request.person).current().filter(risks=None).exclude(pk=asset.pk)
    same = rows.filter(Q(department_id=asset.department_id)).order_by("-importance", "number").first()
    return same or rows.order_by("-importance", "number").first()
