"""``./sakimori bench [NAME…]``: run every benchmark of this folder, or those named."""

from __future__ import annotations

import pkgutil
import sys
from importlib import import_module
from pathlib import Path


def main(wanted: list[str]) -> None:
    """Run the benchmarks one after the other. Exits with a sentence for a name that is none."""
    names = (module.name for module in pkgutil.iter_modules([str(Path(__file__).parent)]))
    known = sorted(name for name in names if not name.startswith("_"))
    if unknown := [name for name in wanted if name not in known]:
        sys.exit(f"測定 {', '.join(unknown)} はありません。あるもの: {', '.join(known)}")
    for name in wanted or known:
        print(f"== {name}", flush=True)
        import_module(f"bench.{name}").main()


if __name__ == "__main__":
    main(sys.argv[1:])
