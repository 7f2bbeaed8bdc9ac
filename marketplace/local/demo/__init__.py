"""The demo: a believable marketplace, made through the services, with dates relative to now."""
