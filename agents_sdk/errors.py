"""Every exception of the SDK; none of them leaves a logger."""


class AgentsSDKError(Exception):
    """What all errors of this package have in common."""


class InvalidAgentId(AgentsSDKError, ValueError):
    """An agent id that cannot have a log file."""

    def __init__(self, agent_id: object, problem: str) -> None:
        shown = repr(agent_id[:60]) if isinstance(agent_id, str) else type(agent_id).__name__
        super().__init__(
            f"agent id {shown} cannot be used: {problem}; choose a name of 1 to 200 characters, "
            "for example 'researcher'"
        )
        self.agent_id = agent_id
        self.problem = problem


class InvalidUrl(AgentsSDKError, ValueError):
    """An address that names no server."""

    def __init__(self, base_url: object) -> None:
        super().__init__(
            f"{str(base_url)[:200]!r} is no address of a server; "
            "give one like 'http://localhost:8700'"
        )


class ApiError(AgentsSDKError):
    """The API refused a question; `status` is the HTTP status, `message` its own words."""

    def __init__(self, status: int, message: str) -> None:
        super().__init__(f"the API answered {status}: {message}")
        self.status = status
        self.message = message


class ServerUnreachable(AgentsSDKError, ConnectionError):
    """No answer came from the server, or none that can be read."""


class EntryTooLong(AgentsSDKError):
    """An entry that no reader would take was refused."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(
            f"the entry is longer than {limit_bytes >> 20} MiB, which no reader takes; "
            "it was not written"
        )


class SpoolFull(AgentsSDKError):
    """The spool holds as much as it may; the new entry was refused."""

    def __init__(self, limit_bytes: int) -> None:
        super().__init__(f"the spool is full ({limit_bytes} bytes, AGENTS_SDK_SPOOL_BYTES)")
