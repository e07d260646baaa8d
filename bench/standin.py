"""What a user would pick instead: a minimal FastAPI + asyncpg service that runs the same SQL without our duties.

No sign-in, no row-level security (it connects as the superuser), no decision row, no ranking, no log. It trusts the
member and session that it is sent, and joins the ready cards into an answer as we do.
"""

import os
from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from datetime import UTC, datetime
from uuid import UUID

import asyncpg
from fastapi import FastAPI, Request, Response
from pydantic import BaseModel, Field

from offers.deciding.queries import NEARBY, PLACES_PER_BRAND


class Fix(BaseModel):
    lat: float = Field(ge=-90, le=90)
    lon: float = Field(ge=-180, le=180)
    accuracy_m: float = Field(gt=0, le=10_000)


@asynccontextmanager
async def lifespan(app: FastAPI) -> AsyncIterator[None]:
    app.state.pool = await asyncpg.create_pool(
        host=os.environ["STANDIN_HOST"],
        user=os.environ["STANDIN_USER"],
        password=os.environ["STANDIN_PASSWORD"],
        database=os.environ["STANDIN_DATABASE"],
        min_size=4,
        max_size=4,
        server_settings={"plan_cache_mode": "force_generic_plan", "jit": "off"},
    )
    yield
    await app.state.pool.close()


app = FastAPI(lifespan=lifespan)


@app.post("/v1/nearby-offers")
async def nearby_offers(fix: Fix, request: Request) -> Response:
    member, session = request.headers["authorization"].split("/")
    asked = [datetime.now(UTC), UUID(member), UUID(session), fix.lon, fix.lat, 2000 + fix.accuracy_m, "fr"]
    rows = await app.state.pool.fetch(NEARBY, *([value] for value in asked), PLACES_PER_BRAND)
    items = [
        f'{{"offer":{row["offer_card"]},"store":{row["place_card"]},"distance_m":{round(row["metres"])}}}'
        for row in rows
        if row["outcome"] == 1 and row["offer_number"] is not None
    ]
    return Response(f'{{"offers":[{",".join(items)}]}}', media_type="application/json")
