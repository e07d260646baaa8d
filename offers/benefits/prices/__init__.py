"""The articles have another price."""
