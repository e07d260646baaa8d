"""Capped categories on the wire."""

from typing import Any

import marshmallow as ma

from app.http.api import In, Out
from app.http.fields import category_paths
from offers.planning.caps.price_caps import Goods


class CappedCategoriesIn(In):
    """Which of the brand's categories a law caps, with all that is inside them."""

    food = category_paths(metadata={"description": "Food and pet food"})
    everyday = category_paths(metadata={"description": "Other goods of everyday consumption"})

    @ma.post_load
    def make(self, data: dict[str, list[str]], **_: Any) -> dict[Goods, list[str]]:
        return {Goods(name): paths for name, paths in data.items()}


class CapOut(Out):
    """One rule of the law: how much may be off, from its first to its last day, both included."""

    country = ma.fields.String(required=True)
    goods = ma.fields.String(required=True)
    share_bp = ma.fields.Integer(required=True, metadata={"description": "Hundredths of a percent of the price"})
    since = ma.fields.Date(required=True)
    until = ma.fields.Date(required=True)
    law = ma.fields.String(required=True)


class CappedCategoriesOut(Out):
    food = ma.fields.List(ma.fields.String(), required=True)
    everyday = ma.fields.List(ma.fields.String(), required=True)
    caps = ma.fields.List(ma.fields.Nested(CapOut), required=True)
