"""The archive: the only place that writes news to the database."""
