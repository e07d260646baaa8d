"""Who must not be contacted: addresses on the suppression list, objections, restriction of processing."""
