"""Requests are read the same however their bytes arrive."""

from hypothesis import given
from hypothesis import strategies as st

from app.edge import environs
from app.edge.limits import EdgeLimits, Holdings
from app.edge.readers import RequestReader, WholeRequest
from tests.edge.doors import CHUNKED, chunks, head

SERVER = environs.server_environ("127.0.0.1", 80)
BODIES = st.lists(st.binary(max_size=60), min_size=1, max_size=4)


def reader_of(*, small: int = 100, large: int = 200, held: int = 10**6) -> RequestReader:
    return RequestReader(
        SERVER, small_body=small, largest_body=lambda _: large, limits=EdgeLimits(), holdings=Holdings(held)
    )


def read(reader: RequestReader, said: bytes, cuts: list[int]) -> list[WholeRequest]:
    at = 0
    for cut in [*sorted(cut % (len(said) + 1) for cut in cuts), len(said)]:
        if said[at:cut]:
            reader.feed(said[at:cut], now=0)
        at = cut
    return list(reader.whole)


def told(request: WholeRequest) -> tuple[str, bytes, str | None, bool]:
    environ = request.environ
    return environ["PATH_INFO"], environ["wsgi.input"].read(), environ.get("CONTENT_LENGTH"), request.is_last


@given(bodies=BODIES, cuts=st.lists(st.integers(0, 2000), max_size=12), size=st.integers(1, 9))
def test_wherever_the_network_cuts_them(bodies: list[bytes], cuts: list[int], size: int) -> None:
    said = b"".join(
        head(f"/{place}", length=len(body)) + body if place % 2 else CHUNKED % b"/%d" % place + chunks(body, size=size)
        for place, body in enumerate(bodies)
    )
    lengths = [str(len(body)) if body else None for body in bodies]
    assert [told(one) for one in read(reader_of(), said, cuts)] == [
        (f"/{place}", body, lengths[place], False) for place, body in enumerate(bodies)
    ]


@given(cuts=st.lists(st.integers(0, 2000), max_size=12), said=st.binary(max_size=300))
def test_whatever_is_sent_is_read_or_refused(cuts: list[int], said: bytes) -> None:
    reader = reader_of()
    for request in read(reader, said, cuts):
        assert request.environ["PATH_INFO"]


@given(cuts=st.lists(st.integers(0, 2000), max_size=12), over=st.integers(1, 300))
def test_a_body_over_its_limit_is_read_no_further_and_says_how_long_it_is(cuts: list[int], over: int) -> None:
    for said in (CHUNKED % b"/" + chunks(b"x" * (200 + over), size=50), head(length=200 + over) + b"x" * 50):
        [request] = read(reader_of(), said, cuts)
        path, body, length, is_last = told(request)
        assert (path, body, is_last) == ("/", b"", True)
        assert int(length or 0) > 200


def test_what_bodies_hold_together_is_given_back() -> None:
    holdings = Holdings(50_000)
    reader = RequestReader(
        SERVER, small_body=10**6, largest_body=lambda _: 10**6, limits=EdgeLimits(), holdings=holdings
    )
    reader.feed(head(length=40_000) + b"x" * 30_000, now=0)
    assert holdings.held == 30_000
    reader.feed(b"x" * 10_000, now=0)
    assert (holdings.held, reader.whole[0].held) == (40_000, 40_000)
    second = reader_of(small=10**6, held=0)
    second.holdings = holdings
    second.feed(head(length=40_000) + b"x" * 20_000, now=0)
    assert (second.fault and second.fault.code(), holdings.held) == ("server_busy", 40_000)


def test_half_a_body_gives_back_what_it_held() -> None:
    reader = reader_of(small=10**6)
    reader.feed(head(length=40_000) + b"x" * 30_000, now=0)
    reader.release()
    assert reader.holdings.held == 0


def test_many_names_of_headers_are_not_kept() -> None:
    for number in range(5000):
        reader_of().feed(head(method="GET", **{f"X_{number}": "1"}), now=0)
    assert len(environs._names) <= environs.MOST_NAMES
