"""What can be done to an order, split by noun. Every change of state passes `door.transition`."""
