"""The proofs (issue 3): each suite counts what it tried, and prints one line of JSON. See CONTRIBUTING.md, Proofs."""
