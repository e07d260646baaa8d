"""The zip of a pass: bombs, tricks and slips."""

import random
import stat
import struct
import warnings
from io import BytesIO
from zipfile import ZIP_BZIP2, ZIP_DEFLATED, ZIP_STORED, ZipFile, ZipInfo

import pytest

from tests.doctor.factories import examined, found, make_pass, members_with, sealed, zipped
from wallet.doctor.ailments import Grade

SEALED = sealed(members_with())


def written(*entries: tuple[str | ZipInfo, bytes], packing: int = ZIP_DEFLATED) -> bytes:
    """The sound pass, with entries beside it as they come."""
    made = BytesIO()
    with ZipFile(made, "w", packing) as archive, warnings.catch_warnings():
        warnings.simplefilter("ignore")
        for name, content in (*SEALED.items(), *entries):
            archive.writestr(name, content)
    return made.getvalue()


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"<!DOCTYPE html><title>404</title>", "une page web"),
        (b'{"formatVersion": 1}', "du JSON"),
        (b"-----BEGIN CERTIFICATE-----", "un certificat ou une clé (PEM)"),
        (b"\x89PNG\r\n\x1a\n", "une image"),
        (b"UEsDBBQAAAAI", "du texte encodé en base64"),
        (b"\x1f\x8b\x08", "une autre sorte d'archive"),
        (b"\x00\x01", "autre chose"),
    ],
)
def test_what_is_no_zip_is_told_what_it_is(data, kind):
    examination = examined(data)
    assert (examination.is_pass, examination.codes()) == (False, ["not_a_zip"])
    assert kind in examination.found[0].say("fr")


@pytest.mark.parametrize(
    ("data", "code"),
    [
        (b"", "file_empty"),
        (b"PK\x03\x04", "zip_broken"),
        (make_pass()[:-30], "zip_broken"),
        (zipped({"notes.txt": b""}), "no_pass_inside"),
        (zipped({f"Card.pass/{name}": one for name, one in SEALED.items()}), "folder_zipped"),
    ],
)
def test_what_holds_no_pass_is_no_pass(data, code):
    examination = examined(data)
    assert (examination.is_pass, examination.codes()) == (False, [code])


def test_a_bomb_is_told_unexploded():
    assert examined(written(("bomb.png", b"\0" * (33 * 1024 * 1024)))).codes() == ["too_large"]


def test_more_entries_than_a_pass_has_are_not_opened():
    assert examined(zipped({f"{number}.txt": b"" for number in range(600)})).codes() == ["too_large"]


def test_a_bomb_in_a_bundle_leaves_its_neighbours_in_bounds():
    bomb = zipped({"pass.json": b"\0" * (20 * 1024 * 1024)})
    bundle = examined(zipped({"a.pkpass": bomb, "b.pkpass": bomb}))
    assert [one.codes()[:1] for _, one in bundle.inside][1] == ["too_large"]


@pytest.mark.parametrize(
    "name",
    ["../icon.png", "/etc/passwd", "a/../../b", "C:evil.png", "..\\evil.png", "a//b", "icon\u202egnp.exe", "./a"],
)
def test_a_name_that_leads_elsewhere_is_refused(name):
    assert "path_unsafe" in found(written((name, b"")))


def test_a_member_that_is_there_twice_is_refused():
    assert "member_twice" in found(written(("pass.json", b"{}")))


def test_members_that_differ_by_capitals_are_told():
    assert "members_alike" in found(written(("ICON.png", b"")))


def test_a_link_is_refused():
    link = ZipInfo("icon@2x.PNG")
    link.external_attr = (stat.S_IFLNK | 0o777) << 16
    assert "link_inside" in found(written((link, b"/etc/passwd")))


@pytest.mark.parametrize("name", ["__MACOSX/._icon.png", ".DS_Store", "fr.lproj/.DS_Store", "Thumbs.db"])
def test_what_a_computer_left_is_called_so(name):
    assert "left_by_a_system" in found(written((name, b"")))


def test_a_packing_that_phones_do_not_know_is_told():
    assert "method_unusable" in found(written(packing=ZIP_BZIP2))


def test_a_password_is_told():
    data = bytearray(make_pass())
    for mark, place in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
        at = data.find(mark)
        while at != -1:
            data[at + place] |= 1
            at = data.find(mark, at + 4)
    assert examined(bytes(data)).codes() == ["encrypted"]


@pytest.mark.parametrize("data", [b"PK" + make_pass(), make_pass() + b"tail", make_pass() + make_pass()])
def test_bytes_before_and_after_are_refused(data):
    assert not examined(data).is_sound


def test_a_directory_that_says_otherwise_than_the_member_is_refused():
    data = bytearray(zipped(SEALED, packing=ZIP_STORED))
    place = data.find(b"PK\x01\x02")
    (size,) = struct.unpack_from("<I", data, place + 24)
    struct.pack_into("<I", data, place + 24, size + 1)
    assert "directory_disagrees" in found(bytes(data), Grade.FAULT)


def test_a_pass_that_was_written_as_a_stream_is_sound():
    class Stream(BytesIO):
        def seekable(self) -> bool:
            return False

    made = Stream()
    with ZipFile(made, "w", ZIP_DEFLATED) as archive:
        for name, content in SEALED.items():
            with archive.open(name, "w") as member:
                member.write(content)
    assert found(made.getvalue()) == []


def test_folders_as_entries_are_no_harm():
    assert found(written((ZipInfo("fr.lproj/"), b""))) == []


@pytest.mark.parametrize("name", ["icon.png", "manifest.json", "signature"])
def test_a_mandatory_member_that_is_missing_is_named(name):
    data = zipped({member: one for member, one in SEALED.items() if member != name})
    assert "member_missing" in found(data, Grade.FAULT)


def test_a_heavy_pass_is_told():
    noise = random.Random(1).randbytes(1_100_000)
    assert "size_high" in found(make_pass(**{"strip.png": noise}))


def test_a_text_of_a_pass_cannot_write_on_the_terminal():
    examination = examined(written(("\x1b[2J\u202eevil", b"")))
    assert not any(sign in one.about for one in examination.found for sign in "\x1b\u202e")
