"""Why the Studio does not start."""


class Refusal(Exception):
    """The Studio cannot or will not start; the text is the one sentence that says why."""
