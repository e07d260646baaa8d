"""A brand draws its passes anew: each change is a version that stays as it is, and holds at once in every wallet."""

import io
import uuid
from collections.abc import Mapping, Sequence
from datetime import datetime
from typing import Any, NamedTuple

from PIL import Image

from app.errors import PreconditionFailed
from app.languages import Language
from app.pictures import pictures, uploads
from app.pictures.errors import PictureUnknown
from app.pictures.pictures import Picture
from app.sql import db, locks
from wallet.designs import cuts, designs, losses, queries
from wallet.designs.cuts import PictureName
from wallet.designs.designs import PLAIN_VERSION, Design
from wallet.designs.errors import DesignVersionUnknown
from wallet.designs.models import PassDesign

TOLD = 20
"""Past versions that are shown."""


class DrawnDesign(NamedTuple):
    """One version, what its brand wrote of it, and every version that there is, the last first."""

    design: Design
    content: Mapping[str, Any]
    past: Sequence[PassDesign]


def read_drawn(*, brand_id: uuid.UUID, version: int | None = None) -> DrawnDesign:
    """The design in force, or one of before. Raises `DesignVersionUnknown`."""
    past = db.all_of(queries.designs_of(brand_id).limit(TOLD))
    if not past and not version:
        return DrawnDesign(designs.read_own_design(brand_id), _plain_content(brand_id), past)
    wanted = past[0].version if version is None else version
    found = db.first(queries.design_version(brand_id, wanted))
    if found is None:
        raise DesignVersionUnknown(version=wanted)
    return DrawnDesign(_as_drawn(found), found.content, past)


def describe_drawn(drawn: DrawnDesign, *, language: Language) -> dict[str, Any]:
    """A version in words; shape: `schemas.PassDesignOut`."""
    design = drawn.design
    return {
        "version": design.version,
        "design": drawn.content,
        "uploaded": list(design.uploaded),
        "pictures": [
            {"name": name, "url": one.address, "width": one.width, "height": one.height}
            for name, one in design.pictures.items()
        ],
        "warnings": [loss.say(language) for loss in losses.list_warnings(design)],
        "history": drawn.past,
    }


def draw_passes(
    *, brand_id: uuid.UUID, content: Mapping[str, Any], version: int, by: uuid.UUID, now: datetime
) -> DrawnDesign:
    """Replace colours, texts and fields; pictures stay. `version` is the one that was read. What changes nothing makes
    no version: every pass that members hold follows one.

    Raises `PreconditionFailed` when there is a newer one.
    """
    before = _lock_version(brand_id, version)
    uploaded = {} if before is None else before.uploaded
    return _write(brand_id, content, uploaded, before=before, by=by, now=now)


def try_design(*, brand_id: uuid.UUID, content: Mapping[str, Any]) -> Design:
    """What passes would look like with these colours, texts and fields, and the pictures that there are. Nothing is
    kept, and no pass changes."""
    before = db.first(queries.designs_of(brand_id))
    made = PassDesign(brand_id=brand_id, version=PLAIN_VERSION, content=content)
    made.uploaded = {} if before is None else before.uploaded
    fresh, made.cut = _cut(made, before)
    design = _as_drawn(made)
    return design._replace(pictures={**design.pictures, **fresh})


def name_picture(name: str) -> PictureName:
    """The place of a picture that is called so. Raises `PictureUnknown`."""
    if name not in set(PictureName):
        raise PictureUnknown
    return PictureName(name)


def put_picture(
    *, brand_id: uuid.UUID, name: PictureName, file: bytes, version: int, by: uuid.UUID, now: datetime
) -> DrawnDesign:
    """Put a picture on the brand's passes, in the place of the one that was there.

    Raises what `uploads.read_upload` and `cuts.check_frame` raise, and `PreconditionFailed`.
    """
    image = uploads.read_upload(file)
    cuts.check_frame(name, image)
    sent = Picture.of(image)
    before = _lock_version(brand_id, version)
    pictures.keep_pictures([sent])
    content = _plain_content(brand_id) if before is None else before.content
    uploaded = ({} if before is None else before.uploaded) | {str(name): sent.outline()}
    return _write(brand_id, content, uploaded, before=before, by=by, now=now)


def drop_picture(*, brand_id: uuid.UUID, name: PictureName, by: uuid.UUID, now: datetime) -> DrawnDesign:
    """Take a picture off the brand's passes. Raises `PictureUnknown` when there is none."""
    before = _lock_last(brand_id)
    if before is None or name not in before.uploaded:
        raise PictureUnknown
    uploaded = {known: outline for known, outline in before.uploaded.items() if known != name}
    return _write(brand_id, before.content, uploaded, before=before, by=by, now=now)


def _lock_last(brand_id: uuid.UUID) -> PassDesign | None:
    """Keep other changes out until the commit; the version in force."""
    locks.lock_name(f"pass_design:{brand_id}")
    return db.first(queries.designs_of(brand_id))


def _lock_version(brand_id: uuid.UUID, version: int) -> PassDesign | None:
    """The version in force, kept as it is until the commit. Raises `PreconditionFailed` unless it is this one."""
    last = _lock_last(brand_id)
    if (PLAIN_VERSION if last is None else last.version) != version:
        raise PreconditionFailed
    return last


def _plain_content(brand_id: uuid.UUID) -> dict[str, Any]:
    """The plain design as its brand would have written it: under whatever name the brand has."""
    return designs.content_of(designs.read_own_design(brand_id)) | {"name": None}


def _write(
    brand_id: uuid.UUID,
    content: Mapping[str, Any],
    uploaded: Mapping[str, Any],
    *,
    before: PassDesign | None,
    by: uuid.UUID,
    now: datetime,
) -> DrawnDesign:
    if before is not None and (before.content, before.uploaded) == (content, uploaded):
        return read_drawn(brand_id=brand_id)
    made = PassDesign(
        brand_id=brand_id,
        version=PLAIN_VERSION + 1 if before is None else before.version + 1,
        content=dict(content),
        uploaded=dict(uploaded),
        set_by=by,
        set_at=now,
    )
    fresh, same = _cut(made, before)
    pictures.keep_pictures(fresh.values())
    made.cut = {name: one.outline() for name, one in fresh.items()} | same
    db.add(made)
    return DrawnDesign(_as_drawn(made), content, db.all_of(queries.designs_of(brand_id).limit(TOLD)))


def _cut(made: PassDesign, before: PassDesign | None) -> tuple[dict[str, Picture], dict[str, Any]]:
    """What wallets show, by name: the brand's own pictures, and its letter where it has no icon. What was cut for the
    version before, and is the same in this one, is not cut again; it comes second."""
    source = cuts.emblem_source(made.uploaded)
    same = _cut_before(made, before, source)
    new = [name for name in made.uploaded if name not in same]
    needed = {name: made.uploaded[name] for name in {*new, *({source} if "emblem" not in same and source else ())}}
    images = {name: Image.open(io.BytesIO(one.png)) for name, one in pictures.read_pictures(needed).items()}
    brand = db.send_statement(queries.BRAND_AND_VERSION, {"brand_id": made.brand_id}).one()
    fresh = designs.draw_plain(made.content["name"] or brand.name, made.content["background"])
    for name in new:
        fresh |= cuts.cut_picture(PictureName(name), images[name])
    if source is not None and "emblem" not in same:
        fresh["emblem"] = cuts.draw_emblem(source, images[source], background=made.content["background"])
    return {name: one for name, one in fresh.items() if name not in same}, same


def _cut_before(made: PassDesign, before: PassDesign | None, source: PictureName | None) -> dict[str, Any]:
    if before is None:
        return {}
    same = {name for name, outline in made.uploaded.items() if before.uploaded.get(name) == outline}
    if source in same and cuts.emblem_source(before.uploaded) is source:
        same |= {"emblem"} if before.content["background"] == made.content["background"] else set()
    return {name: outline for name, outline in before.cut.items() if name.partition("@")[0] in same}


def _as_drawn(drawn: PassDesign) -> Design:
    """A version that this process does not remember yet: it may be rolled back."""
    brand = db.send_statement(queries.BRAND_AND_VERSION, {"brand_id": drawn.brand_id}).one()
    return designs.design_of(drawn, name=brand.name, time_zone=brand.time_zone)
