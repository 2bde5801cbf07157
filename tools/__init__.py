"""Programs for those who work on Newsreel."""
