"""`python -m tests.tour [--url http://127.0.0.1:8000]`"""

import argparse
import sys

from tests.tour import cards, choosing, here, member, planning, points, proof, rights, saturday, till, wallets
from tests.tour.calling import Caller, NothingAnswers
from tests.tour.people import NoDemo, cast_at
from tests.tour.telling import NotAsItShouldBe, Story


def main() -> int:
    """Play the whole job; 0 when every step is as it should be."""
    parser = argparse.ArgumentParser(prog="python -m tests.tour", description="The main job, step by step.")
    parser.add_argument("--url", default="http://127.0.0.1:8000", help="where the server is (default: %(default)s)")
    url = parser.parse_args().url.rstrip("/")
    story = Story()
    try:
        ready = Caller(url, "anyone").get("/readyz")
        if ready.status != 200:
            print(f"{url}/readyz answers {ready.status}: the server is not ready. Its messages say why.")
            return 1
        play(story, url)
    except NothingAnswers as error:
        print(f"Nothing answers at {url} ({error}).")
        print("Start the server with `make run` in another terminal, then try again.")
        print("If it is on another port: `make tour PORT=…`, or --url.")
        return 1
    except wallets.PortTaken as error:
        print(f"\n{error} Whatever listens there must end first: the tour stands in for Apple and Google itself.")
        return 1
    except NoDemo as error:
        print(f"{error} `make run` and `ici seed` write them; run one of them, then try again.")
        return 1
    except NotAsItShouldBe as error:
        print(f"\n{error}")
        return 1
    except (LookupError, TypeError, ValueError) as error:
        print(f"\nStep {story.steps} ({story.title}) is not as it should be: the answer has another shape ({error!r}).")
        return 1
    print(f"\n{story.steps} steps, {story.proofs} facts: everything is as it should be.")
    return 0


def play(story: Story, url: str) -> None:
    """The story, from a stranger to a stranger."""
    cast = cast_at(url)
    story.act("A person opens a wallet")
    phone = member.sign_in(story, cast)
    card = member.join(story, cast, phone)
    shop = member.find_open_shop(story, cast, phone)
    fix = member.near(shop)
    story.act("Nothing without a permission")
    member.be_refused(story, cast, phone, fix)
    event_id = member.grant(story, cast, phone)
    offer = member.receive(story, cast, phone, fix, event_id)
    story.act("A coupon")
    coupon = member.claim(story, cast, phone, offer, fix)
    story.act("At the till")
    admin, scanner, terminal_id = till.pair(story, cast, shop)
    till.scan(story, scanner, card, coupon)
    till.redeem(story, scanner, coupon, shop)
    story.act("Points")
    currency_id = points.shop_and_bring_back(story, cast, phone, scanner, card)
    points.be_kind(story, phone, admin, scanner, card, shop)
    story.act("Every card in one wallet")
    cards.bring(story, phone)
    story.act("At the console")
    planning.plan(story, cast, phone, shop, fix, offer)
    story.act("Offers that choose well")
    merchandiser = choosing.choose(story, cast, phone, scanner, card, shop, fix)
    story.act("A Saturday at the grocer's")
    saturday.shop(story, cast, admin, merchandiser, scanner, shop)
    story.act("Here")
    here.walk(story, cast, phone, merchandiser, shop, fix)
    story.act("In the wallets of phones")
    with wallets.services() as services:
        wallets.carry(story, phone, scanner, card, services)
    story.act("Without a network")
    wallets.go_dark(story, cast, phone, admin, scanner, terminal_id, card)
    story.act("A till is stolen")
    till.revoke(story, admin, scanner, terminal_id, card)
    story.act("In the member's hand")
    proof.read_matrix(story, cast, phone)
    proof.verify_receipt(story, phone, event_id)
    rights.read_everything(story, phone, card)
    story.act("Enough")
    member.stop(story, cast, phone, fix)
    story.act("Forgotten")
    rights.be_forgotten(story, cast)
    story.act("And the ledger holds")
    points.prove(story, cast, currency_id)


if __name__ == "__main__":
    sys.exit(main())
