"""`bbbmig check` on Pod: what is right, and for all else what to do."""

import socket
from typing import Any

import pytest
import respx

from bbbmig.demo.pod_server import SamplePod
from bbbmig.errors import ExitCode
from bbbmig.pod.client import PodServer
from bbbmig.pod.inspect import ExtensionState, PodState, Severity, Token, inspect_pod
from bbbmig.pod.sites import PodSite
from tests.pod.conftest import Connect
from tests.pod_server import PodFor


def look(server: PodServer, **options: Any) -> PodState:  # noqa: ANN401
    values = {"administrator": "admin", "site": "pod.localhost", "recorder_id": 1}
    return inspect_pod(server, **{**values, **options})


def problems(state: PodState) -> list[tuple[str, Severity]]:
    assert all(problem.what and problem.hint for problem in state.problems)
    return [(problem.subject, problem.severity) for problem in state.problems]


def test_all_is_well(server: PodServer) -> None:
    state = look(server)
    assert problems(state) == []
    assert (state.version, state.token, state.url) == ("4.1.0", Token.ACCEPTED, server.url)
    assert state.site == PodSite(id=1, name="Sample Pod", domain="pod.localhost")
    assert state.administrator is not None
    assert state.administrator.is_staff
    assert state.recorder is not None
    assert state.recorder.name == "BBB migration"
    assert state.extension_state is ExtensionState.PRESENT
    assert state.extension is not None
    assert state.extension.page == "/import_video/"


def test_pod_is_down(connect: Connect) -> None:
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        state = look(connect(f"http://127.0.0.1:{unused.getsockname()[1]}"))
    assert problems(state) == [("address", Severity.ERROR)]
    assert state.problems[0].exit_code is ExitCode.REMOTE_FAILED
    assert state.token is Token.NOT_TRIED


@pytest.mark.parametrize(("user", "token"), [("", Token.UNKNOWN), ("stu", Token.NOT_STAFF)])
def test_the_token_is_refused(sample_pod: SamplePod, connect: Connect, user: str, token: Token) -> None:
    state = look(connect(sample_pod, sample_pod.tokens[user] if user else "0" * 40))
    assert problems(state) == [("token", Severity.ERROR)]
    assert (state.version, state.token) == ("4.1.0", token)
    assert state.problems[0].exit_code is ExitCode.REMOTE_REFUSED


def test_the_address_is_not_that_of_a_pod(sample_pod: SamplePod, connect: Connect) -> None:
    state = look(connect(sample_pod.url + "/nosuch", sample_pod.token))
    assert problems(state) == [("address", Severity.WARNING), ("token", Severity.ERROR)]
    assert state.token is Token.NOT_TRIED


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"administrator": "nobody"}, [("administrator", Severity.ERROR)]),
        ({"administrator": ""}, [("administrator", Severity.ERROR)]),
        ({"administrator": "stu"}, [("administrator", Severity.ERROR)]),
        ({"recorder_id": 9}, [("recorder", Severity.ERROR)]),
        ({"recorder_id": None}, []),
        ({"site": "nosuch"}, [("site", Severity.ERROR)]),
        ({"site": ""}, [("site", Severity.WARNING)]),
        ({"site": "1"}, []),
    ],
)
def test_settings_that_do_not_fit(
    server: PodServer, options: dict[str, Any], expected: list[tuple[str, Severity]]
) -> None:
    assert problems(look(server, **options)) == expected


def test_a_recorder_of_another_site(sample_pod: SamplePod, server: PodServer) -> None:
    sample_pod.create("sites.Site", domain="medecine.pod.localhost", name="Médecine")
    state = look(server, site="Médecine")
    assert problems(state) == [("extension", Severity.WARNING), ("recorder", Severity.ERROR)]


def test_several_sites_of_which_none_is_meant(sample_pod: SamplePod, server: PodServer) -> None:
    sample_pod.create("sites.Site", domain="medecine.pod.localhost", name="Médecine")
    state = look(server, site="")
    assert problems(state) == [("site", Severity.WARNING)]
    assert "2 medecine.pod.localhost" in state.problems[0].hint


def test_no_extension(pods: PodFor, connect: Connect) -> None:
    state = look(connect(pods(extension=False)))
    assert problems(state) == [("extension", Severity.WARNING)]
    assert state.extension_state is ExtensionState.ABSENT
    assert "bbbmig pod-extension" in state.problems[0].hint


@pytest.mark.parametrize(
    ("version", "state"), [("0.9", "old"), ("1.1", "old"), ("1.2", "present"), ("1.10", "present")]
)
def test_the_version_of_the_extension(sample_pod: SamplePod, server: PodServer, version: str, state: str) -> None:
    sample_pod.pretend_extension_version(version)
    found = look(server)
    assert found.extension_state.value == state
    assert problems(found) == ([("extension", Severity.WARNING)] if state == "old" else [])


@respx.mock
def test_what_would_hide_the_links(connect: Connect) -> None:
    """An old Pod that hides "My external videos" and makes links on another site than the one that was reached."""
    url = "http://pod.example"

    def page(*rows: dict[str, object]) -> dict[str, object]:
        return {"count": len(rows), "next": None, "results": rows}

    names = {"first_name": "", "last_name": "", "email": ""}
    version = {"version": "1.2", "site": 2, "page": None, "bulk_max": 1000, "page_size_max": 5000}
    respx.get(f"{url}/info_pod.json").respond(json={"VERSION": "3.7.1"})
    respx.get(f"{url}/rest/sites/").respond(
        json=page({"url": f"{url}/rest/sites/1/", "name": "Pod", "domain": "pod.example"})
    )
    respx.get(f"{url}/rest/external_recordings/version/").respond(json=version)
    respx.get(f"{url}/rest/users/").respond(json=page({"id": 1, "username": "admin", "is_staff": True, **names}))
    state = look(connect(url), site="", recorder_id=None)
    assert [problem.subject for problem in state.problems] == ["version", "extension", "extension"]
    assert "USE_IMPORT_VIDEO" in state.problems[1].hint
    assert state.problems[2].hint == 'set pod.site = "pod.example"'


def test_pod_fails_while_the_administrator_is_looked_up(sample_pod: SamplePod, server: PodServer) -> None:
    sample_pod.fault("status", status=500, path="/rest/users/")
    state = look(server)
    assert problems(state) == [("administrator", Severity.ERROR)]
    assert state.administrator is None


def test_one_check_that_fails_does_not_hide_the_others(sample_pod: SamplePod, server: PodServer) -> None:
    sample_pod.fault("status", status=500, path="/rest/recorder/")
    sample_pod.fault("status", status=500, path="/rest/external_recordings/")
    state = look(server, administrator="nobody")
    assert sorted(problems(state)) == [
        ("administrator", Severity.ERROR),
        ("extension", Severity.WARNING),
        ("recorder", Severity.ERROR),
    ]
    assert {problem.exit_code for problem in state.problems} == {ExitCode.REMOTE_FAILED, ExitCode.REMOTE_REFUSED}
    assert state.extension_state is ExtensionState.NOT_TRIED
