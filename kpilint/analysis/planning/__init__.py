"""From a goal back to what must exist by when: stage by stage, with the time that each takes."""
