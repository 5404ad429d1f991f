"""One call as a person reads it: pure functions from stored JSON to what the templates show."""
