"""Which wallet a file comes from, by what is in it: names and media types are often wrong."""

from wallet.externals.errors import FileEmpty, FileFormatUnknown
from wallet.externals.readers.archives import Archive, text_of
from wallet.externals.readers.catima import is_catima, read_catima, read_catima_archive
from wallet.externals.readers.fidme import CARDS, read_fidme
from wallet.externals.readers.passes import PASS, read_pass, read_passes
from wallet.externals.readers.stocard import is_stocard, read_stocard
from wallet.externals.readers.vault import read_vault
from wallet.externals.rows import Content, Holder

ZIP = (b"PK\x03\x04", b"PK\x05\x06", b"PK\x07\x08")


def read_file(content: bytes, *, holder: Holder) -> Content:
    """The cards of a file of any known kind, read for its holder. Raises a `FileRefused`."""
    if not content.strip():
        raise FileEmpty
    if content.startswith(ZIP):
        return _read_archive(Archive(content), holder)
    text = text_of(content)
    if text.lstrip().startswith("["):
        return read_vault(content)
    if is_catima(text):
        return read_catima(content, holder=holder)
    raise FileFormatUnknown


def _read_archive(archive: Archive, holder: Holder) -> Content:
    if PASS in archive.names:
        return read_pass(archive, holder=holder)
    if any(name.lower().endswith(".pkpass") for name in archive.names):
        return read_passes(archive, holder=holder)
    if archive.called(CARDS) is not None:
        return read_fidme(archive)
    if archive.called("catima.csv") is not None:
        return read_catima_archive(archive, holder=holder)
    if is_stocard(archive):
        return read_stocard(archive)
    raise FileFormatUnknown
