from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from enum import StrEnum
from pathlib import Path
from typing import Any, Literal

import pytest
from hypothesis import given
from hypothesis import strategies as st

from sakimori.lib.dates import Cadence
from sakimori.lib.strictyaml import ContentError, Place, load, load_front_matter, loads


class Level(StrEnum):
    LOW = "low"
    HIGH = "high"


@dataclass(frozen=True)
class Step:
    role: str
    due: Cadence | None = None


@dataclass(frozen=True)
class Duty:
    place: Place
    id: str
    title: str
    count: int = 1
    cost: Decimal = Decimal(0)
    since: date | None = None
    level: Level = Level.LOW
    kind: Literal["form", "record"] = "form"
    open: bool = False
    steps: tuple[Step, ...] = ()
    every: Cadence | Step | None = None
    labels: Mapping[str, str] = field(default_factory=dict)
    class_: str = ""
    to: str = field(default="", metadata={"key": "for"})
    extra: Any = None


GOOD = """\
- id: a.b
  title: 5.10
  count: 3
  cost: 1.50
  since: 2026-04-01
  level: high
  kind: record
  open: true
  steps:
    - {role: president, due: 2 weeks}
    - role: 007
  every: {role: x}
  labels: {ja: 見直し}
  class: c
  for: f
  extra: {n: [1, 2.5, "3", true, null, x]}
- id: b
  title: 二
  every: 1 year
"""


def test_hints_turn_yaml_into_frozen_dataclasses() -> None:
    first, second = loads(GOOD, tuple[Duty, ...], name="duties.yaml")
    assert first.place == ("duties.yaml", 1)
    assert second.place.line == 17
    assert (first.title, first.count, first.cost, first.since) == (
        "5.10",
        3,
        Decimal("1.50"),
        date(2026, 4, 1),
    )
    assert (first.level, first.kind, first.open) == (Level.HIGH, "record", True)
    assert first.steps == (Step("president", Cadence.parse("2 weeks")), Step("007"))
    assert first.every == Step("x")
    assert second.every == Cadence.parse("1 year")
    assert (first.class_, first.to, first.labels) == ("c", "f", {"ja": "見直し"})
    assert first.extra == {"n": [1, Decimal("2.5"), "3", True, None, "x"]}


@pytest.mark.parametrize(
    ("text", "line", "sentence"),
    [
        ("- id: a\n  titel: x\n", 2, "「title」の誤り"),
        ("- id: a\n  title: x\n  zzz: 1\n", 3, "という項目はありません"),
        ("- id: a\n", 1, "必須の項目「title」"),
        ("- id: a\n  title: x\n  id: b\n", 3, "二重"),
        ("- id: a\n  title:\n", 2, "空欄"),
        ("- id: a\n  title: yes\n", 2, "引用符"),
        ("- id: a\n  title: x\n  count: 3件\n", 3, "整数"),
        ("- id: a\n  title: x\n  count: 010\n", 3, "整数"),
        ("- id: a\n  title: x\n  count: '3'\n", 3, "整数"),
        ("- id: a\n  title: x\n  since: 2026-02-30\n", 3, "日付"),
        ("- id: a\n  title: x\n  level: mid\n", 3, "low、high"),
        ("- id: a\n  title: x\n  open: yes\n", 3, "true か false"),
        ("- id: a\n  title: x\n  steps: {role: y}\n", 3, "並び"),
        ("- id: a\n  title: x\n  steps:\n    - role: y\n      due: soon\n", 5, "期間ではありません"),
        ("- id: a\n  title: x\n  every: {rolle: y}\n", 3, "「role」の誤り"),
        ("- id: a\n  title: x\n  place: y\n", 3, "「place」という項目はありません"),
        ("id: a\n", 1, "並び"),
        ("- id: [\n", 2, "YAML として読めません"),
        ("", 1, "中身がありません"),
        ("- &x\n  id: a\n  title: b\n- *x\n", 1, "アンカー"),
    ],
)
def test_what_does_not_fit_is_refused_with_its_line(text: str, line: int, sentence: str) -> None:
    with pytest.raises(ContentError, match=sentence) as caught:
        loads(text, tuple[Duty, ...], name="d.yaml")
    assert caught.value.place == ("d.yaml", line)
    assert str(caught.value).startswith(f"d.yaml:{line}: ")


@pytest.mark.parametrize("deep", ["[" * 300_000, "{a: " * 300_000, "- " * 300_000])
def test_deep_nesting_is_refused_and_does_not_end_the_process(deep: str) -> None:
    with pytest.raises(ContentError, match="入れ子|YAML"):
        loads(deep, dict[str, object])


def test_a_file_in_another_encoding_is_refused(tmp_path: Path) -> None:
    path = tmp_path / "sjis.yaml"
    path.write_bytes("id: 資産".encode("cp932"))
    with pytest.raises(ContentError, match="UTF-8"):
        load(path, dict[str, str])


def test_front_matter_keeps_the_lines_of_the_file(tmp_path: Path) -> None:
    path = tmp_path / "rule.md"
    path.write_text("---\nrole: president\n---\n# 第1条\n", encoding="utf-8")
    assert load_front_matter(path, Step) == (Step("president"), "# 第1条\n")
    path.write_text("---\nrole: a\nrolle: b\n---\n", encoding="utf-8")
    with pytest.raises(ContentError) as caught:
        load_front_matter(path, Step)
    assert caught.value.place.line == 3


@given(st.text(alphabet="ab:- \n[]{}&*!?|>'\"#%,1\t", max_size=60))
def test_any_text_is_read_or_refused(text: str) -> None:
    try:
        loads(text, dict[str, object])
    except ContentError as error:
        assert "。" in str(error)
