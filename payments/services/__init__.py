"""What payments does, by verb. Nothing here knows who opened a charge or why."""
