"""What the API can do, one module per kind of object; `routes` is the list."""
