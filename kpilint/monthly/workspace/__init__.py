"""Workspaces: from a template, from exports, as the sample, with notebooks to open."""
