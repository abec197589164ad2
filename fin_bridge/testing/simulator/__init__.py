"""A simulated Fin: it takes events, pulls, answers and hands over, over real HTTP."""
