"""The suite `model`: histories of one order, each step compared with a model that shares no code with it."""
