from django.apps import AppConfig


class LlmLogsConfig(AppConfig):
    name = "llmlogs"
    verbose_name = "LLM Logs"
