"""Who reads: people, their roles and sessions, and how they come in."""
