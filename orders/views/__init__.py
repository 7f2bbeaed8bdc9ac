"""Pages of orders by noun: each parses a form, calls one service, and shows the order as it then is."""
