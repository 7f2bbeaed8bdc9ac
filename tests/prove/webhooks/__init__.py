"""Webhooks in every order, doubled, late, lost, forged: the end is that of the orderly run (reliability §7 e)."""
