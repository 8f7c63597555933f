"""Habits of the house that neither the linter nor import-linter can see."""

import ast
import re
from pathlib import Path

import pytest

from .source import DOMAINS, ROOT, SRC, calls, committed, files_of_role, name_of, own_files, place, tree

WRITES = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update"),
    *("get_or_create", "update_or_create", "insert"),
}
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now"),
    *("datetime.date.today", "timezone.now", "timezone.localdate", "timezone.localtime", "time.time"),
}
SIGNALS = ("django.db.models.signals", "django.dispatch", "django.core.signals")


@pytest.mark.parametrize("domain", DOMAINS, ids=name_of)
@pytest.mark.parametrize("role", ["models", "checks", "register", "views", "urls"])
def test_only_rules_write(domain: Path, role: str) -> None:
    writing = [
        place(call, path)
        for path in files_of_role(domain, role)
        for call, _ in calls(path)
        if isinstance(call.func, ast.Attribute) and call.func.attr in WRITES and not _changes_plain_data(call)
    ]
    assert not writing, writing


def _changes_plain_data(call: ast.Call) -> bool:
    """Tell `context.update({...})` and `super().save()` from a write of rows."""
    assert isinstance(call.func, ast.Attribute)
    receiver = ast.unparse(call.func.value)
    if receiver == "super()":
        return True
    return call.func.attr in {"update", "insert"} and "objects" not in receiver and bool(call.args)


@pytest.mark.parametrize("domain", DOMAINS, ids=name_of)
def test_every_public_rule_is_a_command_with_an_actor(domain: Path) -> None:
    for path in files_of_role(domain, "rules"):
        for node in tree(path).body:
            if not isinstance(node, ast.FunctionDef) or node.name.startswith("_"):
                continue
            decorators = [ast.unparse(decorator) for decorator in node.decorator_list]
            if any(
                re.match(r"(hooks\.on|approvals\.on_approved|on_approved|fan_out)\b", text)
                for text in decorators
            ):
                continue  # called by the kernel inside a command of its own
            assert any(re.match(r"(ledger\.)?command\b", text) for text in decorators), place(node, path)
            assert "by" in {argument.arg for argument in node.args.kwonlyargs}, place(node, path)


@pytest.mark.parametrize("path", own_files(SRC), ids=name_of)
def test_nobody_but_the_clock_reads_the_clock(path: Path) -> None:
    if path == SRC / "lib" / "clock.py":
        return
    reading = [f"{place(call, path)} {name}" for call, name in calls(path) if name in CLOCKS]
    assert not reading, reading


@pytest.mark.parametrize("path", own_files(SRC), ids=name_of)
def test_nobody_uses_signals(path: Path) -> None:
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.ImportFrom):
            assert node.module not in SIGNALS, place(node, path)


@pytest.mark.parametrize("path", own_files(SRC), ids=name_of)
def test_an_ignored_type_names_its_reason(path: Path) -> None:
    bare = re.findall(r"#\s*type:\s*ignore(?!\[)", path.read_text("utf-8"))
    assert not bare


# Written in pieces, so that this file does not contain what it looks for.
FORBIDDEN = {
    "the address of a package registry": re.compile(
        "|".join(
            (
                r"py" + r"pi\.org/simple",
                r"files\.python" + r"hosted",
                r"registry\.np" + r"mjs",
                r"npm" + r"mirror",
                r"deb\.deb" + r"ian\.org",
            )
        )
    ),
    "an absolute path of one machine": re.compile(
        r"(?<![\w.$}])/(?:ro" + r"ot|ho" + r"me/\w+|wo" + r"rk|Us" + r"ers/\w+)/"
    ),
    "an option that names a package index": re.compile(r"--(?:extra-)?ind" + r"ex-url \S"),
}


@pytest.mark.parametrize("what", FORBIDDEN)
def test_nothing_committed_knows_one_machine(what: str) -> None:
    found = []
    for path in committed():
        try:
            text = path.read_text("utf-8")
        except UnicodeDecodeError:
            continue  # a picture or a workbook
        found += [f"{path.relative_to(ROOT)}: {match[0]}" for match in FORBIDDEN[what].finditer(text)]
    assert not found, found[:10]


def test_locks_pin_every_library_by_hash() -> None:
    for name in ("base", "dev"):
        text = (ROOT / "requirements" / f"{name}.txt").read_text("utf-8")
        entries = re.findall(r"^([a-z0-9][^\s=]*)==(\S+).*?(?=^\S|\Z)", text, re.MULTILINE | re.DOTALL)
        assert entries
        assert (
            len(re.findall(r"^\S", text, re.MULTILINE))
            == len(entries)
            == len(re.findall(r"^[a-z0-9][^\n]*==[^\n]*\\\n\s+--hash=sha256:", text, re.MULTILINE))
        )
