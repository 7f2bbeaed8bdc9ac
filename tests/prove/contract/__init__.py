"""What we ask of Stripe, and what the simulator answers, against two descriptions of Stripe's API (stripe.md §4)."""
