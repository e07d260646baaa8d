"""Offers that apply by themselves: nobody claims them, and the sale that uses one writes its coupon."""
