"""Requests to Pod: addresses, pages, and every failure told apart in words to act upon."""

import socket
from datetime import UTC, datetime

import pytest
import respx

from bbbmig.demo.pod_server import SamplePod
from bbbmig.errors import BbbmigError, ConfigError, RemoteError, RemoteRefused
from bbbmig.pod.client import PodServer, base_url
from bbbmig.pod.errors import Invalid, NoSuchObject, NoSuchRoute
from bbbmig.pod.json_row import Row
from tests.pod.conftest import Connect
from tests.pod.proxy import proxy

USERS = "/rest/users/"


def error_of(server: PodServer, path: str = USERS, method: str = "GET") -> BbbmigError:
    with pytest.raises(BbbmigError) as raised:
        server.send(method, path, what="Pod's users", **({} if method == "GET" else {"json": {}}))
    error = raised.value
    assert server.client.headers["Authorization"].partition(" ")[2] not in error.message + error.hint
    assert "Pod's users" in error.message
    assert error.hint
    return error


def add_users(pod: SamplePod, count: int) -> None:
    for number in range(count):
        pod.create("auth.User", username=f"user{number:02}")


def usernames(server: PodServer) -> list[str]:
    return [row.text("username") for row in server.read_all(USERS, what="Pod's users")]


class TestAddress:
    """What people write as Pod's address."""

    @pytest.mark.parametrize(
        ("written", "base"),
        [
            ("https://pod.univ.example", "https://pod.univ.example"),
            (" https://pod.univ.example/ ", "https://pod.univ.example"),
            ("https://pod.univ.example/rest/", "https://pod.univ.example"),
            ("http://univ.example:8000/pod/", "http://univ.example:8000/pod"),
            ("https://univ.example/pod/rest", "https://univ.example/pod"),
        ],
    )
    def test_may_be_written_in_several_ways(self, written: str, base: str) -> None:
        assert base_url(written) == base

    @pytest.mark.parametrize(
        "written",
        ["", "pod.univ.example", "ftp://pod.univ.example", "https://", "https://pod.example/?next=/", "http://["],
    )
    def test_that_is_none_is_a_mistake_of_the_settings(self, written: str) -> None:
        with pytest.raises(ConfigError):
            base_url(written)

    def test_with_a_password_is_refused_without_showing_it(self) -> None:
        with pytest.raises(ConfigError) as raised:
            base_url("https://user:sesame@pod.example")
        assert "sesame" not in raised.value.message + raised.value.hint

    @pytest.mark.parametrize("token", ["", "Token abc", "abc\r\nX-Evil: 1", "clé"])
    def test_a_token_that_is_none_is_a_mistake_of_the_settings(self, token: str) -> None:
        with pytest.raises(ConfigError) as raised:
            PodServer("https://pod.example", token)
        assert not token or token not in raised.value.message + raised.value.hint


class TestReading:
    """Objects and lists."""

    def test_the_version_needs_no_token(self, sample_pod: SamplePod, connect: Connect) -> None:
        assert connect(sample_pod, "wrong").version() == "4.1.0"

    def test_a_list_is_read_whole(self, sample_pod: SamplePod, server: PodServer) -> None:
        add_users(sample_pod, 47)
        found = usernames(server)
        assert len(found) == len(set(found)) == 50
        assert found[0] == "user46"
        assert len(sample_pod.requests("GET")) == 5

    def test_one_page_takes_one_request(self, sample_pod: SamplePod, server: PodServer) -> None:
        assert usernames(server) == ["staffonly", "stu", "admin"]
        assert len(sample_pod.requests("GET")) == 1

    def test_pod_may_live_below_a_path(self, sample_pod: SamplePod, connect: Connect) -> None:
        add_users(sample_pod, 20)
        with proxy(sample_pod.url, path="/video/pod") as url:
            assert len(usernames(connect(url, sample_pod.token))) == 23

    def test_the_address_of_the_next_page_is_not_trusted(self, sample_pod: SamplePod, connect: Connect) -> None:
        add_users(sample_pod, 20)
        with proxy(sample_pod.url, host="inside.invalid") as url:
            server = connect(url, sample_pod.token)
            page = server.get(USERS, what="Pod's users")
            assert page.text("next").startswith("http://inside.invalid/")
            assert len(usernames(server)) == 23

    def test_a_list_that_changes_while_it_is_read_is_read_again(self, connect: Connect) -> None:
        def page(number: int, ids: range) -> dict[str, object]:
            following = "http://x/?page=2" if number == 1 else None
            return {"count": 14, "next": following, "results": [{"id": n} for n in ids]}

        # Between the two first requests, row 1 was deleted and row 15 created: row 13 moved to page 1, unseen.
        with respx.mock() as mock:
            mock.get("http://pod.example/rest/users/", params={"page": "2"}).respond(json=page(2, range(14, 16)))
            first = mock.get("http://pod.example/rest/users/")
            first.side_effect = [
                respx.MockResponse(200, json=page(1, range(1, 12))),
                respx.MockResponse(200, json=page(1, range(2, 14))),
            ]
            rows = connect("http://pod.example").read_all(USERS, what="Pod's users")
        assert {row.number("id") for row in rows} == set(range(1, 16))

    def test_a_list_that_never_is_whole_is_an_error(self, connect: Connect) -> None:
        with respx.mock() as mock:
            short = {"count": 5, "next": None, "results": [{"id": 1}]}
            mock.get("http://pod.example/rest/users/").respond(json=short)
            with pytest.raises(RemoteError, match="says that there are 5 rows and gives 1"):
                connect("http://pod.example").read_all(USERS, what="Pod's users")

    def test_a_page_that_went_away_is_no_error(self, connect: Connect) -> None:
        with respx.mock() as mock:
            gone = mock.get("http://pod.example/rest/users/", params={"page": "2"})
            gone.respond(404, json={"detail": "Invalid page."})
            pages = [
                {"count": 2, "next": "http://x/?page=2", "results": [{"id": 1}]},
                {"count": 1, "next": None, "results": [{"id": 1}]},
            ]
            mock.get("http://pod.example/rest/users/").side_effect = [
                respx.MockResponse(200, json=content) for content in pages
            ]
            rows = connect("http://pod.example").read_all(USERS, what="Pod's users")
        assert [row.number("id") for row in rows] == [1]

    def test_an_empty_filter_is_never_sent(self, server: PodServer) -> None:
        with pytest.raises(AssertionError, match="empty filter"):
            server.get(USERS, what="Pod's users", params={"username": ""})

    @pytest.mark.parametrize(
        ("body", "problem"),
        [
            ([1], "a row is not an object"),
            ({"results": []}, "'count' is missing"),
            ({"count": True, "results": []}, "'count' is not what it should be"),
            ({"count": 1, "results": {}}, "'results' is not what it should be"),
        ],
    )
    def test_a_reply_of_another_form_is_an_error(self, connect: Connect, body: object, problem: str) -> None:
        with respx.mock() as mock:
            mock.get("http://pod.example/rest/users/").respond(json=body)
            with pytest.raises(RemoteError, match=problem):
                connect("http://pod.example").read_all(USERS, what="Pod's users")

    @pytest.mark.parametrize("url", [None, 7, "http://pod.example/rest/sites/", "http://pod.example/rest/sites/x/"])
    def test_an_address_that_names_no_row_is_an_error(self, url: object) -> None:
        row = Row({"url": url}, "Pod's sites")
        with pytest.raises(RemoteError, match="Pod's sites: 'url' is not the address of a row"):
            row.link("url")

    @pytest.mark.parametrize("moment", [None, 7, "yesterday"])
    def test_a_time_that_is_none_is_an_error(self, moment: object) -> None:
        with pytest.raises(RemoteError, match="'start_at' is not a time"):
            Row({"start_at": moment}, "Pod's meetings").moment("start_at")

    def test_a_time_without_zone_is_utc(self) -> None:
        moment = datetime(2023, 5, 6, 12, 30, tzinfo=UTC)
        assert Row({"at": "2023-05-06T12:30:00"}, "x").moment("at") == moment
        assert Row({"at": "2023-05-06T14:30:00+02:00"}, "x").moment("at") == moment


class TestRefusals:
    """A person must act: the hint says how."""

    def test_a_wrong_token(self, sample_pod: SamplePod, connect: Connect) -> None:
        error = error_of(connect(sample_pod, "0" * 40))
        assert isinstance(error, RemoteRefused)
        assert "does not accept the token" in error.message
        assert "Invalid token." in error.message
        assert "/admin/authtoken/tokenproxy/" in error.hint

    def test_a_user_who_is_not_staff(self, sample_pod: SamplePod, connect: Connect) -> None:
        error = error_of(connect(sample_pod, sample_pod.tokens["stu"]))
        assert isinstance(error, RemoteRefused)
        assert "staff status" in error.hint

    @pytest.mark.parametrize("status", [401, 403])
    def test_a_proxy_before_pod_is_told_from_pod(self, connect: Connect, status: int) -> None:
        with respx.mock() as mock:
            mock.get("http://pod.example/rest/users/").respond(status, html="<h1>Log in</h1>")
            error = error_of(connect("http://pod.example"))
        assert isinstance(error, RemoteRefused)
        assert "before Pod" in error.message

    def test_a_page_instead_of_json(self, connect: Connect) -> None:
        with respx.mock() as mock:
            mock.get("http://pod.example/rest/users/").respond(200, html="<h1>Welcome</h1>")
            error = error_of(connect("http://pod.example"))
        assert isinstance(error, RemoteRefused)
        assert "pod.url" in error.hint

    def test_another_address(self, connect: Connect) -> None:
        with respx.mock() as mock:
            moved = {"Location": "https://pod.example/rest/users/?token=abc"}
            mock.get("http://pod.example/rest/users/").respond(301, headers=moved)
            error = error_of(connect("http://pod.example"))
        assert isinstance(error, RemoteRefused)
        assert "sent on to https://pod.example/rest/users/" in error.message
        assert "abc" not in error.message

    def test_no_such_row_is_told_from_no_such_route(self, server: PodServer) -> None:
        assert isinstance(error_of(server, "/rest/users/99/"), NoSuchObject)
        assert isinstance(error_of(server, "/rest/nosuch/"), NoSuchRoute)

    def test_values_that_pod_does_not_take(self, server: PodServer) -> None:
        with pytest.raises(Invalid, match=r"username: This field is required\.") as raised:
            server.post(USERS, {}, what="a new user")
        assert raised.value.errors == {"username": "This field is required."}

    def test_a_body_that_the_proxy_finds_too_large(self, connect: Connect) -> None:
        with respx.mock() as mock:
            mock.post("http://pod.example/rest/users/").respond(413, html="<h1>Too large</h1>")
            assert "client_max_body_size" in error_of(connect("http://pod.example"), method="POST").hint

    def test_anything_else(self, connect: Connect) -> None:
        with respx.mock() as mock:
            mock.get("http://pod.example/rest/users/").respond(418)
            error = error_of(connect("http://pod.example"))
        assert isinstance(error, RemoteRefused)
        assert "HTTP 418" in error.message


class TestFailures:
    """Running again may help; what does no harm is tried again at once."""

    def test_pod_is_down(self, connect: Connect, waits: list[float]) -> None:
        with socket.socket() as unused:
            unused.bind(("127.0.0.1", 0))
            error = error_of(connect(f"http://127.0.0.1:{unused.getsockname()[1]}"))
        assert isinstance(error, RemoteError)
        assert "cannot connect" in error.message
        assert len(waits) == 3

    def test_pod_breaks(self, sample_pod: SamplePod, server: PodServer) -> None:
        sample_pod.fault("status", status=500)
        error = error_of(server)
        assert isinstance(error, RemoteError)
        assert "Pod's log" in error.hint
        assert len(sample_pod.requests()) == 1

    @pytest.mark.parametrize("method", ["GET", "POST"])
    def test_too_many_requests_are_repeated_as_slowly_as_asked(
        self, sample_pod: SamplePod, server: PodServer, waits: list[float], method: str
    ) -> None:
        sample_pod.fault("status", status=429, retry_after=7, times=2)
        server.send(method, USERS, what="Pod's users", **({"json": {"username": "x"}} if method == "POST" else {}))
        assert waits == [7.0, 7.0]
        assert [request.status for request in sample_pod.requests()] == [429, 429, 200 if method == "GET" else 201]

    def test_too_many_requests_for_too_long(self, sample_pod: SamplePod, server: PodServer) -> None:
        sample_pod.fault("status", status=429)
        assert isinstance(error_of(server), RemoteError)

    @pytest.mark.parametrize("kind", ["cut", "half"])
    def test_a_broken_connection_is_tried_again(self, sample_pod: SamplePod, server: PodServer, kind: str) -> None:
        sample_pod.fault(kind, times=2)
        assert len(usernames(server)) == 3

    @pytest.mark.parametrize("late", [False, True])
    def test_what_may_have_been_done_is_not_sent_again(
        self,
        sample_pod: SamplePod,
        server: PodServer,
        late: bool,  # noqa: FBT001
    ) -> None:
        sample_pod.fault("cut", method="POST", late=late)
        assert isinstance(error_of(server, method="POST"), RemoteError)
        assert len(sample_pod.requests("POST")) == 1

    def test_silence_ends(self, sample_pod: SamplePod, connect: Connect) -> None:
        sample_pod.fault("slow", seconds=0.5, times=4)
        error = error_of(connect(sample_pod, timeout_s=0.05))
        assert isinstance(error, RemoteError)
        assert "no answer within the time limit" in error.message

    @pytest.mark.parametrize(
        ("status", "words"), [(502, "no answer"), (503, "busy"), (504, "did not wait"), (507, "507")]
    )
    def test_a_gateway_fails(self, sample_pod: SamplePod, server: PodServer, status: int, words: str) -> None:
        sample_pod.fault("status", status=status)
        error = error_of(server)
        assert isinstance(error, RemoteError)
        assert words in error.message

    def test_json_that_is_none_is_an_error(self, connect: Connect) -> None:
        with respx.mock() as mock:
            mock.get("http://pod.example/rest/users/").respond(
                200, content=b'{"count": 1', headers={"Content-Type": "application/json"}
            )
            assert isinstance(error_of(connect("http://pod.example")), RemoteError)

    def test_an_error_whose_json_is_broken_is_told_by_its_status(self, connect: Connect) -> None:
        with respx.mock() as mock:
            mock.get("http://pod.example/rest/users/").respond(500, content=b"{", content_type="application/json")
            assert "HTTP 500" in error_of(connect("http://pod.example")).message

    def test_one_page_of_many_that_fails_fails_all(self, sample_pod: SamplePod, server: PodServer) -> None:
        add_users(sample_pod, 100)
        sample_pod.fault("status", status=500, skip=4, times=1)
        with pytest.raises(RemoteError):
            usernames(server)
