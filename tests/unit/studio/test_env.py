"""The environment becomes typed settings, or one sentence that says what to write instead."""

import dataclasses
from pathlib import Path

import pytest

from studio import env
from studio.env import InvalidSetting


def test_an_empty_environment_gives_the_promised_defaults(monkeypatch, tmp_path):
    monkeypatch.chdir(tmp_path)
    assert dataclasses.asdict(env.read({})) == {
        "host": "127.0.0.1",
        "port": 8700,
        "workspace": tmp_path / "workspace",
        "password": "",
        "network_password": "",
        "api_token": "",
        "allowed_hosts": (),
        "rotation_bytes": 52_428_800,
        "retention_days": 7.0,
        "max_event_bytes": 33_554_432,
        "fsync": False,
    }


def test_an_empty_variable_counts_as_not_set():
    assert env.read({"STUDIO_PORT": ""}).port == 8700


def test_every_setting_is_read(tmp_path):
    found = env.read(
        {
            "STUDIO_HOST": "[::1]",
            "STUDIO_PORT": "9000",
            "STUDIO_WORKSPACE": str(tmp_path),
            "STUDIO_PASSWORD": "open sesame",
            "STUDIO_NETWORK_PASSWORD": "swordfish",
            "STUDIO_API_TOKEN": "t0ken",
            "STUDIO_ALLOWED_HOSTS": "Logs.example.org, .internal",
            "STUDIO_ROTATION_BYTES": "1000",
            "STUDIO_RETENTION_DAYS": "0.5",
            "STUDIO_MAX_EVENT_BYTES": "2048",
            "STUDIO_FSYNC": "1",
        }
    )
    assert dataclasses.astuple(found) == (
        "::1",
        9000,
        tmp_path,
        "open sesame",
        "swordfish",
        "t0ken",
        ("logs.example.org", ".internal"),
        1000,
        0.5,
        2048,
        True,
    )


def test_the_table_and_the_fields_agree():
    assert [setting.field for setting in env.SETTINGS] == [
        field.name for field in dataclasses.fields(env.Environment)
    ]


PORT = "expected a whole number from 1 to 65535; for example 8700."
DAYS = "expected a number of days above 0 and up to 36500; for example 7."


@pytest.mark.parametrize(
    ("name", "value", "rest"),
    [
        ("STUDIO_PORT", "abc", PORT),
        ("STUDIO_PORT", "0", PORT),
        ("STUDIO_PORT", "65536", PORT),
        ("STUDIO_PORT", "8_700", PORT),
        ("STUDIO_PORT", "87.0", PORT),
        ("STUDIO_RETENTION_DAYS", "30d", DAYS),
        ("STUDIO_RETENTION_DAYS", "0", DAYS),
        ("STUDIO_RETENTION_DAYS", "-1", DAYS),
        ("STUDIO_RETENTION_DAYS", "nan", DAYS),
        ("STUDIO_RETENTION_DAYS", "inf", DAYS),
        ("STUDIO_FSYNC", "yes", "expected 0 or 1; for example 1."),
        ("STUDIO_HOST", "a b", "expected an address or host name; for example 127.0.0.1."),
        (
            "STUDIO_HOST",
            "http://localhost",
            "expected an address or host name; for example 127.0.0.1.",
        ),
        (
            "STUDIO_ROTATION_BYTES",
            "50MB",
            "expected a whole number of bytes above 0; for example 52428800.",
        ),
        (
            "STUDIO_MAX_EVENT_BYTES",
            "0",
            "expected a whole number of bytes from 1 to 1073741824; for example 33554432.",
        ),
    ],
)
def test_an_unusable_value_is_named_with_what_to_write(name, value, rest):
    with pytest.raises(InvalidSetting) as problem:
        env.read({name: value})
    assert str(problem.value) == f"{name} is '{value}'; {rest}"


def test_a_workspace_that_is_a_file_is_refused(tmp_path):
    file = tmp_path / "file"
    file.touch()
    with pytest.raises(InvalidSetting, match="expected a folder, or a path where one can be made"):
        env.read({"STUDIO_WORKSPACE": str(file)})


def test_a_secret_is_never_shown():
    with pytest.raises(InvalidSetting) as problem:
        env.read({"STUDIO_PASSWORD": "hunter2\n"})
    assert str(problem.value) == (
        "STUDIO_PASSWORD is not usable (its value is not shown); expected printable characters "
        "only; for example correct-horse-battery-staple."
    )


def test_a_misspelt_setting_is_noticed():
    environ = {"STUDIO_RETENTION_DAY": "30", "STUDIO_JDK": "/opt/jdk", "PATH": "/bin"}
    assert list(env.misspelt(environ)) == [
        "STUDIO_RETENTION_DAY is not a setting and has no effect; "
        "did you mean STUDIO_RETENTION_DAYS?"
    ]


@pytest.mark.parametrize(
    ("host", "is_open"),
    [
        ("127.0.0.1", False),
        ("127.8.9.1", False),
        ("::1", False),
        ("localhost", False),
        ("0.0.0.0", True),
        ("::", True),
        ("192.168.1.7", True),
        ("studio.example.org", True),
    ],
)
def test_only_loopback_is_not_open(host, is_open):
    assert env.read({"STUDIO_HOST": host}).is_open is is_open


def test_a_home_folder_may_be_written_with_a_tilde(monkeypatch):
    monkeypatch.setenv("HOME", "/home/somebody")
    found = env.read({"STUDIO_WORKSPACE": "~/logs"})
    assert found.workspace == Path("/home/somebody/logs")
