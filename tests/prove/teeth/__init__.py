"""The parts of the suite teeth: faults, the copy of the site they are made in, the runs that must notice them."""
