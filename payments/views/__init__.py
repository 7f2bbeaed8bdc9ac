"""Pages of payments by noun: each parses a request, calls one service, renders."""
