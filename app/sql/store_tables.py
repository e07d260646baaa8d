"""Stores and areas by the names of their tables: the kernel asks for a name or a brand, and knows no room of places."""

from sqlalchemy import Text, Uuid, column, table

STORE = table(
    "store", column("id", Uuid()), column("brand_id", Uuid()), column("name", Text()), column("time_zone", Text())
)
AREA = table("area", column("id", Uuid()), column("brand_id", Uuid()))
AREA_STORE = table("area_store", column("area_id", Uuid()), column("store_id", Uuid()))
