"""The generated client in Python at work: a member signs in, says yes, asks what is here, and reads their points.

Called with the address of a server, the brand, the member's e-mail address and the mailbox of development.
"""

import json
import re
import sys
import uuid
from datetime import UTC, datetime
from pathlib import Path

from ici_client import AuthenticatedClient, Client
from ici_client.api.app import answer_permission, list_points, nearby_offers
from ici_client.api.public import read_permission_texts, send_sign_in_code, sign_in
from ici_client.models import (
    AnswerIn,
    CellOut,
    EvidenceIn,
    EvidenceInChannel,
    FixIn,
    Level,
    Location,
    NearbyOut,
    OsPermissionIn,
    PercentOffOut,
    PointsBalancesOut,
    PurposeTextsOut,
    SignInCodeIn,
    SignInIn,
    SignInOut,
)

url, brand, email, mailbox = sys.argv[1:]
anyone = Client(base_url=url)
send_sign_in_code.sync(client=anyone, body=SignInCodeIn(email=email))
last = json.loads(Path(mailbox).read_text(encoding="utf-8").splitlines()[-1])
code = re.findall(r"\b\d{6}\b", last["text"])[-1]
signed = sign_in.sync(client=anyone, body=SignInIn(email=email, code=code))
assert isinstance(signed, SignInOut), signed
member = AuthenticatedClient(base_url=url, token=signed.access_token)

texts = read_permission_texts.sync(
    client=member, brand=brand, touchpoint="geofence", purpose="personalised_offers", locale="en"
)
assert isinstance(texts, PurposeTextsOut), texts
phone = OsPermissionIn(location=Location.WHILE_USING, reported_at=datetime.now(UTC))
evidence = EvidenceIn(
    locale="en", channel=EvidenceInChannel.APP, screen_id="near-me", app_version="1.0", method="button",
    text_sha256=texts.items[0].sha256, os_permission=phone,
)  # fmt: skip
wish, key = AnswerIn(level=Level.ALERT_ON_REQUEST, evidence=evidence), str(uuid.uuid4())
said = answer_permission.sync(
    brand, "geofence", "personalised_offers", client=member, body=wish, idempotency_key=key
)  # fmt: skip
assert isinstance(said, CellOut), said
assert said.effective

here = nearby_offers.sync(client=member, body=FixIn(lat=48.8810, lon=2.3553, accuracy_m=20), accept_language="en")
assert isinstance(here, NearbyOut), here
for one in here.offers:
    gives = one.offer.benefit
    told = f"{gives.percent} %" if isinstance(gives, PercentOffOut) else gives.kind
    print(f"{one.offer.title} ({told}), {one.distance_m} m away, at {one.store.name}")

points = list_points.sync(client=member)
assert isinstance(points, PointsBalancesOut), points
print(", ".join(f"{balance.available} {balance.currency.name}" for balance in points.items) or "no points yet")
