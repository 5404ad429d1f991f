"""Records the calls of code that uses the providers' own clients, without that code noticing."""
