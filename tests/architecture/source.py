"""The source files that the architecture tests read, and how they read them."""

from __future__ import annotations

import ast
import subprocess
from collections.abc import Iterator
from functools import cache
from pathlib import Path

ROOT = Path(__file__).parents[2]
SRC = ROOT / "src" / "sakimori"
DOMAINS = sorted(path for path in (SRC / "domains").iterdir() if (path / "__init__.py").exists())

Function = ast.FunctionDef | ast.AsyncFunctionDef


def own_files(folder: Path) -> list[Path]:
    """Return the Python files below a folder without migrations and tests."""
    return sorted(path for path in folder.rglob("*.py") if not {"migrations", "tests"} & set(path.parts))


OWN = own_files(SRC)


def files_of_role(domain: Path, role: str) -> list[Path]:
    """Return the files of one role of a domain, which is a module or, when it outgrew that, a package."""
    package = domain / role
    return (
        own_files(package)
        if package.is_dir()
        else [path for path in [domain / f"{role}.py"] if path.exists()]
    )


@cache
def tree(path: Path) -> ast.Module:
    """Return the syntax tree of a file."""
    return ast.parse(path.read_text("utf-8"), str(path))


def functions(path: Path) -> Iterator[Function]:
    """Yield every function of a file."""
    return (node for node in ast.walk(tree(path)) if isinstance(node, Function))


def calls(path: Path) -> Iterator[tuple[ast.Call, str]]:
    """Yield every call of a file with the dotted name of what is called."""
    for node in ast.walk(tree(path)):
        if isinstance(node, ast.Call):
            yield node, ast.unparse(node.func)


@cache
def committed() -> tuple[Path, ...]:
    """Return the files under version control."""
    listed = subprocess.run(
        ["git", "ls-files", "-z"], cwd=ROOT, check=True, stdout=subprocess.PIPE, text=True
    ).stdout
    return tuple(ROOT / name for name in listed.split("\0") if name and (ROOT / name).is_file())


def place(node: ast.AST, path: Path) -> str:
    """Return file and line for a message."""
    return f"{path.relative_to(ROOT)}:{getattr(node, 'lineno', 1)}"


def name_of(path: Path) -> str:
    """Return a short name for a parametrised test."""
    return str(path.relative_to(ROOT))
