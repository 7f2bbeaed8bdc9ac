"""A process dies at each step of each call to the bank, and the sweeps put everything right."""
