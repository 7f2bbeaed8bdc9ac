"""Every pair of steps that can meet, at one instant on two connections."""
