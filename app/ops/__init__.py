"""Machinery of whoever runs Ici: the private cluster, logs, health, metrics, and the import of files."""
