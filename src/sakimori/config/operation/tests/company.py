"""Give a company more sites, sealed in the ledger, and a file: ``python -m …tests.company 20``."""

import os
import sys

import django

os.environ["DJANGO_SETTINGS_MODULE"] = "sakimori.config.settings"
django.setup()

from django.conf import settings  # noqa: E402

from sakimori.kernel.identity.actors import SYSTEM  # noqa: E402
from sakimori.kernel.identity.models import Site  # noqa: E402
from sakimori.kernel.ledger import book, seal  # noqa: E402


@book.command("test.site_opened", "開設")
def open_site(*, name: str, by: book.Actor) -> Site:
    return Site.objects.create(name=name)


def open_sites(count: int) -> None:
    first = Site.objects.count() + 1
    for number in range(first, first + count):
        open_site(name=f"拠点{number}", by=SYSTEM)
    seal.seal()
    evidence = settings.MEDIA_ROOT / "evidence"
    evidence.mkdir(parents=True, exist_ok=True)
    (evidence / f"{Site.objects.count()}.txt").write_text(f"{Site.objects.count()} 拠点の議事録")


if __name__ == "__main__":
    open_sites(int(sys.argv[1]))
