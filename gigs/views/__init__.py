"""Pages of the catalogue and of the gig editor."""
