"""Forms made for tests, beside those of the product."""

from __future__ import annotations

import pytest

from sakimori.kernel.content.forms import FORMS, Form
from sakimori.lib import strictyaml

TRIP = """
id: trip
title: 持出申請書
category: 試験
prefix: TRP
audience: office
fields:
  - {id: purpose, label: 目的, type: textarea}
  - {id: worker, label: 作業者, type: person, required: false}
  - {id: cost, label: 費用, type: money, required: false}
separate: [worker]
route:
  - {id: head, title: 部門長の評価, action: evaluate, role: department_head, of: applicant_department}
  - {id: office, title: 事務局の確認, action: confirm, role: security_office, due_days: 3}
  - {id: president, title: 社長の承認, action: approve, role: president, minimum: 1000000, amount_field: cost}
"""

TOGETHER = """
id: together
title: 合議書
category: 試験
prefix: TGT
fields: [{id: purpose, label: 目的, type: text}]
route:
  - {id: office, title: 事務局, action: evaluate, role: security_office, parallel: a}
  - {id: chair, title: 委員長, action: evaluate, role: committee_chair, parallel: a}
  - {id: president, title: 社長の承認, action: approve, role: president}
"""

EITHER = (
    TOGETHER.replace("id: together", "id: either")
    .replace("TGT", "EIT")
    .replace("parallel: a}", "parallel: a, enough: true}")
)

EVERYONE = """
id: everyone
title: 全員合議書
category: 試験
prefix: EVR
fields: [{id: purpose, label: 目的, type: text}]
route:
  - {id: members, title: 委員全員の承認, action: approve, role: committee_member, need: all}
"""

ABOUT = """
id: about
title: 拠点変更申請書
category: 試験
prefix: ABT
subject: {kind: identity.site}
fields: [{id: purpose, label: 目的, type: text}]
route:
  - {id: office, title: 事務局の評価, action: evaluate, role: security_office}
  - {id: president, title: 社長の承認, action: approve, role: president}
"""

OF_PERSON = """
id: of-person
title: 配置申請書
category: 試験
prefix: OFP
subject: {kind: identity.person}
fields: [{id: purpose, label: 目的, type: text}]
route:
  - {id: signer, title: 署名, action: confirm, role: security_office}
"""

SIGNED = """
id: signed
title: 署名書
category: 試験
prefix: SGN
fields:
  - {id: signer, label: 署名者, type: person}
route:
  - {id: sign, title: 署名, action: confirm, person_field: signer, by_applying: true}
  - {id: president, title: 社長の承認, action: approve, role: president}
"""

TWO_OFFICES = """
id: two-offices
title: 二段階書
category: 試験
prefix: TWO
fields: [{id: purpose, label: 目的, type: text}]
route:
  - {id: first, title: 事務局の評価, action: evaluate, role: security_office}
  - {id: second, title: 事務局の承認, action: approve, role: security_office}
"""


def parse(text: str) -> Form:
    """Return the form written in YAML."""
    return strictyaml.loads(text, Form)


def put_up(monkeypatch: pytest.MonkeyPatch, *more: str) -> None:
    """Offer the test forms beside those of the product."""
    texts = (TRIP, TOGETHER, EITHER, EVERYONE, ABOUT, OF_PERSON, SIGNED, TWO_OFFICES, *more)
    pieces = dict(FORMS.all()) | {form.id: form for form in map(parse, texts)}
    monkeypatch.setattr(FORMS, "all", lambda: pieces)
