"""What the user wrote: goals, metrics, sources and funnels, each key with its place."""
