"""The sample Pod behaves as the real one does (docs/facts/pod-rest.md), where bbbmig depends on it."""

import json
import socket
import subprocess
import sys
from pathlib import Path
from typing import Any
from urllib.parse import urlsplit

import httpx
import pytest

from bbbmig.demo.pod_server import SamplePod
from bbbmig.errors import ConfigError
from tests.pod_server import PodFor
from tests.waiting import wait_until

USERS, TREATMENTS, RECORDINGS = "/rest/users/", "/rest/recordingfiletreatment/", "/rest/recording/"
VIDEOS, RECORDER_1 = "/rest/videos/", "/rest/recorder/1/"
UNIQUE = "Un objet Traitement de fichier d\u2019enregistrement avec ce champ file existe déjà."


@pytest.fixture
def pod(sample_pod: SamplePod) -> SamplePod:
    return sample_pod


@pytest.fixture
def rest(pod: SamplePod) -> httpx.Client:
    return pod.client()


@pytest.fixture
def dropped(pod: SamplePod) -> Path:
    """A file in the recorder's directory."""
    return drop(pod, "Réunion (groupe 2) 2023-05-06 14h30.mp4")


def drop(pod: SamplePod, name: str, content: bytes = b"twelve bytes") -> Path:
    path = pod.recorder_directory / name
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return path


def register(rest: httpx.Client, file: Path | str, **more: object) -> httpx.Response:
    return rest.post(TREATMENTS, json={"file": str(file), "recorder": RECORDER_1, **more})


def answer(response: httpx.Response) -> tuple[int, Any]:
    """Return status and JSON; French has no-break spaces before colons and inside quotes."""
    return response.status_code, json.loads(response.text.replace("\xa0", " "))


def is_page(response: httpx.Response) -> bool:
    return response.headers["Content-Type"].startswith("text/html") and response.text.startswith("<!DOCTYPE html>")


class TestAccess:
    """Tokens, languages, pages instead of JSON."""

    @pytest.mark.parametrize(
        ("headers", "status", "detail"),
        [
            ({}, 401, "Informations d'authentification non fournies."),
            ({"Authorization": "Token wrong"}, 401, "Token non valide."),
            ({"Authorization": "Bearer abc"}, 401, "Informations d'authentification non fournies."),
            ({"Authorization": "Token wrong", "Accept-Language": "en"}, 401, "Invalid token."),
        ],
    )
    def test_refuses_strangers_in_their_language(
        self, pod: SamplePod, headers: dict[str, str], status: int, detail: str
    ) -> None:
        response = pod.client(token="").get("/rest/sites/", headers=headers)
        assert answer(response) == (status, {"detail": detail})
        assert response.headers["WWW-Authenticate"] == 'Basic realm="api"'

    def test_refuses_users_who_are_not_staff(self, pod: SamplePod) -> None:
        response = pod.client("stu").get("/rest/sites/")
        assert answer(response) == (403, {"detail": "Vous n'avez pas la permission d'effectuer cette action."})

    def test_lets_any_staff_in(self, pod: SamplePod) -> None:
        site = {"url": f"{pod.url}/rest/sites/1/", "name": "Sample Pod", "domain": "pod.localhost"}
        expected = {"count": 1, "next": None, "previous": None, "results": [site]}
        assert answer(pod.client("staffonly").get("/rest/sites/")) == (200, expected)

    def test_tells_its_version_to_anybody(self, pod: SamplePod) -> None:
        assert pod.client(token="").get("/info_pod.json").json()["VERSION"] == "4.1.0"

    def test_sends_addresses_without_slash_away(self, rest: httpx.Client) -> None:
        response = rest.post("/rest/users", json={"username": "x"})
        assert (response.status_code, response.headers["Location"]) == (301, USERS)

    def test_answers_with_a_page_where_there_is_nothing(self, rest: httpx.Client) -> None:
        response = rest.get("/rest/nosuchroute/")
        assert (response.status_code, is_page(response)) == (404, True)

    def test_answers_with_a_page_when_it_breaks(self, rest: httpx.Client) -> None:
        response = rest.post(
            "/rest/recorder/", json={"name": "n", "address_ip": "192.0.2.11", "sites": ["/rest/sites/1/"]}
        )
        assert (response.status_code, is_page(response)) == (500, True)

    def test_has_no_route_for_external_recordings_of_its_own(self, pods: PodFor) -> None:
        stock = pods(extension=False)
        response = stock.client().get("/rest/external_recordings/")
        assert (response.status_code, is_page(response)) == (404, True)
        assert "external_recordings" not in stock.client().get("/rest/").json()


class TestUsers:
    """Users: created by anybody on the staff, found by filters that ignore what they do not know."""

    def test_only_the_name_is_needed(self, pod: SamplePod, rest: httpx.Client) -> None:
        response = rest.post(USERS, json={"username": "élodie@univ.fr", "is_superuser": True, "password": "abc"})
        expected = {
            "id": 4,
            "url": f"{pod.url}/rest/users/4/",
            "username": "élodie@univ.fr",
            "first_name": "",
            "is_staff": False,
            "last_name": "",
            "email": "",
            "groups": [],
        }
        assert answer(response) == (201, expected)
        assert response.headers["Location"] == f"{pod.url}/rest/users/4/"
        (row,) = pod.rows("SELECT password, is_superuser, is_active FROM auth_user WHERE id = 4")
        assert row == {"password": "", "is_superuser": 0, "is_active": 1}
        assert pod.rows("SELECT auth_type, affiliation FROM authentication_owner WHERE user_id = 4") == [
            {"auth_type": "local", "affiliation": "student"}
        ]

    @pytest.mark.parametrize(
        ("user", "errors"),
        [
            ({}, {"username": ["Ce champ est obligatoire."]}),
            ({"username": "admin"}, {"username": ["Un utilisateur avec ce nom existe déjà."]}),
            ({"username": "x", "email": "no"}, {"email": ["Saisissez une adresse e-mail valide."]}),
            ({"username": "x", "first_name": None}, {"first_name": ["Ce champ ne peut être nul."]}),
            (
                [{"username": "x"}],
                {"non_field_errors": ["Donnée non valide. Attendait un dictionnaire, a reçu list."]},
            ),
        ],
    )
    def test_refuses_in_words(self, rest: httpx.Client, user: object, errors: dict[str, list[str]]) -> None:
        assert answer(rest.post(USERS, json=user)) == (400, errors)

    def test_refuses_blanks_in_names(self, rest: httpx.Client) -> None:
        assert rest.post(USERS, json={"username": "élève dupont"}).status_code == 400

    @pytest.mark.parametrize(
        ("query", "count"),
        [
            ("username=admin", 1),
            ("username=ADMIN", 0),
            ("username=%20admin%20", 1),
            ("username=", 3),
            ("first_name=nobody", 3),
            ("username__in=admin", 3),
            ("email=stu@univ.test", 1),
            ("id=2", 1),
        ],
    )
    def test_filters(self, rest: httpx.Client, query: str, count: int) -> None:
        assert rest.get(f"{USERS}?{query}").json()["count"] == count

    def test_refuses_ids_that_are_no_numbers(self, rest: httpx.Client) -> None:
        assert answer(rest.get(USERS + "?id=abc")) == (400, {"id": ["Saisissez un nombre."]})

    def test_pages_have_twelve_whatever_is_asked_for(self, rest: httpx.Client) -> None:
        for number in range(13):
            rest.post(USERS, json={"username": f"user{number:02}"})
        page = rest.get(USERS + "?page_size=5&limit=5").json()
        assert (page["count"], len(page["results"])) == (16, 12)
        assert page["results"][0]["username"] == "user12"
        assert [rest.get(f"{USERS}?page={number}").status_code for number in ("last", "0", "3", "abc")] == [
            200,
            404,
            404,
            404,
        ]

    def test_may_have_the_habits_of_mariadb(self, pod: SamplePod, rest: httpx.Client) -> None:
        rest.post(USERS, json={"username": "Jean.Dupont"})
        assert rest.get(USERS + "?username=jéan.dupont").json()["count"] == 0
        pod.behave_like_mariadb()
        assert rest.get(USERS + "?username=jéan.dupont").json()["results"][0]["username"] == "Jean.Dupont"
        duplicate = {"username": ["Un utilisateur avec ce nom existe déjà."]}
        assert answer(rest.post(USERS, json={"username": "JEAN.DUPONT"})) == (400, duplicate)


class TestMeetings:
    """Pod's own meetings."""

    def test_are_all_given_whatever_is_asked_for(self, pod: SamplePod, rest: httpx.Client) -> None:
        for name in ("Cours 14", "Conseil d'UFR"):
            pod.create("meeting.Meeting", name=name, owner_id=3)
        found = rest.get("/rest/meeting_session/?meeting_id=nosuch&owner_id=1&id=9").json()["results"]
        fields = ("id", "meeting_id", "owner_id", "site_id")
        assert [tuple(meeting[field] for field in fields) for meeting in found] == [
            (2, "0002-conseil-dufr", 3, 1),
            (1, "0001-cours-14", 3, 1),
        ]

    def test_get_another_meeting_id_when_renamed(self, pod: SamplePod, rest: httpx.Client) -> None:
        pod.create("meeting.Meeting", name="Cours 14", owner_id=3)
        assert (
            rest.patch("/rest/meeting_session/1/", json={"name": "Cours d'été"}).json()["meeting_id"]
            == "0001-cours-dete"
        )

    def test_cannot_be_created(self, rest: httpx.Client) -> None:
        assert rest.post("/rest/meeting_session/", json={"name": "Cours"}).status_code == 500


class TestTreatments:
    """Dropped files over REST."""

    def test_keep_size_and_date_and_nothing_else(self, pod: SamplePod, rest: httpx.Client, dropped: Path) -> None:
        more = {"file_size": 12, "date_added": "2021-03-04T05:06:07Z", "require_manual_claim": True, "title": "x"}
        response = register(rest, dropped, **more)
        assert answer(response) == (
            201,
            {
                "id": 1,
                "file": str(dropped),
                "file_size": 12,
                "recorder": pod.url + RECORDER_1,
                "type": "video",
                "date_added": "2021-03-04T06:06:07+01:00",
            },
        )
        assert "Location" not in response.headers
        assert pod.rows("SELECT require_manual_claim FROM recorder_recordingfiletreatment") == [
            {"require_manual_claim": 0}
        ]

    def test_the_date_may_be_changed_later(self, rest: httpx.Client, dropped: Path) -> None:
        register(rest, dropped)
        response = rest.patch(TREATMENTS + "1/", json={"date_added": "2020-01-02T03:04:05+01:00"})
        assert (response.status_code, response.json()["date_added"]) == (200, "2020-01-02T03:04:05+01:00")

    def test_want_a_file_that_is_there_by_its_exact_path(self, rest: httpx.Client, dropped: Path) -> None:
        paths = (
            dropped.with_name("no.mp4"),
            f"bbb/{dropped.name}",
            f"{dropped.parent}//{dropped.name}",
            f"{dropped.parent}/../bbb/{dropped.name}",
            "/etc/passwd",
        )
        answers = [answer(register(rest, path)) for path in paths]
        assert answers == [(400, {"file": [f"« {path} » n'est pas un choix de chemin valide."]}) for path in paths]

    def test_refuse_a_file_twice(self, rest: httpx.Client, dropped: Path) -> None:
        register(rest, dropped)
        assert answer(register(rest, dropped)) == (400, {"file": [UNIQUE]})
        english = {"file": ["Recording file treatment with this file already exists."]}
        assert rest.post(TREATMENTS, json={"file": str(dropped)}, headers={"Accept-Language": "en"}).json() == english

    @pytest.mark.parametrize(
        ("change", "errors"),
        [
            ({"recorder": 1}, {"recorder": ["Type incorrect. Attendait une URL, a reçu int."]}),
            ({"recorder": "/rest/recorder/99/"}, {"recorder": ["Lien non valide : l'objet n'existe pas."]}),
            ({"type": "nosuch"}, {"type": ["« nosuch » n'est pas un choix valide."]}),
        ],
    )
    def test_refuse_in_words(self, rest: httpx.Client, dropped: Path, change: Any, errors: object) -> None:  # noqa: ANN401
        assert answer(register(rest, dropped, **change)) == (400, errors)

    def test_list_the_files_on_the_disk_as_options(self, rest: httpx.Client, dropped: Path) -> None:
        choices = rest.options(TREATMENTS).json()["actions"]["POST"]["file"]["choices"]
        assert choices[1:] == [{"value": str(dropped), "display_name": f"bbb/{dropped.name}"}]

    def test_filters(self, rest: httpx.Client, dropped: Path) -> None:
        register(rest, dropped)
        queries = ({"file": str(dropped)}, {"file": f"{dropped}x"}, {"file": ""}, {"recorder": "1"}, {"type": "x"})
        assert [rest.get(TREATMENTS, params=query).json()["count"] for query in queries] == [1, 0, 1, 1, 1]
        no_choice = {"recorder": ["Sélectionnez un choix valide. Ce choix ne fait pas partie de ceux disponibles."]}
        assert answer(rest.get(TREATMENTS, params={"recorder": "99"})) == (400, no_choice)

    def test_long_paths_break_on_mariadb_only(self, pod: SamplePod, rest: httpx.Client) -> None:
        folder = pod.recorder_directory
        name = "x" * (201 - len(f"{folder}/.mp4")) + ".mp4"
        assert register(rest, drop(pod, name)).status_code == 201
        rest.delete(TREATMENTS + "1/")
        pod.behave_like_mariadb()
        assert register(rest, folder / name).status_code == 500
        with pytest.raises(ValueError, match="Data too long"):
            pod.check_directory()


class TestClaiming:
    """The cron job, the claim page, and what is left of a claimed file."""

    def page(self, pod: SamplePod, username: str = "staffonly", path: str = "/record/claim_record/") -> str:
        return pod.browser(username).get(path).text

    def test_a_dropped_file_is_claimable_after_two_passes(self, pod: SamplePod, dropped: Path) -> None:
        expected = ("The job is created", "Waiting for claiming", "Recording already treated, waiting for claiming")
        assert [pod.check_directory() for _ in range(3)] == [[f"{dropped.name}: {line}"] for line in expected]

    def test_a_registered_file_is_claimable_after_one_pass_with_its_date(
        self, pod: SamplePod, rest: httpx.Client, dropped: Path
    ) -> None:
        register(rest, dropped, file_size=12, date_added="2021-03-04T05:06:07Z")
        assert dropped.name not in self.page(pod)
        assert pod.check_directory() == [f"{dropped.name}: Waiting for claiming"]
        page = self.page(pod)
        assert ("1 record found" in page, "2021-03-04 06:06" in page, dropped.name in page) == (True, True, True)

    def test_a_file_that_grew_waits_for_another_pass(self, pod: SamplePod, rest: httpx.Client, dropped: Path) -> None:
        register(rest, dropped, file_size=5)
        expected = ("This video was partially uploaded", "Waiting for claiming")
        assert [pod.check_directory() for _ in expected] == [[f"{dropped.name}: {line}"] for line in expected]

    def test_a_part_of_a_file_is_claimable_if_the_size_was_said_to_be_more(
        self, pod: SamplePod, rest: httpx.Client, dropped: Path
    ) -> None:
        register(rest, dropped, file_size=99)
        assert pod.check_directory() == [f"{dropped.name}: Waiting for claiming"]

    def test_only_files_of_known_kinds_in_known_directories_are_taken(self, pod: SamplePod) -> None:
        for name in ("UPPER.MP4", "x.mp4.part", "nosuffix", ".hidden.mp4", "sub/x.mp4"):
            drop(pod, name)
        assert sorted(pod.check_directory()) == [
            ".hidden.mp4: The job is created",
            "UPPER.MP4: WARNING: MP4 is not a valid video extension",
            "nosuffix: WARNING: nosuffix is not a valid video extension",
            "x.mp4.part: WARNING: part is not a valid video extension",
            "x.mp4: No recorder found (mail to the administrators)",
        ]

    def test_one_file_without_recorder_breaks_the_page_for_everybody(
        self, pod: SamplePod, rest: httpx.Client, dropped: Path
    ) -> None:
        assert rest.post(TREATMENTS, json={"file": str(dropped), "file_size": 12}).json()["recorder"] is None
        staff = pod.browser("staffonly")
        assert staff.get("/record/claim_record/").status_code == 200
        pod.check_directory()
        assert staff.get("/record/claim_record/").status_code == 500
        rest.patch(TREATMENTS + "1/", json={"recorder": RECORDER_1})
        assert staff.get("/record/claim_record/").status_code == 200

    def test_the_page_shows_twelve_and_43_characters(self, pod: SamplePod) -> None:
        for number in range(13):
            drop(pod, f"Chimie L1 - seance {number:02} (2023-05-06 08h00) deux.mp4")
        pod.check_directory()
        pod.check_directory()
        page = self.page(pod)
        assert ("13 records found" in page, page.count('class="card"'), "Page 1 of 2" in page) == (True, 12, True)
        assert "Chimie L1 - seance 03 (2023-05-06 08h00) d…" in page

    def test_students_do_not_see_it(self, pod: SamplePod) -> None:
        assert "record found" not in self.page(pod, "stu")

    def test_a_claimed_file_is_a_draft_of_the_claimer_and_its_date_is_lost(
        self, pod: SamplePod, rest: httpx.Client, dropped: Path
    ) -> None:
        register(rest, dropped, file_size=12, date_added="2021-03-04T05:06:07Z")
        pod.check_directory()
        staff = pod.browser("staffonly")
        page = staff.get(f"/record/add_recording/?mediapath={dropped}&recorder=1&course_title={dropped.name}")
        form = {"csrfmiddlewaretoken": staff.cookies["csrftoken"], "title": dropped.name, "source_file": str(dropped)}
        assert f'value="{dropped.name}"' in page.text
        dashboard = staff.post(str(page.url), data=form | {"recorder": "1", "type": "video"})
        assert (dashboard.url.path, dropped.name in dashboard.text, dropped.exists()) == (
            "/video/dashboard/",
            True,
            False,
        )
        assert rest.get(TREATMENTS).json()["count"] == 0
        (recording,) = rest.get(RECORDINGS).json()["results"]
        assert (recording["source_file"], recording["user"]) == (str(dropped), f"{pod.url}/rest/users/3/")
        (video,) = pod.rows("SELECT is_draft, owner_id, date_evt FROM video_video")
        assert (video["is_draft"], video["owner_id"], video["date_evt"] > "2021-03-04") == (1, 3, True)

    def test_a_name_is_never_offered_again(self, pod: SamplePod, rest: httpx.Client, dropped: Path) -> None:
        pod.check_directory()
        pod.check_directory()
        pod.claim("staffonly", dropped)
        drop(pod, dropped.name)
        assert register(rest, dropped, file_size=12).status_code == 201
        assert pod.check_directory() == [f"{dropped.name}: This video was already processed"]
        again = rest.post(RECORDINGS, json={"title": "x", "source_file": str(dropped)})
        assert answer(again) == (
            400,
            {"source_file": ["Un objet Enregistrement avec ce champ source file existe déjà."]},
        )

    def test_the_link_on_the_page_is_not_encoded(self, pod: SamplePod) -> None:
        path = drop(pod, "amphi & bras.mp4")
        query = f"mediapath={path}&recorder=1&course_title={path.name}"
        staff = pod.browser("staffonly")
        assert 'value="amphi "' in staff.get(f"/record/add_recording/?{query}").text
        assert staff.get(f"/record/add_recording/?mediapath={path.parent}/c#d.mp4&recorder=1").status_code == 403


class TestRecordings:
    """A dropped file published at once."""

    def test_moves_the_file_and_leaves_the_treatment(self, pod: SamplePod, rest: httpx.Client, dropped: Path) -> None:
        register(rest, dropped)
        sent = {
            "user": "/rest/users/3/",
            "title": "Direct",
            "source_file": str(dropped),
            "date_added": "2020-01-01T00:00:00Z",
        }
        response = rest.post(RECORDINGS, json=sent)
        assert (response.status_code, response.headers["Location"]) == (201, f"{pod.url}/rest/recording/1/")
        assert response.json()["date_added"] > "2021"
        assert (dropped.exists(), rest.get(TREATMENTS).json()["count"]) == (False, 1)
        (video,) = rest.get(VIDEOS + "user_videos/?username=staffonly&search_title=dir").json()["results"]
        assert (video["video_data"]["title"], video["is_draft"]) == ("Direct", True)

    def test_is_for_staff(self, rest: httpx.Client, dropped: Path) -> None:
        response = rest.post(RECORDINGS, json={"user": "/rest/users/2/", "title": "x", "source_file": str(dropped)})
        assert answer(response) == (400, {"user": ["Lien non valide : l'objet n'existe pas."]})


class TestVideos:
    """Uploads."""

    FORM = {  # noqa: RUF012 - constant
        "title": "Cours de chimie",
        "owner": "/rest/users/2/",
        "type": "/rest/types/1/",
        "sites": "/rest/sites/1/",
        "date_evt": "2023-05-06",
        "date_added": "2023-05-06T08:00:00+02:00",
    }

    def upload(self, rest: httpx.Client, **form: str) -> httpx.Response:
        return rest.post(VIDEOS, data=self.FORM | form, files={"video": ("REST cours 1.mp4", b"no video at all")})

    def test_takes_any_file_for_any_owner_with_its_dates(self, rest: httpx.Client) -> None:
        video = self.upload(rest, is_draft="true").json()
        kept = {key: video[key] for key in ("slug", "date_added", "date_evt", "is_draft", "encoded", "duration")}
        assert kept == {
            "slug": "0001-cours-de-chimie",
            "date_added": "2023-05-06T08:00:00+02:00",
            "date_evt": "2023-05-06",
            "is_draft": True,
            "encoded": False,
            "duration": 0,
        }
        assert video["video"].endswith("/rest-cours-1.mp4")

    def test_without_is_draft_it_is_public(self, rest: httpx.Client) -> None:
        assert self.upload(rest).json()["is_draft"] is False

    def test_says_what_is_missing(self, rest: httpx.Client) -> None:
        response = rest.post(VIDEOS, data={})
        assert (response.status_code, sorted(response.json())) == (400, ["owner", "sites", "title", "type", "video"])
        tags = {"tags": ["Lien non valide : pas d'URL correspondante."]}
        assert answer(self.upload(rest, tags="bbb")) == (400, tags)

    def test_encodes_on_demand_and_cannot_be_read_afterwards(self, rest: httpx.Client) -> None:
        slug = self.upload(rest, is_draft="true").json()["slug"]
        assert rest.get(f"/rest/launch_encode_view/?slug={slug}").status_code == 200

        def stored() -> Any:  # noqa: ANN401 - JSON
            return rest.get(VIDEOS + "user_videos/?username=stu").json()["results"][0]

        wait_until(lambda: stored()["encoded"], "Pod does not encode")
        assert stored()["video_data"]["get_encoding_step"] == "0: end of encoding"
        assert (rest.get(VIDEOS).status_code, rest.get(VIDEOS + "1/").status_code) == (500, 500)
        assert rest.patch(VIDEOS + "1/", json={"date_evt": "2022-02-02"}).status_code == 500
        (video,) = rest.get(VIDEOS + "user_videos/?username=stu").json()["results"]
        assert video["video_data"]["date_evt"] == "2022-02-02T00:00:00"

    def test_there_is_no_video_of_that_name(self, rest: httpx.Client) -> None:
        assert rest.get("/rest/launch_encode_view/?slug=nosuch").status_code == 404


class TestExternalVideosPage:
    """What a teacher sees."""

    def test_shows_ones_own_newest_first(self, pod: SamplePod) -> None:
        for year, owner, form in ((2021, 3, "2.3/abc"), (2022, 3, "2.0/abc"), (2023, 1, "2.3/abc")):
            pod.create(
                "import_video.ExternalRecording",
                name=f"Cours {year}",
                owner_id=owner,
                start_at=f"{year}-05-06T08:00:00Z",
                source_url=f"https://bbb.example/playback/presentation/{form}",
            )
        page = pod.browser("staffonly").get("/import_video/").text
        assert (page.index("Cours 2022") < page.index("Cours 2021"), "Cours 2023" in page) == (True, False)
        assert ("2022-05-06 10:00" in page, page.count("BigBlueButton: presentation")) == (True, 1)

    def test_students_do_not_see_theirs(self, pod: SamplePod) -> None:
        pod.create("import_video.ExternalRecording", name="Cours", owner_id=2, source_url="https://bbb.example/")
        assert "Cours" not in pod.browser("stu").get("/import_video/").text


class TestFaults:
    """What tests of other things rely on."""

    @pytest.mark.parametrize(
        ("status", "kind"),
        [
            (401, "application/json"),
            (403, "application/json"),
            (429, "text/html"),
            (500, "text/html"),
            (503, "text/html"),
        ],
    )
    def test_a_status_comes_as_the_real_one_would(
        self, pod: SamplePod, rest: httpx.Client, status: int, kind: str
    ) -> None:
        pod.fault("status", status=status, path="/rest/users/", retry_after=7)
        response = rest.get(USERS)
        assert (response.status_code, response.headers["Content-Type"].partition(";")[0]) == (status, kind)
        assert response.headers.get("Retry-After") == ("7" if status in (429, 503) else None)
        assert rest.get("/rest/sites/").status_code == 200
        pod.heal()
        assert rest.get(USERS).status_code == 200

    def test_a_fault_may_be_limited(self, pod: SamplePod, rest: httpx.Client) -> None:
        pod.fault("status", status=500, method="POST", skip=1, times=1)
        statuses = [rest.post(USERS, json={"username": f"user{n}"}).status_code for n in range(3)]
        assert (statuses, rest.get(USERS).status_code) == ([201, 500, 201], 200)

    def test_a_late_error_has_done_its_work(self, pod: SamplePod, rest: httpx.Client) -> None:
        pod.fault("status", status=500, method="POST", late=True)
        assert rest.post(USERS, json={"username": "late"}).status_code == 500
        assert rest.get(USERS + "?username=late").json()["count"] == 1

    @pytest.mark.parametrize(("late", "count"), [(False, 0), (True, 1)])
    def test_a_cut_connection_gives_no_answer(self, pod: SamplePod, rest: httpx.Client, late: bool, count: int) -> None:  # noqa: FBT001
        pod.fault("cut", method="POST", late=late)
        with pytest.raises(httpx.RemoteProtocolError):
            rest.post(USERS, json={"username": "cut"})
        assert rest.get(USERS + "?username=cut").json()["count"] == count
        assert [request.status for request in pod.requests("POST")] == [0]

    def test_half_an_answer_is_no_answer(self, pod: SamplePod, rest: httpx.Client) -> None:
        pod.fault("half", path=USERS)
        with pytest.raises(httpx.RemoteProtocolError):
            rest.get(USERS)

    def test_a_slow_answer_comes(self, pod: SamplePod, rest: httpx.Client) -> None:
        pod.fault("slow", seconds=0.4)
        with pytest.raises(httpx.ReadTimeout):
            rest.get(USERS, timeout=0.1)
        assert rest.get(USERS, timeout=10).status_code == 200

    def test_an_old_extension_says_so(self, pod: SamplePod, rest: httpx.Client) -> None:
        route = "/rest/external_recordings/version/"
        own = rest.get(route).json()["version"]
        pod.pretend_extension_version("0.1")
        assert rest.get(route).json()["version"] == "0.1"
        pod.reset()
        assert pod.client().get(route).json()["version"] == own

    def test_there_is_no_fault_of_that_kind(self, pod: SamplePod) -> None:
        with pytest.raises(ValueError, match="no such fault"):
            pod.fault("nosuch")


class TestProcess:
    """Starting, looking at what came, putting back, stopping."""

    def test_keeps_a_log_of_requests(self, pod: SamplePod, rest: httpx.Client) -> None:
        rest.get(USERS, params={"username": "é"})
        rest.post(USERS, json={"username": "x"})
        seen = [(request.method, request.path, request.query, request.status) for request in pod.requests()]
        assert seen == [("GET", USERS, "username=%C3%A9", 200), ("POST", USERS, "", 201)]
        assert [request.json for request in pod.requests("POST", "PUT")] == [{"username": "x"}]

    def test_reset_puts_everything_back(self, pod: SamplePod, rest: httpx.Client, dropped: Path) -> None:
        tables = "SELECT name FROM sqlite_master WHERE type = 'table' ORDER BY name"
        pod.reset()
        before = {table["name"]: pod.rows(f"SELECT * FROM {table['name']}") for table in pod.rows(tables)}
        rest = pod.client()
        drop(pod, dropped.name)
        register(rest, dropped)
        rest.post(USERS, json={"username": "x"})
        pod.behave_like_mariadb()
        pod.fault("cut")
        pod.reset()
        after = {table["name"]: pod.rows(f"SELECT * FROM {table['name']}") for table in pod.rows(tables)}
        assert after == before
        assert (list(pod.recorder_directory.iterdir()), pod.requests()) == ([], [])
        assert pod.client().post(USERS, json={"username": "ADMIN"}).json()["id"] == 4

    def test_a_kept_one_goes_on_where_it_was(self, tmp_path: Path) -> None:
        with SamplePod(tmp_path) as pod:
            pod.client().post(USERS, json={"username": "kept"})
            tokens = pod.tokens
        with SamplePod(tmp_path) as pod:
            assert pod.tokens == tokens
            assert pod.client().get(USERS + "?username=kept").json()["count"] == 1

    def test_says_why_it_does_not_start(self, tmp_path: Path) -> None:
        pod = SamplePod(tmp_path, database="mysql://nobody@127.0.0.1:1/none")
        with pytest.raises(ConfigError, match="did not start") as raised:
            pod.start()
        assert "connect" in raised.value.hint

    def test_is_ended_with_whoever_started_it(self, tmp_path: Path) -> None:
        command = [sys.executable, "-m", "bbbmig.demo.pod_server", str(tmp_path)]
        with subprocess.Popen(command, stdout=subprocess.PIPE, text=True) as starter:
            assert starter.stdout is not None
            url = starter.stdout.readline().strip()
            assert httpx.get(f"{url}/info_pod.json").status_code == 200
            starter.kill()
        port = urlsplit(url).port or 80

        def nobody_listens() -> bool:
            with socket.socket() as one:
                return one.connect_ex(("127.0.0.1", port)) != 0

        wait_until(nobody_listens, "the sample Pod outlives who started it")

    def test_ready_file_says_where_it_is(self, pod: SamplePod) -> None:
        ready = json.loads((pod.directory / "ready.json").read_text(encoding="utf-8"))
        assert (ready["url"], ready["pid"], sorted(ready["tokens"])) == (
            pod.url,
            pod.pid,
            ["admin", "staffonly", "stu"],
        )
