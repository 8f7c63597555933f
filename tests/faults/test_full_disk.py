"""A full disk: nothing half written, and a sentence that says what to do."""

import errno
import os
import resource
import subprocess
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.files.base import ContentFile

from sakimori.kernel.dossier import evidence
from sakimori.kernel.dossier.models import Evidence
from sakimori.kernel.exchange import imports
from sakimori.kernel.exchange.models import ImportBatch
from sakimori.kernel.ledger.models import Entry
from sakimori.lib.errors import Refused

ROOM = 64 * 1024


@pytest.fixture
def full_disk(tmp_path: Path, settings) -> Iterator[Path]:
    """A data folder on a disk of 64 KB; where no disk may be mounted, files of at most 64 KB."""
    disk = tmp_path / "disk"
    disk.mkdir()
    settings.DATA_DIR, settings.MEDIA_ROOT = disk, disk / "files"
    mount = ["mount", "-t", "tmpfs", "-o", f"size={ROOM}", "tmpfs", str(disk)]
    mounted = os.geteuid() == 0 and subprocess.run(mount, capture_output=True).returncode == 0
    limits = resource.getrlimit(resource.RLIMIT_FSIZE)
    if not mounted:
        resource.setrlimit(resource.RLIMIT_FSIZE, (ROOM, limits[1]))
    try:
        yield disk
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, limits)
        if mounted:
            subprocess.run(["umount", str(disk)], check=True)


def stored(disk: Path) -> list[Path]:
    return [path for path in disk.rglob("*") if path.is_file()]


def too_much() -> ContentFile:
    return ContentFile("議事録\n".encode() * 50_000)


def test_evidence_that_does_not_fit_is_refused_and_leaves_nothing(full_disk: Path, cast) -> None:
    with pytest.raises(Refused, match="保存先の空き容量が足りない") as refusal:
        evidence.attach(cast.sales, too_much(), file_name="議事録.txt", by=cast.ueno)
    assert refusal.value.rule == "evidence.disk_full"
    assert stored(full_disk) == []
    assert not Evidence.objects.exists()
    assert not Entry.objects.filter(verb="evidence.attached").exists()


def test_after_a_full_disk_what_fits_is_taken_in(full_disk: Path, cast) -> None:
    with pytest.raises(Refused):
        evidence.attach(cast.sales, too_much(), file_name="議事録.txt", by=cast.ueno)
    evidence.attach(cast.sales, ContentFile("要旨".encode()), file_name="要旨.txt", by=cast.ueno)
    assert [path.read_text() for path in stored(full_disk)] == ["要旨"]


def test_a_table_that_does_not_fit_is_refused_and_leaves_nothing(full_disk: Path, cast) -> None:
    with pytest.raises(Refused, match="保存先の空き容量が足りない") as refusal:
        imports.upload(sheet="assets", file=too_much(), file_name="台帳.csv", by=cast.ueno)
    assert refusal.value.rule == "exchange.disk_full"
    assert stored(full_disk) == []
    assert not ImportBatch.objects.exists()


def test_a_broken_disk_is_not_called_full(settings, tmp_path: Path, cast) -> None:
    class Broken:
        def chunks(self) -> Iterator[bytes]:
            raise OSError(errno.EIO, "Input/output error")

    settings.MEDIA_ROOT = tmp_path
    with pytest.raises(OSError, match="Input/output"):
        evidence.attach(cast.sales, Broken(), file_name="議事録.txt", by=cast.ueno)
    assert stored(tmp_path) == []
