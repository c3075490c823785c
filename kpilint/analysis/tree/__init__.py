"""The KPI tree: its arithmetic on targets and actuals, a miss explained, and what if."""
