"""How records come through a funnel, and where fewer do than before."""
