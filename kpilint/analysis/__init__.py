"""Numbers out of series and records: each room may be called by rules, never the reverse."""
