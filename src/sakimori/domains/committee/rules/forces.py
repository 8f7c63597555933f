"""Topics that members put forward, and task forces led by one of them (REG-050, REG-053)."""

from __future__ import annotations

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from sakimori.domains.committee.models import TaskForce, Topic
from sakimori.kernel.identity.actors import Actor
from sakimori.kernel.identity.models import Person
from sakimori.kernel.ledger.book import command
from sakimori.kernel.notices import notices
from sakimori.kernel.records.models import Record
from sakimori.lib import clock
from sakimori.lib.errors import Invalid, NotAllowed

from . import seats
from .convening import RUN


@command("topic.put_forward", gettext_lazy("議題の提案"), right="committee.topic")
def put_forward(*, name: str, explanation: str, about: Record | None = None, by: Person) -> Topic:
    """Put a topic forward; the office is told and answers for it (REG-050)."""
    problems = {
        field: _("入力してください。")
        for field, value in (("name", name), ("explanation", explanation)) if not value.strip()
    }  # fmt: skip
    if problems:
        raise Invalid(problems)
    topic = Topic(name=name.strip(), explanation=explanation.strip(), about=about, owner=by)
    topic.save()
    facts = {"name": topic.name, "person": by.name}
    notices.send("committee.topic", seats.office(), record=topic, context=facts)
    return topic


@command("topic.declined", gettext_lazy("議題の見送り"), right=RUN)
def decline(topic: Topic, *, answer: str, by: Actor) -> Topic:
    """Leave a topic off the agenda; whoever put it forward is told why."""
    if topic.status != Topic.Status.WAITING:
        raise NotAllowed(_("受付中の議題だけを見送れます。"), rule="committee.topic_state")
    if not answer.strip():
        raise Invalid({"answer": _("載せない理由を入力してください。")})
    topic.status, topic.answer = Topic.Status.DECLINED, answer.strip()
    topic.save()
    proposer = Person.objects.filter(pk=topic.owner_id or 0)
    facts = {"name": topic.name, "answer": topic.answer}
    notices.send("committee.declined", proposer, record=topic, context=facts)
    return topic


@command("task_force.set_up", gettext_lazy("タスクフォースの設置"), right=RUN)
def set_up(
    *, name: str, purpose: str, tasks: str, ends_when: str, owner: Person, by: Actor
) -> TaskForce:  # fmt: skip
    """Set a task force up under a member of the committee (REG-053)."""
    force = TaskForce(name=name, purpose=purpose, tasks=tasks, ends_when=ends_when, owner=owner)
    _check(force)
    force.save()
    return force


@command("task_force.changed", gettext_lazy("タスクフォースの変更"), right=RUN)
def change_force(force: TaskForce, *, by: Actor, reason: str = "", **values: object) -> TaskForce:
    """Change what a task force is for, or who leads it."""
    _must_work(force)
    for name, value in values.items():
        setattr(force, name, value)
    _check(force)
    force.save()
    return force


def _check(force: TaskForce) -> None:
    fields = ("name", "purpose", "tasks", "ends_when")
    problems = {field: _("入力してください。") for field in fields if not getattr(force, field).strip()}
    leader = Person.objects.filter(pk=force.owner_id or 0).first()
    if leader is None or not seats.is_member(leader):
        problems["owner"] = _("責任者は、現在の委員から選んでください。")
    if problems:
        raise Invalid(problems)


@command("task_force.member_joined", gettext_lazy("構成員の追加"), right=RUN)
def add_member(force: TaskForce, *, person: Person, by: Actor) -> TaskForce:
    """Add one person to a task force that is at work."""
    _must_work(force)
    if not person.is_active:
        raise Invalid({"person": _("在籍している人を選んでください。")})
    force.members.add(person)
    return force


@command("task_force.closed", gettext_lazy("タスクフォースの終了"), right=RUN)
def close_force(force: TaskForce, *, result: str, by: Actor) -> TaskForce:
    """Close a task force with its report to the committee."""
    _must_work(force)
    if not result.strip():
        raise Invalid({"result": _("委員会への報告を入力してください。")})
    force.result, force.closed_on, force.retired_at = result.strip(), clock.today(), clock.now()
    force.save()
    return force


def _must_work(force: TaskForce) -> None:
    if force.closed_on is not None:
        raise NotAllowed(_("終了したタスクフォースです。"), rule="committee.force_closed")
