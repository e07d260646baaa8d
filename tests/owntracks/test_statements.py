"""How many statements a message of the app takes."""

import json
import time

from tests.owntracks.factories import crossing
from tests.tracing import sent_statements

PING = {"_type": "location", "lat": 48.0, "lon": 2.35, "acc": 12}


def statements(phone, message):
    with sent_statements() as sent:
        assert phone.send(json.dumps(message).encode()).status_code == 200
    return len(sent)


def test_a_message_without_permission_asks_little(phone, fence):
    assert statements(phone, PING | {"tst": time.time()}) <= 6


def test_a_message_takes_what_its_report_takes_and_little_more(phone, permitted, fence):
    phone.say(PING | {"tst": time.time() - 60})
    assert statements(phone, {"_type": "lwt", "tst": 1}) <= 15  # what it should watch is worked out for each answer
    assert statements(phone, crossing(fence, at=time.time())) <= 38
