"""Files of other wallets sent to a real server: what must stay at the door is in no file of it and in no log."""

import io
import os
import zipfile
from collections.abc import Iterator

import pytest

from app.config import Config
from tests.externals import files
from tests.externals.factories import EAN
from tests.externals.files import CANARY, CANARY_PLACE
from tests.factories import make_member, member_token
from tests.serving import Served, served
from tests.speaking import Speaker

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]

SIGNS = (CANARY.encode(), CANARY.encode("latin-1"), CANARY.encode("unicode_escape"), str(CANARY_PLACE).encode())
BINARY = {"Content-Type": "application/octet-stream"}


@pytest.fixture(scope="module")
def server(tmp_path_factory: pytest.TempPathFactory, settings: Config) -> Iterator[Served]:
    with served(tmp_path_factory.mktemp("door"), settings, durable=False) as running:
        yield running


@pytest.fixture
def phone(server: Served) -> Speaker:
    return server.anyone.with_token(member_token(make_member()))


def send(phone: Speaker, content: bytes) -> int:
    return phone.send("POST", "/v1/external-card-imports", data=content, headers=BINARY).status_code


def with_pictures(size: int) -> bytes:
    """A file of FidMe with so many bytes that nothing can shorten."""
    made = io.BytesIO(files.fidme())
    with zipfile.ZipFile(made, "a", zipfile.ZIP_STORED) as archive:
        archive.writestr("photo.jpg", os.urandom(size))
    return made.getvalue()


def test_a_file_with_pictures_comes_through_the_server(phone: Speaker) -> None:
    assert send(phone, with_pictures(6 * 1024 * 1024)) == 200
    assert len(phone.get("/v1/external-cards").get_json()["items"]) == 2


def test_a_stranger_is_refused_before_the_file_is_opened(server: Served) -> None:
    assert send(server.anyone, files.fidme()) == 401


def test_no_file_and_no_log_of_the_server_knows_what_stayed_at_the_door(server: Served, phone: Speaker) -> None:
    for content in (files.fidme(), files.stocard(), files.pkpass(), files.vault(), files.CATIMA_2.encode()):
        assert send(phone, content) == 200
    phone.get("/v1/external-card-export")
    server.cluster.stop()  # so that everything is written
    folders = (server.cluster.server.data, server.folder)
    written = {file: file.read_bytes() for folder in folders for file in folder.rglob("*") if file.is_file()}
    server.cluster.start()
    assert [str(name) for name, raw in written.items() if any(sign in raw for sign in SIGNS)] == []
    assert any(EAN.encode() in raw for raw in written.values())  # what came in is found by the same search
