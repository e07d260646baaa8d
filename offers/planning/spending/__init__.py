"""What a brand lets its offers cost, in money: budgets per brand, offer, store and period."""
