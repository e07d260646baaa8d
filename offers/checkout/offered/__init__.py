"""What a sale is offered: coupons that are shown, and offers that apply by themselves."""
