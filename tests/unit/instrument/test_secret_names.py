"""Which names of parameters hold keys to other systems, and what is taken out under them."""

import copy
from dataclasses import dataclass
from types import MappingProxyType
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from agents_sdk.codec import EncodedJson
from agents_sdk.normalise.asked import encoded
from agents_sdk.normalise.failures import failure_of
from agents_sdk.normalise.secretnames import KINDS, MAX_KNOWN_NAMES
from agents_sdk.normalise.secrets import REMOVED, without_secrets

_OF_SECRETS = """
    db_password openai_api_key secret_key api_token auth bearer aws_access_key_id dbPassword
    ocp-apim-subscription-key clientSecret DB_PASSWORD PGPASSWORD dbpassword OPENAI_API_KEY apiKey
    X-Api-Key x-goog-api-key APIKey api.key aws_secret_access_key AWSSessionToken private_key_pem
    GITHUB_TOKEN githubToken hf_token token2 password_prod vertex_credentials credential passphrase
    basic_auth auth_header proxy-authorization Cookie set-cookie access_tokens api_keys secrets
    api_key_openai STRIPE_KEY connection_string service_account_json domain_secrets jwt
    api_key_string openai_apikey accessToken authToken idtoken signing_key github_pat SMTP_PASS
    password_value pass AzureOpenAIKey password_hash hmac_key hmacKey appkey APPKEY oauth oauth2
"""
_OF_OTHERS = """
    max_tokens max_completion_tokens max_output_tokens token_limit stop_tokens budget_tokens
    prompt_cache_key input_tokens top_k safety_identifier author authority key cache_key metadata
    response_format stop_token_ids min_tokens eos_token bos_token pad_token max_token next_token
    maxTokens thinking_budget idempotency_key primary_key public_key sort_key author_name keywords
    token_type input_cost_per_token auth_type api_key_name secret_name password_length tokenizer
    truncate_prompt_tokens service_tier seed user include signature monkey secretary
    authorization_url compass cookiecutter
"""
SECRET_NAMES, OTHER_NAMES = _OF_SECRETS.split(), _OF_OTHERS.split()

PLAIN_NAMES = st.sampled_from(["a", "server", "tools", "max_tokens", "value", "options", "x-y"])
HELD = st.recursive(
    st.none() | st.booleans() | st.integers() | st.just("word") | st.just(b"word"),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(PLAIN_NAMES, inner, max_size=4),
    max_leaves=12,
)
SECRETS = st.recursive(
    st.sampled_from(["SECRET", b"SECRET", bytearray(b"SECRET"), ("SECRET",)]),
    lambda inner: (
        st.lists(inner, min_size=1, max_size=2)
        | st.dictionaries(PLAIN_NAMES, inner, min_size=1, max_size=2)
    ),
    max_leaves=4,
)
HOLDERS = st.sampled_from(
    ["a", "response", "schema", "parameters", "properties", "$defs", "json", "items", "anyOf"]
    + ["prompt", "tools", "value", "logit_bias", "extra_query", "description", "type", "format"]
)


@pytest.mark.parametrize("name", SECRET_NAMES)
def test_a_secret_is_known_by_the_words_of_its_name(name: str) -> None:
    assert without_secrets({"a": [{name: "SECRET"}]}) == {"a": [{name: REMOVED}]}


@pytest.mark.parametrize("name", OTHER_NAMES)
def test_a_name_that_only_sounds_like_one_holds_none(name: str) -> None:
    for value in ("word", 5, ["word"], {"a": "word"}):
        request = {name: value}
        assert without_secrets(request) is request


@pytest.mark.parametrize(
    "value", ["S", b"S", bytearray(b"S"), 1234, 1.5, ["S"], ("S",), {"access": "S"}, {1: 2}]
)
def test_whatever_stands_under_the_name_of_a_secret_is_removed(value: Any) -> None:
    assert without_secrets({"token": value}) == {"token": REMOVED}


@pytest.mark.parametrize("value", [None, True, False, "", b"", [], {}])
def test_that_there_is_a_secret_or_none_is_no_secret(value: Any) -> None:
    request = {"auth": value}
    assert without_secrets(request) is request


def test_headers_and_environments_keep_their_names_only() -> None:
    server = {"env": {"GITHUB_TOKEN": "S", "HOME": "S"}, "http_headers": {"X-Tenant": "S"}}
    more = {"httpheaders": [["X-Tenant", "S"]], "header": {"X-Tenant": "S"}}
    assert without_secrets({"mcp_servers": [server]}) == {
        "mcp_servers": [
            {
                "env": {"GITHUB_TOKEN": REMOVED, "HOME": REMOVED},
                "http_headers": {"X-Tenant": REMOVED},
            }
        ]
    }
    assert without_secrets(more) == {"httpheaders": REMOVED, "header": {"X-Tenant": REMOVED}}
    stage = {"header": "Dear all", "metadata": {"env": "production"}}
    assert without_secrets(stage) is stage


def test_an_environment_is_one_of_variables_unless_it_says_what_it_is() -> None:
    assert without_secrets({"environment": {"FOO": "S"}}) == {"environment": {"FOO": REMOVED}}
    assert without_secrets({"environment": ["FOO=S"]}) == {"environment": REMOVED}
    shell: Any = {"type": "container_reference", "container_id": "cntr_1"}
    for environment in ("browser", None, shell):
        request = {"tools": [{"type": "shell", "environment": environment}]}
        assert without_secrets(request) is request
    keyed = {"environment": {**shell, "domain_secrets": ["S"]}}
    assert without_secrets(keyed) == {"environment": {**shell, "domain_secrets": REMOVED}}


def test_tokens_that_are_texts_are_secrets_and_those_of_the_model_are_numbers() -> None:
    for secret in (["S", "S"], ("S",), [1, "S"]):
        assert without_secrets({"tokens": secret}) == {"tokens": REMOVED}
    by_name = {"tokens": {"github": "S", "count": 5, "inner": {"auth": "S"}}}
    assert without_secrets(by_name) == {
        "tokens": {"github": REMOVED, "count": 5, "inner": {"auth": REMOVED}}
    }
    for value in ("word", 5, [1, 2], [[1, 2]], {"max": 5}, [], None):
        request = {"tokens": value, "stop_tokens": ["word"], "bad_tokens": ["word"]}
        assert without_secrets(request) is request


@pytest.mark.parametrize(
    ("name", "value"),
    [("name", "value"), ("Name", "Value"), ("NAME", "VALUE"), ("key", "value"), ("Key", "Value")],
)
def test_a_pair_may_be_written_as_a_name_and_a_value(name: str, value: str) -> None:
    pairs = [{name: "Authorization", value: "S"}, {name: "city", value: "Rome"}]
    assert without_secrets(pairs) == [{name: "Authorization", value: REMOVED}, pairs[1]]


@pytest.mark.parametrize("name", [["token"], {"a": "token"}, b"token", 7, None, "x" * 1_000])
def test_a_pair_may_have_any_name(name: Any) -> None:
    pairs = [{"name": name, "value": "word"}, {"key": name, "value": ["word"]}, {"value": "word"}]
    assert without_secrets(pairs) is pairs


def test_the_query_of_a_call_loses_its_keys() -> None:
    request = {"extra_query": {"api-version": "1", "key": "S", "sig": "S"}}
    cleaned = without_secrets(request)
    assert cleaned == {"extra_query": {"api-version": "1", "key": REMOVED, "sig": REMOVED}}


def test_the_variables_of_a_stored_prompt_are_said_to_the_model() -> None:
    request = {"prompt": {"id": "pmpt_1", "variables": {"password": "of the story"}}}
    assert without_secrets(request) is request
    request["prompt"]["api_key"] = "S"  # which is none of them
    assert without_secrets(request)["prompt"] == {**request["prompt"], "api_key": REMOVED}


def test_an_address_that_is_said_to_the_model_stays() -> None:
    said = "https://me:word@host?key=word"
    tool = {"name": "look", "description": said, "parameters": {"type": "string", "title": said}}
    request = {
        "prediction": {"type": "content", "content": [{"type": "text", "text": said}]},
        "suffix": said,
        "tools": [tool],
    }
    assert without_secrets(request) is request


@pytest.mark.parametrize(
    ("address", "cleaned"),
    [
        ("https://me:S@host/mcp?api_key=S", f"https://{REMOVED}@host/mcp?api_key={REMOVED}"),
        ("https://S@host:8/a", f"https://{REMOVED}@host:8/a"),
        ("postgres://me:p@S@db/x?sslmode=on", f"postgres://{REMOVED}@db/x?sslmode=on"),
        ("https://h/?a=1&key=S&b=2", f"https://h/?a=1&key={REMOVED}&b=2"),
        ("https://h/?a=1;access_token=S", f"https://h/?a=1;access_token={REMOVED}"),
        ("https://h/?api%5Fkey=S#token=S", f"https://h/?api%5Fkey={REMOVED}#token={REMOVED}"),
        ("https://h/?token=S;S;S&sig=S==;b=2", f"https://h/?token={REMOVED}&sig={REMOVED};b=2"),
        ("https://me:S'S\"S@h", f"https://{REMOVED}@h"),
        (" https://h/?code=S\n", f" https://h/?code={REMOVED}\n"),
        ("jdbc:postgresql://me:S@db", f"jdbc:postgresql://{REMOVED}@db"),
    ],
)
def test_an_address_loses_its_keys_and_stays_readable(address: str, cleaned: str) -> None:
    request = {"tools": [{"type": "mcp", "server_url": address}], "urls": [address]}
    assert without_secrets(request) == {
        "tools": [{"type": "mcp", "server_url": cleaned}],
        "urls": [cleaned],
    }


def test_the_text_of_an_error_keeps_its_words_and_loses_the_keys_of_its_addresses() -> None:
    said = "Client error '400 Bad Request' for url 'https://me:SECRET@g.co/v1/a:say?key=SECRET'"
    failure = failure_of(RuntimeError(f"{said}\nMore: https://mdn.org/400?a=b. key=word"))
    assert "SECRET" not in failure.error
    assert failure.error == (
        "RuntimeError: Client error '400 Bad Request' for url"
        f" 'https://{REMOVED}@g.co/v1/a:say?key={REMOVED}'\n"
        "More: https://mdn.org/400?a=b. key=word"
    )


def test_amid_a_text_only_who_logs_in_is_taken_out_of_an_address() -> None:
    text = "Clone 'https://me:S@host/a?key=word' and https://S@host, then write to me@host."
    without = f"Clone 'https://{REMOVED}@host/a?key=word' and https://{REMOVED}@host, then write"
    assert without_secrets({"metadata": {"note": text}, "description": text, "text": text}) == {
        "metadata": {"note": f"{without} to me@host."},
        "description": text,
        "text": text,
    }
    cleaned = without_secrets({"note": text})
    assert without_secrets(cleaned) is cleaned


@pytest.mark.parametrize(
    "text",
    ["https://a?" + "a=b;" * 50_000, "://" * 50_000, "://a@" * 50_000]
    + ["://" + "a@ " * 50_000, "://" + "a" * 150_000 + " @"],
)
def test_an_endless_address_is_read_once(text: str) -> None:
    assert without_secrets({"url": text})["url"].startswith("://" if text[0] == ":" else "https:")


@pytest.mark.parametrize(
    "text",
    [
        "https://host/a@b?max_tokens=5&page=2#part",
        "Fetch https://host/?key=word and say what it is to me@host",
        "see://",
    ],
)
def test_other_addresses_and_what_is_said_of_them_stay(text: str) -> None:
    request = {"server_url": text, "tools": [{"description": text}]}
    assert without_secrets(request) is request


@pytest.mark.parametrize(
    "request_with_secret",
    [
        {"response": {"type": "string", "token": "SECRET"}},
        {"parameters": {"properties": {"server": {"description": "a", "api_key": "SECRET"}}}},
        {"properties": {"api_key": "SECRET"}},
        {"properties": {"api_key": {"of": "SECRET"}}},
        {"properties": {"a": {"description": {"token": "SECRET"}}}},
        {"parameters": {"type": "object", "auth": {"b": "SECRET"}, "properties": {}}},
        {"schema": {"type": "array", "items": {"type": "string", "headers": {"a": "SECRET"}}}},
        {"$defs": {"a": {"anyOf": [{"type": "string", "password": "SECRET"}]}}},
    ],
)
def test_between_the_words_of_a_schema_a_secret_is_one(request_with_secret: Any) -> None:
    cleaned = without_secrets(request_with_secret)
    assert "SECRET" not in str(cleaned)
    assert REMOVED in str(cleaned)


def test_objects_are_looked_through_in_the_form_that_is_written() -> None:
    @dataclass
    class Server:
        url: str
        api_key: str

    held = {"server": Server("u", "S"), "other": MappingProxyType({"headers": {"a": "S"}})}
    assert without_secrets(held) == {
        "server": {"url": "u", "api_key": REMOVED},
        "other": {"headers": {"a": REMOVED}},
    }
    clean = {"server": MappingProxyType({"url": "u"})}
    assert without_secrets(clean) is clean


@pytest.mark.parametrize("depth", [20, 31, 62, 95, 300])
@pytest.mark.parametrize("name", ["a", "properties", "items", None])
def test_a_secret_is_found_however_deep_it_lies(depth: int, name: str | None) -> None:
    deep: Any = {"token": "SECRET", "word": "kept"}
    for _ in range(depth):
        deep = [deep] if name is None else {name: deep}
    before = copy.deepcopy(deep)
    cleaned = without_secrets(deep)
    assert "SECRET" not in EncodedJson(cleaned).data.decode()
    assert "kept" in EncodedJson(cleaned).data.decode()
    assert deep == before, "the caller's own"


def test_a_circle_ends_and_its_secret_is_removed() -> None:
    circle: dict[str, Any] = {"api_key": "SECRET"}
    circle["again"] = [circle] * 100
    assert "SECRET" not in str(without_secrets(circle))


@given(st.lists(HOLDERS | st.none(), max_size=40), st.sampled_from(SECRET_NAMES), SECRETS)
def test_no_text_under_the_name_of_a_secret_survives_at_any_depth(
    holders: list[str | None], name: str, secret: Any
) -> None:
    held: Any = {name: secret}
    for holder in holders:
        held = [held, "word"] if holder is None else {"type": "object", holder: held}
    assert "SECRET" not in str(without_secrets(held))


@given(st.dictionaries(PLAIN_NAMES, HELD, max_size=4))
def test_a_request_without_secrets_is_the_same_object(request: dict[str, Any]) -> None:
    assert without_secrets(request) is request


def test_what_is_recorded_again_and_again_is_the_same() -> None:
    mcp = {"type": "mcp", "server_url": "https://h", "authorization": "SECRET"}
    plain = {"type": "function", "name": "a"}
    for _ in range(3):
        assert encoded([plain]).data == EncodedJson([plain]).data
        assert encoded([mcp]).data == EncodedJson([{**mcp, "authorization": REMOVED}]).data


def test_the_names_that_are_remembered_are_bounded() -> None:
    for start in range(0, 3 * MAX_KNOWN_NAMES, 100):
        without_secrets({f"name{place}": "a" for place in range(start, start + 100)})
        assert len(KINDS) <= MAX_KNOWN_NAMES
    without_secrets({"x" * 1_000: "a", 7: "b", b"token": "c", "50256": "d"})
    assert not {"x" * 1_000, 7, b"token", "50256"} & KINDS.keys()
    assert without_secrets({b"token": "S", "x" * 1_000 + "_token": "S"}) == {
        b"token": REMOVED,
        "x" * 1_000 + "_token": REMOVED,
    }


def test_biases_are_numbers_by_token() -> None:
    request = {"logit_bias": {"50256": -100, "password": 5}}
    assert without_secrets(request) is request
