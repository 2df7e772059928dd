"""The file that we give to Pod, in the sample Pod, over HTTP: under the Django of Pod 4 and that of Pod 3.8."""

import ast
import json
import re
from datetime import UTC, datetime, timedelta
from typing import Any

import httpx
import pytest

from bbbmig.demo.pod_server import SamplePod
from bbbmig.pod import extension
from tests.pod_server import PodFor

ROUTE = "/rest/external_recordings/"
ADMIN, STU, STAFFONLY = 1, 2, 3
RECORD = "183f0bf3a0982a127bdb8161e0c44eb696b3e75c-1554230749920"
OTHER_RECORD = "90feeb4f9e6e4a1f1b0f4cb0a0e1c8a2b7c4f3d2-1600000000000"
URL = f"https://bbb.example/playback/presentation/2.3/{RECORD}"
Row = dict[str, Any]


@pytest.fixture(params=["django 4.2", "django 3.2"])
def pod(request: pytest.FixtureRequest, pods: PodFor) -> SamplePod:
    if request.param == "django 4.2":
        return pods()
    return pods(python=request.getfixturevalue("python_with_django_32"))


@pytest.fixture
def rest(pod: SamplePod) -> httpx.Client:
    return pod.client()


def row(**changes: object) -> Row:
    return {"name": "Cours", "source_url": URL, "owner": ADMIN, **changes}


def bulk(rest: httpx.Client, *rows: object) -> Any:  # noqa: ANN401 - JSON
    response = rest.post(ROUTE + "bulk/", json=list(rows))
    assert response.status_code == 200, response.text
    return response.json()


def listed(rest: httpx.Client, **filters: str | int) -> list[Row]:
    response = rest.get(ROUTE, params={"page_size": 1000, **filters})
    assert response.status_code == 200, response.text
    found: list[Row] = response.json()["results"]
    return found


def urls(rest: httpx.Client, **filters: str | int) -> list[str]:
    return [found["source_url"] for found in listed(rest, **filters)]


def stored(pod: SamplePod) -> list[Row]:
    return pod.rows("SELECT * FROM import_video_externalrecording ORDER BY id")


class TestFile:
    """What can be said of the file without running it."""

    def test_is_python_3_7(self) -> None:
        ast.parse(extension.source(), feature_version=(3, 7))

    def test_says_the_version_that_the_package_expects(self) -> None:
        assert re.findall(r'^VERSION = "(.+)"$', extension.source(), re.MULTILINE) == [extension.VERSION]

    def test_says_how_to_install_and_remove_it_and_its_licence(self) -> None:
        header = ast.get_docstring(ast.parse(extension.source())) or ""
        needed = (
            extension.FILE_NAME,
            extension.SETTINGS_LINES[1],
            "To remove it",
            "LGPL-3.0-or-later",
            "settings_local",
        )
        assert [word for word in needed if word not in header] == []

    def test_settings_lines_are_what_the_sample_pod_does(self) -> None:
        settings: dict[str, str] = {}
        exec("\n".join(extension.SETTINGS_LINES), settings)
        assert settings["ROOT_URLCONF"] == f"pod.custom.{extension.FILE_NAME.removesuffix('.py')}"


class TestAccess:
    """Who gets in, and what a client sees of a Pod without the file."""

    def test_version(self, rest: httpx.Client) -> None:
        expected = {
            "version": extension.VERSION,
            "site": 1,
            "page": "/import_video/",
            "bulk_max": 1000,
            "page_size_max": 5000,
        }
        assert rest.get(ROUTE + "version/").json() == expected

    @pytest.mark.parametrize(
        ("method", "route"),
        [("GET", ""), ("POST", ""), ("GET", "1/"), ("POST", "bulk/"), ("POST", "delete/"), ("GET", "version/")],
    )
    def test_is_for_staff(self, pod: SamplePod, method: str, route: str) -> None:
        clients = (pod.client(token=""), pod.client(token="wrong"), pod.client("stu"))
        statuses = [client.request(method, ROUTE + route, json=None).status_code for client in clients]
        assert statuses == [401, 401, 403]
        assert pod.client("staffonly").request(method, ROUTE + route, json={}).status_code in (200, 400, 404)

    def test_routes_end_with_a_slash(self, rest: httpx.Client) -> None:
        response = rest.get(ROUTE.rstrip("/"))
        assert (response.status_code, response.headers["Location"]) == (301, ROUTE)

    def test_leaves_everything_else_of_pod_alone(self, rest: httpx.Client) -> None:
        paths = ("/info_pod.json", "/rest/users/", "/rest/", "/", "/nosuchvideo/", "/rest/nosuchroute/")
        assert [rest.get(path).status_code for path in paths] == [200, 200, 200, 200, 404, 404]

    def test_a_pod_without_it_answers_with_a_page(self, pod: SamplePod, rest: httpx.Client) -> None:
        pod.fault("absent")
        response = rest.get(ROUTE + "version/")
        assert (response.status_code, response.headers["Content-Type"]) == (404, "text/html; charset=utf-8")

    def test_takes_json_only(self, rest: httpx.Client) -> None:
        assert rest.post(ROUTE, data={"name": "x"}).status_code == 415


class TestCreate:
    """One row at a time."""

    def test_stores_what_was_sent(self, pod: SamplePod, rest: httpx.Client) -> None:
        name = "Réunion d'équipe 🎓 - اجتماع"
        response = rest.post(
            ROUTE, json=row(name=name, start_at="2021-03-04T06:06:07+01:00", owner=STAFFONLY, type="video")
        )
        assert (response.status_code, response.headers["Location"]) == (201, f"{pod.url}{ROUTE}1/")
        expected = {
            "id": 1,
            "name": name,
            "start_at": "2021-03-04T05:06:07Z",
            "type": "video",
            "source_url": URL,
            "site": 1,
            "owner": STAFFONLY,
            "owner__username": "staffonly",
        }
        assert response.json() == expected
        assert rest.get(ROUTE + "1/").json() == expected
        assert (stored(pod)[0]["start_at"], stored(pod)[0]["state"]) == ("2021-03-04 05:06:07", None)

    def test_leaves_out_what_may_be_left_out(self, rest: httpx.Client) -> None:
        created = rest.post(ROUTE, json=row()).json()
        assert (created["type"], created["site"]) == ("bigbluebutton", 1)
        assert abs(datetime.fromisoformat(created["start_at"]) - datetime.now(UTC)) < timedelta(minutes=1)

    def test_again_gives_the_row_that_exists_unchanged(self, pod: SamplePod, rest: httpx.Client) -> None:
        first = rest.post(ROUTE, json=row(start_at="2021-03-04T05:06:07Z"))
        second = rest.post(ROUTE, json=row(name="Other name", start_at="2022-03-04T05:06:07Z", type="video"))
        assert (second.status_code, second.json()) == (200, first.json())
        assert len(stored(pod)) == 1

    def test_accepts_the_longest_name_and_address(self, rest: httpx.Client) -> None:
        url = "https://bbb.example/".ljust(500, "é")
        created = rest.post(ROUTE, json=row(name="🎓" * 250, source_url=url)).json()
        assert (created["name"], created["source_url"]) == ("🎓" * 250, url)

    @pytest.mark.parametrize(
        ("changes", "key"),
        [
            ({"name": "a" * 251}, "name"),
            ({"name": "  "}, "name"),
            ({"name": None}, "name"),
            ({"name": "a\x00b"}, "name"),
            ({"source_url": "https://bbb.example/".ljust(501, "a")}, "source_url"),
            ({"source_url": "javascript:alert(1)"}, "source_url"),
            ({"source_url": "/playback/presentation"}, "source_url"),
            ({"source_url": "https:///path"}, "source_url"),
            ({"source_url": "https://bbb.example/a b"}, "source_url"),
            ({"source_url": "https://[bbb.example/"}, "source_url"),
            ({"owner": STU}, "owner"),
            ({"owner": 99}, "owner"),
            ({"owner": None}, "owner"),
            ({"owner": 10**30}, "owner"),
            ({"owner": "/rest/users/1/"}, "owner"),
            ({"site": 99}, "site"),
            ({"type": "nosuch"}, "type"),
            ({"start_at": "yesterday"}, "start_at"),
            ({"start": "2021-03-04T05:06:07Z"}, "start"),
            ({"record_id": OTHER_RECORD}, "record_id"),
            ({"record_id": "presentation"}, "record_id"),
        ],
    )
    def test_refuses_a_bad_value_and_says_which(
        self, pod: SamplePod, rest: httpx.Client, changes: Row, key: str
    ) -> None:
        response = rest.post(ROUTE, json=row(**changes))
        assert (response.status_code, list(response.json())) == (400, [key])
        assert stored(pod) == []

    @pytest.mark.parametrize("key", ["name", "source_url", "owner"])
    def test_asks_for_what_is_missing(self, rest: httpx.Client, key: str) -> None:
        incomplete = {k: value for k, value in row().items() if k != key}
        response = rest.post(ROUTE, json=incomplete)
        assert (response.status_code, response.json()) == (400, {key: ["Ce champ est obligatoire."]})

    def test_refuses_users_who_are_not_staff_in_the_words_of_rest_framework(self, rest: httpx.Client) -> None:
        english = rest.post(ROUTE, json=row(owner=STU), headers={"Accept-Language": "en"}).json()
        assert english == {"owner": ['Invalid pk "2" - object does not exist.']}

    @pytest.mark.parametrize("number", [1, 10**30])
    def test_there_is_no_row_that_was_not_created(self, rest: httpx.Client, number: int) -> None:
        response = rest.get(f"{ROUTE}{number}/")
        assert (response.status_code, list(response.json())) == (404, ["detail"])


class TestBulk:
    """Many rows at a time."""

    def test_tells_the_result_of_each_row(self, pod: SamplePod, rest: httpx.Client) -> None:
        bulk(rest, row())
        answer = bulk(
            rest,
            row(source_url="https://bbb.example/a"),
            row(name="again"),
            row(owner=STU),
            "no row",
            row(source_url="https://bbb.example/a"),
            row(source_url="https://bbb.example/a", owner=STAFFONLY),
            row(source_url="", type="x"),
        )
        errors = [result.pop("error", {}) for result in answer["results"]]
        assert answer == {
            "created": 2,
            "existing": 2,
            "failed": 3,
            "results": [
                {"index": 0, "id": 2, "created": True},
                {"index": 1, "id": 1, "created": False},
                {"index": 2},
                {"index": 3},
                {"index": 4, "id": 2, "created": False},
                {"index": 5, "id": 3, "created": True},
                {"index": 6},
            ],
        }
        keys = [sorted(error) for error in errors]
        assert keys == [[], [], ["owner"], ["non_field_errors"], [], [], ["source_url", "type"]]
        assert [(found["owner_id"], found["source_url"]) for found in stored(pod)] == [
            (ADMIN, URL),
            (ADMIN, "https://bbb.example/a"),
            (STAFFONLY, "https://bbb.example/a"),
        ]

    @pytest.mark.parametrize(
        "url",
        [
            f"https://bbb.example/playback/presentation/2.0/playback.html?meetingId={RECORD}",
            f"http://new.example/playback/presentation/2.3/{RECORD}/",
            f"https://bbb.example/recording/{RECORD}?token=abc",
            f"https://bbb.example/video/{RECORD}/#x",
        ],
    )
    def test_knows_a_recording_under_another_address_by_its_record_id(
        self, pod: SamplePod, rest: httpx.Client, url: str
    ) -> None:
        bulk(rest, row(source_url=url))
        same = bulk(rest, row(record_id=RECORD), row(record_id=RECORD, owner=STAFFONLY), row(record_id=RECORD))
        assert [result["created"] for result in same["results"]] == [False, True, False]
        assert [found["source_url"] for found in stored(pod)] == [url, URL]

    def test_takes_another_recording_for_new(self, rest: httpx.Client) -> None:
        bulk(rest, row())
        url = f"https://bbb.example/playback/presentation/2.3/{OTHER_RECORD}"
        assert bulk(rest, row(source_url=url, record_id=OTHER_RECORD))["created"] == 1

    def test_knows_a_recording_in_the_same_request_by_its_record_id(self, rest: httpx.Client) -> None:
        old = f"https://bbb.example/playback/presentation/2.0/playback.html?meetingId={RECORD}"
        answer = bulk(rest, row(source_url=old, record_id=RECORD), row(record_id=RECORD))
        assert [(result["id"], result["created"]) for result in answer["results"]] == [(1, True), (1, False)]

    def test_without_record_id_the_address_decides_alone(self, rest: httpx.Client) -> None:
        assert bulk(rest, row(), row(source_url=URL + "/"))["created"] == 2

    def test_the_same_address_on_another_site_is_another_row(self, pod: SamplePod, rest: httpx.Client) -> None:
        other = pod.create("sites.Site", domain="other.example", name="other")
        answer = bulk(rest, row(), row(site=other), row(site=other), row(site=1))
        assert [result["created"] for result in answer["results"]] == [True, True, False, False]

    def test_an_address_that_differs_in_case_is_another_row(self, rest: httpx.Client) -> None:
        assert (
            bulk(rest, row(source_url="https://bbb.example/a"), row(source_url="https://bbb.example/A"))["created"] == 2
        )

    def test_keeps_the_dates(self, pod: SamplePod, rest: httpx.Client) -> None:
        dates = ("2021-10-31T00:30:00Z", "2021-10-31T01:30:00Z", "1999-12-31T23:59:59.999Z")
        bulk(rest, *(row(source_url=f"{URL}{n}", start_at=date) for n, date in enumerate(dates)))
        kept = [datetime.fromisoformat(found["start_at"]).replace(tzinfo=UTC) for found in stored(pod)]
        assert kept == [datetime.fromisoformat(date) for date in dates]

    def test_of_nothing_is_nothing(self, rest: httpx.Client) -> None:
        assert bulk(rest) == {"created": 0, "existing": 0, "failed": 0, "results": []}

    def test_takes_a_thousand_rows_in_few_statements(self, pod: SamplePod, rest: httpx.Client) -> None:
        rows = [row(source_url=f"{URL}{n}", owner=(ADMIN, STAFFONLY)[n % 2]) for n in range(1000)]
        for created, existing in ((1000, 0), (0, 1000)):
            response = rest.post(ROUTE + "bulk/", json=rows)
            answer = response.json()
            assert (answer["created"], answer["existing"], answer["failed"]) == (created, existing, 0)
            assert int(response.headers["X-Sample-Pod-Statements"]) < 30
        assert len(stored(pod)) == 1000
        assert [result["id"] for result in answer["results"]] == [found["id"] for found in stored(pod)]

    def test_takes_a_thousand_of_the_longest_rows(self, rest: httpx.Client) -> None:
        rows = [row(name="🎓" * 250, source_url=f"{URL}{n}".ljust(500, "é")) for n in range(1000)]
        body = json.dumps(rows)  # escaped: 12 characters for each emoji
        assert len(body) > 5_000_000  # Django's limit for forms is 2.5 MB
        response = rest.post(ROUTE + "bulk/", content=body, headers={"Content-Type": "application/json"})
        assert response.json()["created"] == 1000

    @pytest.mark.parametrize("body", [[{}] * 1001, {"name": "x"}, "x", None])
    def test_refuses_what_is_no_list_of_at_most_a_thousand(self, rest: httpx.Client, body: object) -> None:
        assert rest.post(ROUTE + "bulk/", json=body).status_code == 400


class TestList:
    """Reading what Pod has."""

    def test_filters_are_exact(self, pod: SamplePod, rest: httpx.Client) -> None:
        other = pod.create("sites.Site", domain="other.example", name="other")
        addresses = (
            "https://a.example/x_1",
            "https://a.example/X_1",
            "https://a.example/xy1",
            "https://a.example/x_1/%",
        )
        bulk(rest, *(row(source_url=url) for url in addresses), row(owner=STAFFONLY, site=other))
        assert urls(rest) == [*addresses, URL]
        assert urls(rest, source_url=addresses[0]) == [addresses[0]]
        assert urls(rest, source_url__startswith="https://a.example/x_") == [addresses[0], addresses[3]]
        assert urls(rest, source_url__startswith="https://a.example/x_1/%") == [addresses[3]]
        assert urls(rest, source_url__startswith="HTTPS://a.example/") == []
        assert urls(rest, owner=STAFFONLY) == urls(rest, site=other) == urls(rest, owner__username="staffonly") == [URL]
        assert urls(rest, owner__username="Staffonly") == urls(rest, owner__username="nobody") == []
        assert urls(rest, owner=ADMIN, site=other) == urls(rest, owner=99) == []

    @pytest.mark.parametrize(
        "query",
        [
            "source_url=",
            "source_url__startswith=",
            "owner=",
            "owner=abc",
            "owner__username=",
            "site=",
            "name=x",
            "owner__name=x",
            "username=admin",
            "limit=5",
            "owner=1&owner=2",
            "page=",
            "page_size=0",
            "page_size=5001",
            "page_size=all",
        ],
    )
    def test_refuses_what_it_does_not_know_or_is_empty(self, rest: httpx.Client, query: str) -> None:
        response = rest.get(f"{ROUTE}?{query}")
        assert (response.status_code, list(response.json())) == (400, [query.partition("=")[0]])

    def test_pages_hold_every_row_once(self, rest: httpx.Client) -> None:
        addresses = [f"{URL}{n}" for n in range(30)]
        bulk(rest, *(row(source_url=url) for url in addresses))
        pages = [rest.get(ROUTE, params={"page": page, "page_size": 7}).json() for page in range(1, 6)]
        assert [found["source_url"] for page in pages for found in page["results"]] == addresses
        assert {page["count"] for page in pages} == {30}
        assert [page["next"] is None for page in pages] == [False, False, False, False, True]

    def test_pages_are_as_long_as_pods_unless_asked_for(self, rest: httpx.Client) -> None:
        bulk(rest, *(row(source_url=f"{URL}{n}") for n in range(13)))
        assert len(rest.get(ROUTE).json()["results"]) == 12

    @pytest.mark.parametrize("page", ["0", "2", "abc"])
    def test_says_when_there_is_no_such_page(self, rest: httpx.Client, page: str) -> None:
        assert rest.get(ROUTE, params={"page": page}).status_code == 404

    def test_takes_few_statements_however_many_rows(self, rest: httpx.Client) -> None:
        bulk(rest, *(row(source_url=f"{URL}{n}") for n in range(500)))
        response = rest.get(ROUTE, params={"page_size": 5000, "owner__username": "admin"})
        assert len(response.json()["results"]) == 500
        assert int(response.headers["X-Sample-Pod-Statements"]) < 6

    def test_a_row_without_owner_is_shown(self, pod: SamplePod, rest: httpx.Client) -> None:
        pod.create("import_video.ExternalRecording", name="x", source_url=URL)
        assert [(found["owner"], found["owner__username"]) for found in listed(rest)] == [(None, None)]


class TestDelete:
    """Deleting many, which needs more care than anything else."""

    @pytest.fixture
    def addresses(self, rest: httpx.Client) -> list[str]:
        addresses = [f"https://old.example/{n}" for n in range(3)]
        addresses += [
            "https://old.example.org/1",
            "HTTPS://old.example/1",
            "https://new.example/?from=https://old.example/1",
        ]
        bulk(rest, *(row(source_url=url) for url in addresses))
        return addresses

    @staticmethod
    def order(rest: httpx.Client, **order: object) -> Any:  # noqa: ANN401 - JSON
        response = rest.post(ROUTE + "delete/", json=order)
        return response.json() if response.status_code == 200 else (response.status_code, list(response.json()))

    def test_counts_only_when_dry(self, rest: httpx.Client, addresses: list[str]) -> None:
        assert self.order(rest, prefix="https://old.example/", dry=True) == {"count": 3, "dry": True}
        assert urls(rest) == addresses

    def test_deletes_what_begins_exactly_so(self, rest: httpx.Client, addresses: list[str]) -> None:
        assert self.order(rest, prefix="https://old.example/", dry=False) == {"count": 3, "dry": False}
        assert urls(rest) == addresses[3:]
        assert self.order(rest, prefix="https://old.example/", dry=False) == {"count": 0, "dry": False}

    def test_deletes_by_id(self, rest: httpx.Client, addresses: list[str]) -> None:
        assert self.order(rest, ids=[1, 3, 3, 99], dry=True) == {"count": 2, "dry": True}
        assert self.order(rest, ids=[1, 3, 3, 99], dry=False) == {"count": 2, "dry": False}
        assert urls(rest) == [addresses[1], *addresses[3:]]

    def test_may_be_limited_to_a_site(self, pod: SamplePod, rest: httpx.Client, addresses: list[str]) -> None:
        other = pod.create("sites.Site", domain="other.example", name="other")
        bulk(rest, row(source_url="https://old.example/other", site=other))
        assert self.order(rest, prefix="https://old.example/", site=other, dry=False) == {"count": 1, "dry": False}
        assert urls(rest) == addresses

    def test_deletes_more_than_one_statement_takes(self, rest: httpx.Client) -> None:
        for start in (0, 1000):
            bulk(rest, *(row(source_url=f"https://old.example/{n}") for n in range(start, start + 1000)))
        assert self.order(rest, ids=list(range(1, 1001)), dry=False) == {"count": 1000, "dry": False}
        assert self.order(rest, prefix="https://old.example/", dry=False) == {"count": 1000, "dry": False}

    @pytest.mark.parametrize(
        ("order", "key"),
        [
            ({}, "dry"),
            ({"prefix": "https://old.example/"}, "dry"),
            ({"prefix": "https://old.example/", "dry": None}, "dry"),
            ({"dry": False}, "non_field_errors"),
            ({"prefix": "https://old.example/", "ids": [1], "dry": False}, "non_field_errors"),
            ({"prefix": "", "dry": False}, "prefix"),
            ({"prefix": "h", "dry": False}, "prefix"),
            ({"prefix": "https://", "dry": False}, "prefix"),
            ({"prefix": "https:///", "dry": False}, "prefix"),
            ({"prefix": "https://old", "dry": False}, "prefix"),
            ({"prefix": "https://old.example", "dry": False}, "prefix"),
            ({"ids": [], "dry": False}, "ids"),
            ({"ids": ["x"], "dry": False}, "ids"),
            ({"ids": [1] * 1001, "dry": False}, "ids"),
            ({"prefix": "https://old.example/", "dry": False, "owner": 1}, "owner"),
            ({"prefix": "https://old.example/", "dry": False, "site": ""}, "site"),
        ],
    )
    def test_refuses_orders_that_may_mean_too_much(
        self, rest: httpx.Client, addresses: list[str], order: Row, key: str
    ) -> None:
        status, keys = self.order(rest, **order)
        assert (status, key in keys) == (400, True)
        assert urls(rest) == addresses
