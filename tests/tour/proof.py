"""What a member holds in their hand: the matrix of their permissions, and receipts that anybody can verify."""

import subprocess
import sys
import tempfile
import time
from pathlib import Path

from tests.tour.calling import Answer, Caller
from tests.tour.people import ROOT, Cast
from tests.tour.telling import Story

SEALED_WITHIN_S = 60


def read_matrix(story: Story, cast: Cast, phone: Caller) -> None:
    """Everything the member may allow, in one call."""
    story.step("The member opens “My permissions”: touchpoint by touchpoint, purpose by purpose")
    cells = story.expect(phone.get(f"/v1/permissions?brand={cast.brand}"), 200)["cells"]
    allowed = [cell for cell in cells if cell["effective"]]
    story.proves(f"one call reads all {len(cells)} cells; {len(allowed)} of them permits something", len(allowed) == 1)
    story.proves("each cell says why it stands as it does", all(cell["reason"] for cell in cells))


def verify_receipt(story: Story, phone: Caller, event_id: str) -> None:
    """The member fetches the receipt of an act and verifies it without us."""
    story.step("The member takes the receipt of their yes away")
    answer = _sealed(story, phone, event_id)
    receipt = story.expect(answer, 200)
    story.proves("it holds the whole record, not a pointer to it", receipt["record"]["event"]["event_id"] == event_id)
    proof = receipt["proof"]
    story.note(f"entry {proof['leaf_index']} of {proof['tree_size']} in the public log")

    story.step("Anybody verifies it with a short script that needs the public key and nothing of ours")
    key = story.expect(phone.get("/v1/log/keys"), 200)["items"][-1]["public_key"]
    story.proves("the script accepts the receipt", _verifies(answer.body, key))
    middle = len(answer.body) // 2
    changed = answer.body[:middle] + bytes([answer.body[middle] ^ 1]) + answer.body[middle + 1 :]
    story.proves("one bit changed in the middle, and the script refuses it", not _verifies(changed, key))

    story.step("The phone keeps the log's last checkpoint, and will ask whether the log only grew since")
    checkpoint = story.expect(phone.get("/v1/log/checkpoint"), 200)
    story.proves("the checkpoint is signed and public", bool(checkpoint["signature"]))


def _sealed(story: Story, phone: Caller, event_id: str) -> Answer:
    until = time.monotonic() + SEALED_WITHIN_S
    while time.monotonic() < until:
        answer = phone.get(f"/v1/receipts/{event_id}")
        if answer.status != 202:
            return answer
        time.sleep(0.5)
    story.fail(f"the receipt was not sealed within {SEALED_WITHIN_S} seconds")


def _verifies(receipt: bytes, key: str) -> bool:
    with tempfile.TemporaryDirectory() as folder:
        file = Path(folder) / "receipt.json"
        file.write_bytes(receipt)
        command = [sys.executable, str(ROOT / "docs" / "verify_receipt.py"), str(file), key]
        return subprocess.run(command, capture_output=True, check=False).returncode == 0
