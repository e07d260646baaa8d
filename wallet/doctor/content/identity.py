"""Who a pass is: its format, names, style and serial number."""

import re
from collections.abc import Mapping
from typing import Any

from wallet.doctor.ailments import Symptoms
from wallet.doctor.content.findings import IdentityAilment
from wallet.doctor.content.kinds import PASS, POSTER, STYLES

NEEDED = ("passTypeIdentifier", "teamIdentifier", "serialNumber", "organizationName", "description")
PLAIN = re.compile(r"[A-Za-z0-9_-]+")
"""Serial numbers that every client can put into an address: some do not escape them."""
LONG_ENOUGH = 16
TEAM = re.compile(r"[A-Z0-9]{10}")


def check_identity(content: Mapping[str, Any], *, symptoms: Symptoms) -> str | None:
    """Note what is missing or wrong about who a pass is; its style, where it has one."""
    if content.get("formatVersion") != 1 or isinstance(content.get("formatVersion"), bool | float):
        symptoms.note(IdentityAilment.FORMAT_VERSION, f"{PASS}#/formatVersion")
    for key in NEEDED:
        if content.get(key) is None or (isinstance(content[key], str) and not content[key].strip()):
            symptoms.note(IdentityAilment.KEY_MISSING, f"{PASS}#/{key}", key=key)
    _check_spelling(content, symptoms)
    if "userInfo" in content:
        symptoms.note(IdentityAilment.USER_INFO, f"{PASS}#/userInfo")
    if content.get("appLaunchURL") and not content.get("associatedStoreIdentifiers"):
        symptoms.note(IdentityAilment.APP_WITHOUT_STORE, f"{PASS}#/appLaunchURL")
    styles = [style for style in STYLES if style in content]
    if not styles:
        symptoms.note(IdentityAilment.STYLE_NONE, PASS)
    if len(styles) > 1 and set(styles) != POSTER:
        symptoms.note(IdentityAilment.STYLES_MANY, PASS, styles=styles)
    if "groupingIdentifier" in content and not {"eventTicket", "boardingPass"} & set(styles):
        symptoms.note(IdentityAilment.GROUP_UNUSED, f"{PASS}#/groupingIdentifier")
    return styles[0] if styles else None


def _check_spelling(content: Mapping[str, Any], symptoms: Symptoms) -> None:
    pass_type, team, serial = (content.get(key) for key in NEEDED[:3])
    if isinstance(pass_type, str) and pass_type and not pass_type.startswith("pass."):
        symptoms.note(IdentityAilment.TYPE_SPELT, f"{PASS}#/passTypeIdentifier", said=pass_type)
    if isinstance(team, str) and team and not TEAM.fullmatch(team):
        symptoms.note(IdentityAilment.TEAM_SPELT, f"{PASS}#/teamIdentifier", said=team)
    if not isinstance(serial, str) or not serial:
        return
    if not PLAIN.fullmatch(serial):
        symptoms.note(IdentityAilment.SERIAL_CHARACTERS, f"{PASS}#/serialNumber")
    if len(serial) < LONG_ENOUGH:
        symptoms.note(IdentityAilment.SERIAL_SHORT, f"{PASS}#/serialNumber", length=len(serial))
