"""Who of a brand read what of a member (GDPR article 32): below every room that shows members to staff."""
