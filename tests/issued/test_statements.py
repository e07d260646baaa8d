"""How many statements passes cost: none of a sale, and few for many."""

from offers.checkout import sales
from tests.checkout.factories import Counter
from tests.checkout.test_statements import LINES, ask
from tests.factories import made, make_brand, make_member
from tests.issued.factories import issue, refresh
from tests.tracing import sent_statements, traced
from tests.wallet.factories import make_card
from wallet.issued import revisions
from wallet.issued.contents import read_contents

READ = 12
"""What it takes to read what passes of one brand say, however many."""
REFRESH = READ + 6
TRIPS = 5
"""BEGIN, what the wallet knows, what offers put on it, for whom places are worked out, and COMMIT."""


def test_a_sale_sends_no_statement_more_for_a_member_with_a_pass():
    counter = Counter(earns=True, points=10_000)
    ask(counter, sales.quote_sale, counter.asks(*LINES))
    without = ask(counter, sales.commit_sale, counter.asks(*LINES, points=20))
    held = issue(counter.card)
    assert ask(counter, sales.commit_sale, counter.asks(*LINES, points=20)) == without
    assert refresh(held) == [held.id]


def test_fifty_passes_are_read_in_as_many_statements_as_one():
    brand = make_brand()
    passes = [issue(make_card(make_member(), brand)) for _ in range(50)]
    counts = []
    for some in (passes[:1], passes):
        with made(), sent_statements() as sent:
            read_contents(some, now=passes[0].made_at)
        counts.append(len(sent))
    assert counts[0] == counts[1] <= READ


def test_what_passes_say_is_read_in_few_trips():
    held = issue(make_card(make_member(), make_brand()))
    with traced() as traffic, made():
        read_contents([held], now=held.made_at)
    assert traffic.trips <= TRIPS


def test_fifty_passes_get_their_revisions_in_as_many_statements_as_one():
    brand = make_brand()
    passes = [issue(make_card(make_member(), brand)) for _ in range(50)]
    counts = []
    for some in (passes[:1], passes):
        with made(), sent_statements() as sent:
            revisions.refresh_some([one.id for one in some], now=passes[0].made_at, anew=True)
        counts.append(len(sent))
    assert max(counts) <= REFRESH
