"""Offers: drafted by a merchandiser, made live by an approver, paused, ended; each change is a new version."""
