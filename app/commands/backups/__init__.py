"""Commands about backups: whether one can be restored, before somebody has to."""
