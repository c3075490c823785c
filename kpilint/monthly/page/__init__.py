"""The parts of the client's page: who sees what, and what each part says."""
