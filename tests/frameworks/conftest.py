from tests.model_fixtures import model_server, recorded

__all__ = ["model_server", "recorded"]
