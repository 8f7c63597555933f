"""Habits of the house that neither the linter nor import-linter can see."""

import ast
import re

import pytest

from .source import DOMAINS, OWN, ROOT, SRC, calls, committed, files_of_role, name_of, place, tree

WRITES = {
    *("save", "create", "update", "delete", "bulk_create", "bulk_update"),
    *("get_or_create", "update_or_create", "insert"),
}
COMMAND = re.compile(r"(ledger\.|book\.)?command\b")
CLOCKS = {
    *("datetime.now", "datetime.utcnow", "datetime.today", "date.today", "datetime.datetime.now"),
    *("datetime.date.today", "timezone.now", "timezone.localdate", "timezone.localtime", "time.time"),
}
SIGNALS = ("django.db.models.signals", "django.dispatch", "django.core.signals")


def test_only_rules_write() -> None:
    writing = [
        place(call, path)
        for domain in DOMAINS
        for role in ("models", "checks", "register", "views", "urls")
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


def test_every_rule_that_changes_rows_is_a_command_with_an_actor() -> None:
    called_by_the_kernel = re.compile(
        r"(hooks\.on|approvals\.on_approved|on_approved)\b"
    )  # inside its own command
    wrong = []
    for path in (path for domain in DOMAINS for path in files_of_role(domain, "rules")):
        functions = {node.name: node for node in tree(path).body if isinstance(node, ast.FunctionDef)}
        for name, function in functions.items():
            if name.startswith("_") or _is_decorated(function, called_by_the_kernel):
                continue
            is_command = _is_decorated(function, COMMAND)
            has_actor = "by" in {argument.arg for argument in function.args.kwonlyargs}
            if (is_command and not has_actor) or (not is_command and _writes(function, functions)):
                wrong.append(f"{place(function, path)} {name}")
    assert not wrong, "\n".join(wrong)


def _is_decorated(function: ast.FunctionDef, by: re.Pattern[str]) -> bool:
    return any(by.match(ast.unparse(decorator)) for decorator in function.decorator_list)


def _writes(function: ast.FunctionDef, neighbours: dict[str, ast.FunctionDef]) -> bool:
    """Tell whether a function changes rows, itself or through a private function of its file."""
    for call in (node for node in ast.walk(function) if isinstance(node, ast.Call)):
        if (
            isinstance(call.func, ast.Attribute)
            and call.func.attr in WRITES
            and not _changes_plain_data(call)
        ):
            return True
        helper = neighbours.get(call.func.id) if isinstance(call.func, ast.Name) else None
        if helper is None or helper is function or not helper.name.startswith("_"):
            continue
        if _is_decorated(helper, COMMAND):
            continue
        if _writes(helper, {name: node for name, node in neighbours.items() if name != helper.name}):
            return True
    return False


def test_nobody_but_the_clock_reads_the_clock() -> None:
    files = [path for path in OWN if path != SRC / "lib" / "clock.py"]
    reading = [
        f"{place(call, path)} {name}" for path in files for call, name in calls(path) if name in CLOCKS
    ]
    assert not reading, reading


def test_nobody_uses_signals() -> None:
    using = [
        place(node, path)
        for path in OWN
        for node in ast.walk(tree(path))
        if isinstance(node, ast.ImportFrom) and node.module in SIGNALS
    ]
    assert not using, using


def test_an_ignored_type_names_its_reason() -> None:
    bare = [name_of(path) for path in OWN if re.search(r"#\s*type:\s*ignore(?!\[)", path.read_text("utf-8"))]
    assert not bare, bare


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
