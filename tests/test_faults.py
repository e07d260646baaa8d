"""What goes wrong in loyalty systems everywhere, and the tests that show that it does not go wrong here.

Each theme was collected from complaints about systems in production. The tests are named as the fact that they show,
so this page is read as a list of answers; one that is renamed or lost fails here.
"""

import re
from pathlib import Path

import pytest

FAULTS = {
    "one coupon, one hold, one spend or one last unit is used twice when many ask at once": (
        "test_of_64_tills_that_redeem_one_coupon_one_does_and_63_are_told",
        "test_of_64_who_claim_the_last_coupon_one_gets_it_and_63_are_told",
        "test_one_hold_is_captured_once",
        "test_of_sixty_four_who_want_the_last_one_gets_it",
        "test_of_64_gestures_out_of_the_last_points_one_is_given",
    ),
    "two ways back in the same millisecond both pass": (
        "test_one_spend_is_given_back_once",
        "test_redeeming_and_undoing_at_once_leave_one_truth",
        "test_sixteen_returns_of_one_line_take_back_what_it_earned_and_no_more",
    ),
    "a retry after a lost answer counts twice": (
        "test_the_same_sale_sent_twice_is_one_sale",
        "test_the_same_receipt_twice_is_one_purchase",
        "test_a_receipt_that_sixteen_tills_send_at_once_is_one_purchase",
        "test_a_lost_answer_is_given_again_byte_for_byte",
        "test_the_same_source_twice_is_one_effect",
    ),
    "a refund keeps the points that the purchase earned": (
        "test_refunds_do_not_keep_points_even_when_they_were_spent",
        "test_buying_and_returning_everything_in_any_order_is_the_identity",
        "test_what_waits_is_taken_back_before_it_can_be_spent",
    ),
    "a partial refund gives the wrong amount when something was taken off the whole basket": (
        "test_returning_the_first_of_six_and_four_euros_less_ten_percent_gives_five_forty",
        "test_units_of_a_line_come_back_to_the_cent_in_any_steps",
        "test_a_return_does_not_make_the_rest_dearer",
    ),
    "points that come back have a new age, or the wrong lot": (
        "test_points_come_back_as_old_as_they_were",
        "test_what_is_given_back_to_an_expired_lot_expires_again",
    ),
    "voided lines earn": ("test_a_voided_line_is_no_line",),
    "a cancelled order burns the coupon": (
        "test_a_cancelled_sale_gives_the_coupon_back",
        "test_cancelling_an_open_sale_frees_what_it_kept",
        "test_what_an_open_sale_keeps_is_free_again_by_itself",
    ),
    "a coupon is used up although it took nothing off": ("test_a_coupon_without_effect_is_not_used_up",),
    "an expired credit eats points that are still good": (
        "test_an_expired_lot_with_earlier_spending_does_not_reduce_those_still_valid",
        "test_first_in_first_out",
        "test_what_has_expired_is_not_taken_back_from_points_that_are_good",
    ),
    "only the next expiry is shown": ("test_three_expiries_are_shown_each_once",),
    "a last day ends a day early, or an hour off when the clocks change": (
        "test_a_coupon_of_the_whole_brand_ends_at_the_own_midnight_of_each_store",
        "test_a_coupon_holds_through_its_whole_last_day",
        "test_a_time_that_the_clock_skips_is_the_first_instant_after",
        "test_months_end_with_the_same_day_number_or_the_last",
        "test_a_budget_is_for_days_of_the_stores_own_calendar",
    ),
    "which discount wins is random, or depends on the order in which they are shown": (
        "test_the_order_in_which_coupons_are_shown_does_not_matter",
        "test_of_equal_ranks_what_ends_soonest_comes_first",
        "test_the_trace_keeps_every_step",
    ),
    "discounts make a line, or its tax, negative": (
        "test_a_total_is_never_below_zero",
        "test_tax_is_counted_on_what_is_left_and_is_never_negative",
    ),
    "a use is counted for each line": ("test_a_coupon_is_used_once_per_sale_and_not_per_line",),
    "programmes in another currency are converted silently, or ignored": (
        "test_an_amount_in_another_currency_is_refused_and_never_converted",
        "test_money_of_another_currency_earns_nothing",
    ),
    "duplicate people cannot be merged, or lose something by it": (
        "test_points_come_with_their_lots_and_their_age",
        "test_a_no_of_either_wallet_is_a_no",
        "test_of_many_merges_of_one_member_one_happens",
        "test_split_gives_points_back_to_the_lots_they_had_left",
    ),
    "a coupon for a friend is copied instead of given": (
        "test_of_sixty_four_who_accept_one_gift_one_gets_it",
        "test_the_old_code_is_dead",
    ),
    "three different refusals tell a stranger which codes exist": (
        "test_a_card_that_is_somebodys_is_refused_like_a_wrong_check",
        "test_what_is_theirs_cannot_be_told_from_what_does_not_exist",
        "test_a_code_cannot_be_guessed",
        "test_one_card_is_guessed_so_often_and_no_more",
    ),
    "spending points loses the tier": ("test_spending_does_not_demote",),
    "there is no way in for points and cards that people have": (
        "test_each_row_is_a_lot_with_its_own_age_and_end",
        "test_an_imported_card_is_known_at_the_till",
        "test_fidme_cards_come_in_and_a_row_without_a_reference_is_none",
        "test_a_dry_run_judges_everything_and_writes_nothing",
    ),
    "export and erasure have different lists": (
        "test_every_column_about_a_member_is_exported_or_withheld_for_a_reason",
    ),
    "nobody knows what is owed to members, and when it expires": ("test_an_auditor_reads_what_is_owed_by_month",),
    "a code on paper is used by everybody it was forwarded to": (
        "test_sixty_four_who_type_one_code_are_one_coupon",
        "test_a_code_that_somebody_used_is_taken",
    ),
    "whoever shares with a household shares everything, for ever, with everybody": (
        "test_nobody_is_in_before_they_accept",
        "test_whoever_joins_later_sees_nothing_until_it_is_shown",
        "test_a_note_is_never_shown",
        "test_leaving_takes_the_cards_along",
    ),
    "a lost card loses its points, or goes on working": (
        "test_of_many_replacements_at_once_one_code_stands",
        "test_what_a_card_bought_before_it_was_lost_is_still_taken",
    ),
}

DEFINED = {
    name
    for file in Path(__file__).parent.rglob("test_*.py")
    for name in re.findall(r"^(?:async )?def (test_\w+)", file.read_text(encoding="utf-8"), re.MULTILINE)
}


@pytest.mark.parametrize("fault", FAULTS)
def test_every_known_fault_has_tests_that_show_its_absence(fault: str) -> None:
    assert set(FAULTS[fault]) - DEFINED == set()
