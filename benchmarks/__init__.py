"""How quick the main pages are, asked over HTTP of the stack that runs."""
