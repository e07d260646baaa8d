"""What a member takes away: access (GDPR article 15), portability (article 20), the record of processing."""
