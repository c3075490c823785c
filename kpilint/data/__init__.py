"""The data door: a goals file's sources as typed tables, and its metrics as numbers over time."""
