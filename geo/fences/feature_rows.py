"""Features of a GeoJSON file, one at a time, as fences that nobody has checked yet."""

import re
import unicodedata
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any, NamedTuple

import ijson

from app.languages import Text
from app.ops.imports.outcomes import Said
from app.ops.imports.tables import TableBroken
from geo.places.imports.geojson_rows import CHUNK, Counted

CODE = re.compile(r"[a-z0-9][a-z0-9-]{0,39}")
LONGEST_CODE = 40


class FenceRowFinding(Said):
    """What an import finds in a feature beside its shape."""

    CODE_MADE = (
        "code_made",
        Text(fr="code composé", en="code made"),
        Text(fr="le code « {code} » a été fait de « {given} »", en='the code "{code}" was made of "{given}"'),
    )
    CODE_MISSING = (
        "code_missing",
        Text(
            fr="ni « code », ni « id », ni « name » : rien ne dit de quelle clôture il s'agit",
            en='no "code", "id" or "name": nothing says which fence it is',
        ),
    )
    CODE_REPEATED = (
        "code_repeated",
        Text(fr="code déjà vu dans ce fichier", en="code seen before in this file"),
        Text(fr="le code « {code} » est déjà à la ligne {row}", en='the code "{code}" is in row {row} already'),
    )
    STORE_NOT_FOUND = (
        "store_not_found",
        Text(fr="magasin inconnu", en="no such store"),
        Text(
            fr="l'enseigne n'a pas de magasin de référence « {store} »",
            en='the brand has no store with the reference "{store}"',
        ),
    )
    STORE_DIFFERS = (
        "store_differs",
        Text(fr="une clôture ne change pas de magasin", en="a fence does not change its store"),
        Text(
            fr="la clôture « {code} » est d'un autre magasin : terminez-la, ou donnez un autre code",
            en='the fence "{code}" is of another store: end it, or give another code',
        ),
    )
    FENCE_HAS_ENDED = (
        "fence_has_ended",
        Text(fr="clôture terminée", en="fence that has ended"),
        Text(
            fr="la clôture « {code} » est terminée : donnez un autre code", en='"{code}" has ended: give another code'
        ),
    )
    RADIUS_WRONG = (
        "radius_wrong",
        Text(fr="rayon impossible", en="impossible radius"),
        Text(
            fr="un rayon va de {least} à {most} mètres ; pas « {given} »",
            en='a radius is from {least} to {most} metres; not "{given}"',
        ),
    )


class FeatureRow(NamedTuple):
    """What a feature says. `crs` is what the file says before its features of all coordinates."""

    number: int
    code: str | None
    given_code: str | None
    name: str | None
    store: str | None
    radius: object
    geometry: Any
    crs: Any


def read_features(path: Path) -> Iterator[FeatureRow]:
    """The features of a FeatureCollection. Raises `TableBroken` at the first byte that is not JSON, and for a file that
    is something else."""
    try:
        crs, number = _beginning(path), 0
        with path.open("rb") as file:
            for feature in ijson.items(Counted(file), "features.item", buf_size=CHUNK, use_float=True):
                number += 1
                yield _row(feature, number, crs)
    except (ijson.JSONError, UnicodeDecodeError) as error:
        said = " ".join(str(error).split())[:120]
        raise TableBroken(f"{path.name} is not valid JSON: {said}. Nothing was imported.") from error
    except OSError as error:
        raise TableBroken(f"{path.name} cannot be read: {error.strerror}.") from error


def _beginning(path: Path) -> Any:
    """The `crs` that stands before the features."""
    crs: Any = None
    with path.open("rb") as file:
        for prefix, event, value in ijson.parse(Counted(file), buf_size=CHUNK, use_float=True):
            if prefix == "type" and value != "FeatureCollection":
                raise TableBroken(f'{path.name} is a GeoJSON "{value}"; a FeatureCollection is needed.')
            if prefix == "crs.properties.name":
                crs = {"properties": {"name": value}}
            if prefix == "features" and event == "start_array":
                return crs
    raise TableBroken(f'{path.name} has no list "features"; a GeoJSON FeatureCollection is needed.')


def _row(feature: Any, number: int, crs: Any) -> FeatureRow:
    whole: Mapping[str, Any] = feature if isinstance(feature, dict) else {}
    properties = whole.get("properties")
    said: Mapping[str, Any] = properties if isinstance(properties, dict) else {}
    given = _text(said, "code") or _text(said, "id") or _text(whole, "id") or _text(said, "name")
    radius = next((said[name] for name in ("radius_m", "radius") if said.get(name) is not None), None)
    return FeatureRow(
        number=number,
        code=None if given is None else _code(given),
        given_code=given,
        name=_text(said, "name"),
        store=_text(said, "store") or _text(said, "store_reference"),
        radius=radius,
        geometry=whole.get("geometry"),
        crs=whole.get("crs", crs),
    )


def _text(values: Mapping[str, Any], name: str) -> str | None:
    value = values.get(name)
    is_said = isinstance(value, str | int) and not isinstance(value, bool)
    text = " ".join(str(value).replace("\0", " ").split()) if is_said else ""
    return text[:200] or None


def _code(given: str) -> str | None:
    """The code, or one made of what is given: plain letters, digits and hyphens."""
    if CODE.fullmatch(given):
        return given
    plain = unicodedata.normalize("NFKD", given).encode("ascii", "ignore").decode().lower()
    made = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:LONGEST_CODE].rstrip("-")
    return made or None
