"""Who, and what they hold: members, cards, passes, scans."""
