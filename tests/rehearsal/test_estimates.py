import random

from offers.rehearsal.estimates import MemberUses, Range, Rate, draw_poisson, estimate_uses

ONCE = MemberUses(1, 100, 0)


def test_a_brand_without_a_past_is_believed_to_be_used_once_in_twenty() -> None:
    assert Rate(0, 0).mean == 0.05


def test_much_experience_outweighs_what_was_believed() -> None:
    assert abs(Rate(10_000, 3_000).mean - 0.3) < 0.001


def test_more_experience_leaves_less_doubt() -> None:
    little, much = Rate(20, 4).ends(seed="1"), Rate(2_000, 400).ends(seed="1")
    assert much[1] - much[0] < (little[1] - little[0]) / 3


def test_a_range_holds_what_is_expected() -> None:
    for members in (0, 3, 40, 4_000):
        found = estimate_uses([ONCE] * members, Rate(50, 10), scale=1, most_uses=None, seed="1")
        assert found.uses.low <= found.uses.expected <= found.uses.high


def test_the_true_rate_is_inside_the_range_nearly_always() -> None:
    """Brands whose members take an offer in one case of five; each is judged by what 100 showings taught it."""
    chance = random.Random(5)
    inside = 0
    for brand in range(200):
        taken = sum(chance.random() < 0.2 for _ in range(100))
        real = sum(chance.random() < 0.2 for _ in range(300))
        found = estimate_uses([ONCE] * 300, Rate(100, taken), scale=1, most_uses=None, seed=str(brand)).uses
        inside += found.low <= real <= found.high
    assert inside >= 180


def test_members_who_stand_for_several_count_for_several() -> None:
    found = estimate_uses([ONCE] * 100, Rate(0, 0), scale=4, most_uses=None, seed="1")
    assert (found.uses.expected, found.most.uses) == (20, 400)


def test_no_more_is_used_than_may_be_given() -> None:
    found = estimate_uses([ONCE] * 1_000, Rate(100, 100), scale=1, most_uses=10, seed="1")
    assert found.uses == Range(10, 10, 10)
    assert found.most == MemberUses(10, 1_000, 0)


def test_the_same_seed_draws_the_same() -> None:
    few = [MemberUses(1, 7, 3)] * 9
    assert estimate_uses(few, Rate(9, 3), scale=1, most_uses=None, seed="a") == estimate_uses(
        few, Rate(9, 3), scale=1, most_uses=None, seed="a"
    )


def test_what_is_drawn_is_as_many_on_average_as_are_expected() -> None:
    chance = random.Random(1)
    for mean in (0.5, 12.0, 900.0):
        drawn = [draw_poisson(mean, chance) for _ in range(2_000)]
        assert abs(sum(drawn) / len(drawn) / mean - 1) < 0.1
