"""TODO app/consent/suppression."""
