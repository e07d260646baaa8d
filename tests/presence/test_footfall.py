"""What counts of people say of fences."""

from geo.fences.faults import find_faults
from geo.fences.judgement import FenceFault
from geo.presence.footfall import tell_passages
from geo.presence.models import Footfall, FootfallKind
from tests.factories import NOON, made, make_brand, make_store, save
from tests.fences.factories import make_fence


def test_a_fence_that_most_people_only_pass_is_doubtful() -> None:
    brand = make_brand()
    store = make_store(brand)
    fence, quiet = make_fence(brand, store=store), make_fence(brand, store=make_store(brand))
    save(Footfall(brand_id=brand.id, day=NOON.date(), kind=FootfallKind.CROSSED, place_id=fence.id, people=90))
    save(Footfall(brand_id=brand.id, day=NOON.date(), kind=FootfallKind.VISITED, place_id=store.id, people=10))
    with made():
        assert tell_passages([fence.id, quiet.id]) == {fence.id: (90, 10)}
        [told, other] = find_faults(brand_id=brand.id, fence_ids=[fence.id, quiet.id], now=NOON)
    assert FenceFault.MOSTLY_CROSSED in [one.finding for one in told.found]
    assert FenceFault.MOSTLY_CROSSED not in [one.finding for one in other.found]
