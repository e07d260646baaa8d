"""Requests and answers: roles, reading, problems, idempotency, pages, entity tags. It knows no room."""
