"""What tests build their worlds from: one module per app, plain functions, states reached through services."""
