"""Where, through whom and why a rate has changed, and what it was paid for with."""
