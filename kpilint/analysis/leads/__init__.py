"""Which metrics move before others, and by how long."""
