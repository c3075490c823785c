"""Will we make it: attainment, pace and forecast of goals."""
