"""When it refuses to start, it says why in one sentence and exits non-zero."""

import socket

import pytest

from tests.integration.running_studio import RunningStudio


def test_an_unusable_setting_is_refused(tmp_path):
    assert RunningStudio(tmp_path / "ws", STUDIO_PORT="abc").refusal() == (
        1,
        "STUDIO_PORT is 'abc'; expected a whole number from 1 to 65535; for example 8700.\n",
    )
    assert not (tmp_path / "ws").exists()


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.0.2.1"])
def test_an_address_beyond_loopback_needs_a_password(tmp_path, host):
    assert RunningStudio(tmp_path / "ws", STUDIO_HOST=host).refusal() == (
        1,
        f"STUDIO_HOST is '{host}', which other machines can reach, and STUDIO_PASSWORD is not "
        "set; expected a password for any address beyond loopback; set STUDIO_PASSWORD, or leave "
        "STUDIO_HOST at 127.0.0.1.\n",
    )
    assert not (tmp_path / "ws").exists()


def test_a_port_in_use_is_refused(tmp_path):
    with socket.create_server(("127.0.0.1", 0)) as other:
        port = other.getsockname()[1]
        code, output = RunningStudio(tmp_path / "ws", STUDIO_PORT=str(port)).refusal()
    assert code == 1
    assert output == (
        f"Port {port} of 127.0.0.1 is in use by another program; expected a free port; end that "
        f"program, or set STUDIO_PORT to another, for example {port + 1}.\n"
    )


def test_a_second_instance_on_the_same_workspace_names_the_first(tmp_path):
    with RunningStudio(tmp_path / "ws") as first:
        code, output = RunningStudio(tmp_path / "ws").refusal()
        assert code == 1
        assert output == (
            f"The workspace '{tmp_path / 'ws'}' is in use by process {first.running.pid}, which "
            f"serves http://127.0.0.1:{first.port}; expected one instance a workspace; end that "
            "one, or set STUDIO_WORKSPACE and STUDIO_PORT to others.\n"
        )
        assert first.request("GET", "/").status == 302


def test_a_workspace_that_cannot_be_made_is_refused(tmp_path):
    (tmp_path / "ws").mkdir()
    (tmp_path / "ws" / "logs").write_text("a file where a folder belongs")
    code, output = RunningStudio(tmp_path / "ws").refusal()
    assert code == 1
    assert output == (
        f"The workspace '{tmp_path / 'ws'}' cannot be used (File exists: "
        f"'{tmp_path / 'ws' / 'logs'}'); expected a folder this user may write to; "
        "set STUDIO_WORKSPACE to one.\n"
    )


def test_an_address_that_is_not_of_this_machine_is_refused(tmp_path):
    settings = {"STUDIO_HOST": "192.0.2.1", "STUDIO_PASSWORD": "x"}
    code, output = RunningStudio(tmp_path / "ws", **settings).refusal()
    assert code == 1
    assert output.startswith("STUDIO_HOST is '192.0.2.1', which is no address of this machine (")
    assert output.count("\n") == 1


def test_a_database_that_is_none_is_refused(tmp_path):
    database = tmp_path / "ws" / "studio" / "studio.sqlite3"
    database.parent.mkdir(parents=True)
    database.write_bytes(b"this is no database, and never was one" * 100)
    code, output = RunningStudio(tmp_path / "ws").refusal()
    assert code == 1
    assert "file is not a database" in output
    assert output.splitlines()[-1].startswith(
        "The Studio's database could not be brought up to date (exit code 1,"
    )
