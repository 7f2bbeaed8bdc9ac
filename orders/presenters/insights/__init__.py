"""What a seller sees of all their work at once, and a buyer of what waits on them (R-ORD-16)."""
