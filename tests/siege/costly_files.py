"""Small files of cards that cost a careless reader much: many links to one card, rows without end, a bomb."""

import io
import zipfile

HEADER = "_id,store,note,validfrom,expiry,balance,balancetype,cardid,barcodeid,barcodetype,headercolor,starstatus"
CARDS, LINKS = 200, 40_000
ROWS = 2_700_000


def all_files() -> list[bytes]:
    """One of each kind."""
    return [links_to_one_card(), rows_without_cards(), bomb()]


def links_to_one_card() -> bytes:
    """Catima: 200 cards of one number and 40,000 groups for it, in 300 KB."""
    cards = "".join(f"1,Shop {n},,,,,,{n},,,,\n" for n in range(CARDS))
    links = "".join(f"1,{n}\n" for n in range(LINKS))
    return f"2\n\n_id\n\n{HEADER}\n{cards}\ncardId,groupId\n{links}".encode()


def rows_without_cards() -> bytes:
    """Vault: 8 MB of empty rows."""
    return b"[" + b"{}," * ROWS + b"{}]"


def bomb() -> bytes:
    """A pass of 300 KB that is 300 MB when it is opened."""
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w", zipfile.ZIP_DEFLATED) as archive, archive.open("pass.json", "w") as entry:
        for _ in range(300):
            entry.write(b" " * 2**20)
    return made.getvalue()
