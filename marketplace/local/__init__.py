"""Milepost on one machine: what `make run`, `make test` and `make reset` do, with servers from packages.

Nothing here imports Django settings: the servers come up first. PostgreSQL and Valkey are started as plain programs;
the Python interfaces of the packages that ship them are never used (docs/adr/0007-embedded-servers.md).
"""
