"""What agents do beside reading, each behind the admin's own door."""
