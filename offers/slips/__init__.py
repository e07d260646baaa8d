"""What a till prints for whoever bought: points won and why, what they have now, what to bring next time."""
