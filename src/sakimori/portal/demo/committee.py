"""The committee's year: a meeting every month, one without a quorum, decisions done, under way and late."""

from __future__ import annotations

from datetime import date, timedelta

from django.core.files.base import ContentFile

from sakimori.domains.committee import rules
from sakimori.domains.committee.models import Decision, Meeting
from sakimori.kernel.dossier import evidence
from sakimori.kernel.identity.models import Person
from sakimori.lib import clock

from . import calendar
from .company import Stage

MONTHS, LAPSED = 12, 7  # the seventh meeting of the year lacked its quorum
# In which meeting, about what, what was decided, by whom, within how many days; the last number: done after, 0 never.
_DECIDED = (
    (1, "持出し機器の管理", "持出し用PCの台帳と実物を突き合わせ、差を報告する。", "kaneko", 30, 22),
    (2, "協力会社の接続", "VPNで接続する三社の経路を点検し、使っていない口を閉じる。", "endo", 45, 40),
    (3, "標的型メール訓練", "訓練メールを全従業者に送り、報告率を次の委員会に示す。", "saito", 30, 34),
    (5, "退職者の権限", "退職の届出から当日中に権限を止める手順に改める。", "honda", 30, 25),
    (6, "図面の廃棄証明", "預かり図面の廃棄記録の様式を全部署で揃える。", "kuroda", 60, 55),
    (8, "検査装置の旧OS", "更新できない検査装置を分離したネットワークへ移す。", "fujii", 90, 0),
    (9, "生成AIの利用", "入力してよい情報の案を作り、規程の改訂を起案する。", "ueno", 30, 28),
    (11, "浜松工場の複製", "検査記録の複製を本社に置く方法と費用を示す。", "okada", 75, 0),
)


def tell(stage: Stage) -> None:
    """Hold the meetings of the year; leave the next one convened and a topic waiting."""
    for number in range(1, MONTHS + 1):
        _hold(stage, number, calendar.ago(30 * (MONTHS - number) + 20))
    with calendar.on(calendar.ago(5), 11):
        rules.put_forward(
            name="工場の来訪者用無線の分離", explanation="検査装置と同じ区画につながる恐れがあるという声がある。",
            by=stage["watanabe"],
        )  # fmt: skip
        force = rules.set_up(
            name="検査装置分離班", purpose="更新できない検査装置を守る", tasks="対象の洗い出し、分離の設計、切替え",
            ends_when="六台の切替えの完了", owner=stage["watanabe"], by=stage["ueno"],
        )  # fmt: skip
        rules.add_member(force, person=stage["fujii"], by=stage["ueno"])
    with calendar.on(calendar.ago(3), 14):
        day = calendar.working(clock.today() + timedelta(days=14))
        coming = rules.plan_meeting(
            held_on=day, hours="10:00〜11:30", place="本社 第一会議室", by=stage["ueno"]
        )
        chosen = [
            one.key
            for one in rules.proposals(clock.today(), coming)
            if one.source.id in ("topics", "decisions")
        ]
        if chosen:
            rules.take_items(coming, keys=chosen, by=stage["ueno"])
        rules.call_person(coming, person=stage["mizuno"], by=stage["mori"])
        rules.convene(coming, by=stage["ueno"])


def _hold(stage: Stage, number: int, day: date) -> None:
    with calendar.on(calendar.working(day - timedelta(days=8)), 9):
        meeting = rules.plan_meeting(
            held_on=day, hours="10:00〜11:30", place="本社 第一会議室", by=stage["ueno"]
        )
        for at, name, *_rest in _DECIDED:
            if at == number:
                rules.add_item(meeting, name=name, task="管理策の実施", by=stage["ueno"])
        rules.convene(meeting, by=stage["ueno"])
    with calendar.on(day, 11):
        called = [seat.person for seat in meeting.attendance.select_related("person")]
        came = called[:4] if number == LAPSED else [one for n, one in enumerate(called) if n % 6 != 5]
        came += [one for one in (stage["mori"],) if one not in came]
        notes = {str(one.pk): "出張" for one in called if one not in came}
        rules.open_meeting(meeting, present=[one.pk for one in came], notes=notes, by=stage["ueno"])
        if meeting.status == Meeting.Status.HELD:
            _write(stage, meeting, number)
    for decision in Decision.objects.filter(meeting=meeting):
        _carry_out(stage, decision)


def _write(stage: Stage, meeting: Meeting, number: int) -> None:
    entries: list[dict[str, object]] = []
    decided = {name: rest for at, name, *rest in _DECIDED if at == number}
    for item in meeting.items.all():
        entry: dict[str, object] = {
            "item": item.pk,
            "discussion": "事務局から報告し、質疑を行った。",
            "outcome": "noted",
        }
        if item.name in decided:
            content, who, days, _done = decided[item.name]
            due = meeting.held_on + timedelta(days=int(str(days)))
            entry |= {
                "outcome": "decided",
                "content": content,
                "responsible": stage[str(who)].pk,
                "due_on": due,
            }
        entries.append(entry)
    rules.write_minutes(meeting, entries=entries, by=stage["ueno"])
    rules.finish_minutes(meeting, by=stage["ueno"])
    if number < MONTHS:  # the latest minutes still wait for the chairwoman
        rules.confirm_minutes(meeting, by=stage["mori"])


def _carry_out(stage: Stage, decision: Decision) -> None:
    """Do what was decided, in time or not; some of it nobody has done yet."""
    after = next(int(str(row[5])) for row in _DECIDED if row[1] == decision.name)
    day = decision.effective_on + timedelta(days=after)
    if not after or day >= stage.today:
        return
    with calendar.on(calendar.working(day), 16):
        owner = Person.objects.get(pk=decision.owner_id or 0)
        note = ContentFile(f"{decision.name} 実施報告".encode())
        evidence.attach(decision, note, file_name="実施報告.txt", note="実施の報告", by=owner)
        decision.refresh_from_db()
        rules.complete_decision(decision, result="決定のとおり実施した。", done_on=clock.today(), by=owner)
