"""What the name of a parameter says of its value: a key to another system, headers, a schema.

Names are told by their words (`dbPassword`, `db-password` and `DB_PASSWORD` have the same two),
because their combinations are endless and a part of a word says nothing: `max_tokens` is no token.
"""

import re
from itertools import pairwise
from typing import Any

MAX_KNOWN_NAMES = 1_000
MAX_NAME_CHARS = 64

PLAIN, SECRET, HEADERS, ENVIRONMENT, QUERY = "", "secret", "headers", "environment", "query"
SCHEMA, SCHEMAS_BY_NAME, SAID, PROMPT = "schema", "schemas by name", "said", "prompt"
TEXT, BIASES, VALUE = "text", "biases", "value"
PLACE, TOKENS = "place", "tokens"


class _Kinds(dict[Any, str]):
    """Names met so far: looked up in a twentieth of the time that it takes to read one."""

    def __missing__(self, key: Any) -> str:
        if type(key) is not str:
            return _kind_of_odd(key)
        if key.isdigit():  # a place, or a token
            return PLAIN
        kind = _kind(key[-MAX_NAME_CHARS:])
        if len(key) <= MAX_NAME_CHARS:
            if len(self) >= MAX_KNOWN_NAMES:
                self.clear()
            self[key] = kind
        return kind


KINDS = _Kinds()
"""What may stand under a name."""

_WORD = re.compile(r"[A-Z]+(?=[A-Z][a-z])|[A-Z]?[a-z][a-z0-9]*|[A-Z]+[0-9]*|[0-9]+")

_BY_SPELLING = {
    **dict.fromkeys(("pass", "userpass"), SECRET),
    **dict.fromkeys(
        ("env", "header", "envvars", "envvariables", "environmentvariables"), ENVIRONMENT
    ),
    **dict.fromkeys(("extraquery", "defaultquery", "queryparams", "queryparameters"), QUERY),
    **dict.fromkeys(("schema", "jsonschema", "parameters", "parametersjsonschema"), SCHEMA),
    **dict.fromkeys(("inputschema", "outputschema", "responseschema"), SCHEMA),
    **dict.fromkeys(("responsejsonschema", "response", "json", "format", "guidedjson"), SCHEMA),
    **dict.fromkeys(("properties", "patternproperties"), SCHEMAS_BY_NAME),
    **dict.fromkeys(("defs", "definitions", "dependentschemas"), SCHEMAS_BY_NAME),
    **dict.fromkeys(("inputexamples", "prediction"), SAID),
    **dict.fromkeys(("description", "instructions", "text", "content", "suffix"), TEXT),
    "prompt": PROMPT,
    "logitbias": BIASES,
    "value": VALUE,
    "environment": PLACE,
    "tokens": TOKENS,
}
_ENDS = ("password", "passwd", "passphrase", "secret", "credentials", "apikey", "apikeys") + (
    *("accesstoken", "authtoken", "bearertoken", "refreshtoken", "sessiontoken", "idtoken"),
    *("apitoken", "accesskey", "accesskeyid", "secretkey", "privatekey", "subscriptionkey"),
    *("serviceaccountjson", "serviceaccountinfo", "appkey"),
)
"""Of names in one spelling, because some write theirs without showing where its words end."""
_LAST_WORDS = frozenset(
    ("password", "passwords", "passwd", "passphrase", "passphrases", "passcode", "pwd")
    + ("secret", "secrets", "credential", "credentials", "cookie", "cookies", "jwt", "pat")
    + ("auth", "authorization", "authentication", "bearer", "oauth")
)
_OF_A_KEY = (
    *("api", "access", "secret", "private", "subscription", "account", "encryption", "signing"),
    *("auth", "master", "service", "storage", "shared", "ssh", "client", "functions", "license"),
    *("webhook", "deploy", "bot", "admin", "app", "application", "consumer", "security", "hmac"),
    *("openai", "anthropic", "azure", "google", "gemini", "groq", "mistral", "cohere", "xai"),
    *("deepseek", "openrouter", "together", "stripe", "ai"),
)
_OF_TOKENS = ("access", "api", "auth", "bearer", "refresh", "session")
_OF_A_PASS = ("admin", "db", "root", "smtp", "user")
_PAIRS = frozenset(
    [(word, key) for word in _OF_A_KEY for key in ("key", "keys")]
    + [(word, "tokens") for word in _OF_TOKENS]
    + [(word, "pass") for word in _OF_A_PASS]
    + [("connection", "string")]
)
_OF_THE_VOCABULARY = frozenset(
    ("max", "min", "stop", "eos", "bos", "pad", "unk", "sep", "cls", "mask", "special", "eot")
    + ("start", "end", "first", "last", "per", "prefix", "suffix", "middle", "text", "image")
    + ("audio", "video", "think", "blank", "forced", "next", "page", "continuation", "sync")
)
"""A token with one of these before it is one of the model's, or a place in a list."""
_QUALIFIERS = frozenset(
    ("value", "string", "str", "raw", "plain", "plaintext", "pem", "base64", "b64", "json")
    + ("header", "prod", "production", "dev", "staging", "test", "live", "primary", "secondary")
    + ("backup", "old", "new", "hash")
)
"""Last words that say which secret it is, or how it is written."""
_ABOUT = frozenset(
    ("alias", "algorithm", "config", "configs", "count", "env", "file", "format", "ids", "length")
    + ("limit", "location", "name", "names", "options", "path", "provider", "required", "settings")
    + ("size", "source", "type", "uri", "url", "var", "variable", "version")
)
"""Last words that say that a name is about a key, and not the key."""
_IN_A_QUERY = frozenset(
    ("key", "code", "sig", "signature", "xamzsignature", "xgoogsignature", "pass", "sas")
)
"""Keys are called so in addresses only: Google's, those of Azure's functions, signed ones."""


def is_secret_in_query(name: Any) -> bool:
    """Whether a parameter of an address opens something.

    >>> is_secret_in_query("subscription-key"), is_secret_in_query("api-version")
    (True, False)
    """
    if KINDS[name] is SECRET:
        return True
    return isinstance(name, str) and "".join(_words(name[-MAX_NAME_CHARS:])) in _IN_A_QUERY


def _kind_of_odd(key: Any) -> str:
    if issubclass(type(key), str):
        return _kind(str.__str__(key)[-MAX_NAME_CHARS:])
    return _kind(key[-MAX_NAME_CHARS:].decode("latin-1")) if type(key) is bytes else PLAIN


def _kind(name: str) -> str:
    words = _words(name)
    if not words:
        return PLAIN
    spelling = "".join(words)
    if spelling.endswith("headers"):
        return HEADERS
    return _BY_SPELLING.get(spelling) or (SECRET if _is_secret(words, spelling) else PLAIN)


def _words(name: str) -> list[str]:
    """
    >>> _words("AWSSecret_accessKey")
    ['aws', 'secret', 'access', 'key']
    """
    return [word.lower() for word in _WORD.findall(name)]


def _is_secret(words: list[str], spelling: str) -> bool:
    if spelling.endswith(_ENDS):
        return True
    if words[-1] not in _ABOUT and any(pair in _PAIRS for pair in pairwise(words)):
        return words[-1] != "id" or words[-3:] == ["access", "key", "id"]
    while len(words) > 1 and (words[-1] in _QUALIFIERS or words[-1].isdigit()):
        words = words[:-1]
    last = words[-1].rstrip("0123456789")
    if last == "token":
        return not (len(words) > 1 and words[-2] in _OF_THE_VOCABULARY)
    return last in _LAST_WORDS or spelling.rstrip("0123456789").endswith(_ENDS)
