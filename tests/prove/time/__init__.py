"""Deadlines to the microsecond, in every zone, at every change of clocks (reliability §7 j; stripe.md §10 line 23)."""
