"""An archive is read only where it is whole, unchanged and names nothing outside its folder."""

import io
import json
import tarfile
from pathlib import Path

import pytest

from sakimori.config.operation import archive


@pytest.fixture
def sound(tmp_path: Path) -> Path:
    source = tmp_path / "source"
    (source / "files" / "子").mkdir(parents=True)
    (source / "files" / "子" / "証跡.txt").write_text("本文", "utf-8")
    with archive.written(tmp_path / "sound.tar") as writer:
        writer.add_folder("data", source, "files")
        writer.finish({"engine": "sqlite"})
    return tmp_path / "sound.tar"


def _altered(sound: Path, name: str, content: bytes, kind: bytes = tarfile.REGTYPE) -> Path:
    """Write the same archive with one more member."""
    result = sound.with_name("altered.tar")
    with tarfile.open(sound) as old, tarfile.open(result, "w") as new:
        for info in old:
            new.addfile(info, old.extractfile(info))
        info = tarfile.TarInfo(name)
        info.size, info.type, info.linkname = len(content), kind, "/etc/passwd"
        new.addfile(info, io.BytesIO(content))
    return result


def test_what_was_written_is_read(sound: Path, tmp_path: Path) -> None:
    manifest = archive.unpack(sound, tmp_path / "goal")
    assert manifest["engine"] == "sqlite"
    assert (tmp_path / "goal" / "data" / "files" / "子" / "証跡.txt").read_text("utf-8") == "本文"


@pytest.mark.parametrize("name", ["../outside", "/outside", "data/../../outside", "outside", "data/more.txt"])
def test_a_member_that_does_not_belong_there_is_refused(sound: Path, tmp_path: Path, name: str) -> None:
    with pytest.raises(archive.Unreadable):
        archive.unpack(_altered(sound, name, b"x"), tmp_path / "a" / "goal")
    assert not list(tmp_path.rglob("outside"))


@pytest.mark.parametrize("kind", [tarfile.SYMTYPE, tarfile.LNKTYPE, tarfile.FIFOTYPE])
def test_a_member_that_is_no_plain_file_is_refused(sound: Path, tmp_path: Path, kind: bytes) -> None:
    with pytest.raises(archive.Unreadable):
        archive.unpack(_altered(sound, "data/link", b"", kind), tmp_path / "goal")


def test_a_missing_member_is_named(sound: Path, tmp_path: Path) -> None:
    emptied = tmp_path / "emptied.tar"
    with tarfile.open(sound) as old, tarfile.open(emptied, "w") as new:
        info = old.getmember(archive.MANIFEST)
        new.addfile(info, old.extractfile(info))
    with pytest.raises(archive.Unreadable, match=r"証跡\.txt"):
        archive.unpack(emptied, tmp_path / "goal")


def test_a_writer_that_fails_leaves_no_file(tmp_path: Path) -> None:
    with pytest.raises(FileNotFoundError), archive.written(tmp_path / "new.tar") as writer:
        writer.add("data/gone", tmp_path / "gone")
    assert not list(tmp_path.iterdir())


def test_the_manifest_names_every_member_with_its_hash(sound: Path) -> None:
    with tarfile.open(sound) as tar:
        manifest = json.load(tar.extractfile(archive.MANIFEST))
        assert tar.getnames() == [*manifest["members"], archive.MANIFEST]
