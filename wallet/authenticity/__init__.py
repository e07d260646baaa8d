"""Whether what is shown at a till is genuine, fresh and shown for the first time: one verifier for every form."""
