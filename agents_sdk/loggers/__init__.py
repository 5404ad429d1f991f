"""The two loggers: one writes the workspace itself, one reports to a server."""
