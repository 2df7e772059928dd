"""Users: looked up in few requests, never taken for somebody else, created once."""

import threading
from collections.abc import Collection

import pytest

from bbbmig.demo.pod_server import SamplePod
from bbbmig.domain.person import Person
from bbbmig.domain.target import User
from bbbmig.errors import RecordingFailed, RemoteError, RemoteRefused
from bbbmig.pod.client import PodServer
from bbbmig.pod.users import Users
from tests.pod.conftest import Connect

ROUTE = "/rest/users/"
JEAN = Person(username="Jean.Dupont", first_name="Jean", last_name="Dupont", email="jean.dupont@univ.test")


@pytest.fixture
def users(server: PodServer) -> Users:
    return Users(server)


def add(pod: SamplePod, *usernames: str) -> None:
    for username in usernames:
        pod.create("auth.User", username=username)


def in_pod(pod: SamplePod, username: str) -> dict[str, object]:
    columns = "username, first_name, last_name, email, is_staff"
    (row,) = pod.rows(f"SELECT {columns} FROM auth_user WHERE username = ?", username)
    return row


def names(users: Users, wanted: Collection[str]) -> dict[str, str]:
    return {key: user.username for key, user in users.find(wanted).items()}


class TestFinding:
    """By name."""

    def test_gives_who_exists(self, users: Users) -> None:
        stu = User(
            id=2, username="stu", first_name="Stéphane", last_name="Étudiant", email="stu@univ.test", is_staff=False
        )
        assert users.find(["stu", "nobody"]) == {"stu": stu}

    def test_takes_capitals_for_the_same_and_keys_by_casefold(self, sample_pod: SamplePod, users: Users) -> None:
        add(sample_pod, "Jean.Dupont", "JEANNE", "jeanne", "STRASSE")
        sample_pod.behave_like_mariadb()
        assert names(users, ["jean.dupont", "Jeanne", "jeanne", "Straße"]) == {
            "jean.dupont": "Jean.Dupont",
            "jeanne": "jeanne",
            "strasse": "STRASSE",
        }

    @pytest.mark.parametrize("wanted", [["jéan.dupont"], ["jéan.dupont", "x", "y", "z"]])
    def test_an_accent_makes_another_person(self, sample_pod: SamplePod, users: Users, wanted: list[str]) -> None:
        add(sample_pod, "Jean.Dupont")
        sample_pod.behave_like_mariadb()
        assert users.find(wanted) == {}

    def test_an_exactly_equal_name_goes_first(self, sample_pod: SamplePod, users: Users) -> None:
        add(sample_pod, "JDUPONT", "jdupont", "Jdupont")
        assert names(users, ["jdupont"]) == {"jdupont": "jdupont"}

    def test_several_that_differ_in_capitals_only_are_nobody(self, sample_pod: SamplePod, users: Users) -> None:
        add(sample_pod, "JDUPONT", "Jdupont")
        assert users.find(["jdupont", "a", "b", "c"]) == {}

    @pytest.mark.parametrize("blank", ["", "  "])
    def test_a_blank_name_is_nobody_and_never_asked_for(self, sample_pod: SamplePod, users: Users, blank: str) -> None:
        assert users.find([blank]) == {}
        assert sample_pod.requests() == []

    def test_blanks_around_a_name_do_not_matter(self, users: Users) -> None:
        assert names(users, [" stu "]) == {"stu": "stu"}


class TestRequests:
    """As few as possible, and nobody twice."""

    def queries(self, pod: SamplePod) -> list[str]:
        return [request.query for request in pod.requests("GET")]

    def test_few_people_among_many_are_asked_for_by_name(self, sample_pod: SamplePod, users: Users) -> None:
        add(sample_pod, *(f"user{number:03}" for number in range(150)))
        users.find([f"user{number:03}" for number in range(5)])
        assert sorted(self.queries(sample_pod)) == ["", *(f"username=user{number:03}" for number in range(5))]

    def test_many_people_are_found_by_reading_the_list(self, sample_pod: SamplePod, users: Users) -> None:
        add(sample_pod, *(f"user{number:03}" for number in range(150)))
        assert len(users.find([f"user{number:03}" for number in range(40)])) == 40
        assert len(sample_pod.requests("GET")) == 14  # the first of 13 pages twice
        assert len(users.find([f"user{number:03}" for number in range(150)] + ["nobody"])) == 150
        assert len(sample_pod.requests("GET")) == 14

    def test_a_small_pod_takes_one_request(self, sample_pod: SamplePod, users: Users) -> None:
        assert sorted(users.find(["admin", "stu", "x", "y"])) == ["admin", "stu"]
        assert len(sample_pod.requests("GET")) == 1

    def test_nobody_is_asked_for_twice(self, sample_pod: SamplePod, users: Users) -> None:
        for _ in range(3):
            users.find(["admin", "nobody"])
        assert len(sample_pod.requests("GET")) == 2

    def test_by_number(self, sample_pod: SamplePod, users: Users) -> None:
        found = users.by_id([1, 3, 99])
        assert {number: user.username for number, user in found.items()} == {1: "admin", 3: "staffonly"}
        assert users.by_id([2])[2].username == "stu"
        assert len(sample_pod.requests("GET")) == 1

    def test_by_number_among_many(self, sample_pod: SamplePod, users: Users) -> None:
        add(sample_pod, *(f"user{number:03}" for number in range(60)))
        assert [users.by_id([number])[number].username for number in (1, 4)] == ["admin", "user000"]
        assert self.queries(sample_pod) == ["id=1", "id=4"]


class TestEnsuring:
    """A user who can see their recordings."""

    def test_creates_staff_with_names_and_e_mail(self, sample_pod: SamplePod, users: Users) -> None:
        made = users.ensure(JEAN)
        assert made == User(
            id=4,
            username="Jean.Dupont",
            first_name="Jean",
            last_name="Dupont",
            email="jean.dupont@univ.test",
            is_staff=True,
        )
        assert in_pod(sample_pod, "Jean.Dupont")["is_staff"] == 1
        assert users.find(["Jean.Dupont"]) == {"jean.dupont": made}

    def test_the_name_is_enough(self, users: Users) -> None:
        assert users.ensure(Person(username="élodie@univ.fr")).is_staff

    def test_makes_staff_of_who_is_not(self, sample_pod: SamplePod, users: Users) -> None:
        assert users.ensure(Person(username="stu")).is_staff
        assert in_pod(sample_pod, "stu")["is_staff"] == 1

    def test_unless_the_option_is_off(self, sample_pod: SamplePod, users: Users) -> None:
        assert not users.ensure(Person(username="stu"), make_staff=False).is_staff
        assert [request.method for request in sample_pod.requests()] == ["GET"]

    def test_fills_what_is_empty_and_changes_nothing_else(self, sample_pod: SamplePod, users: Users) -> None:
        sample_pod.create("auth.User", username="jd", first_name="J.", is_staff=True)
        person = Person(username="jd", first_name="Jean", last_name="Dupont", email="")
        assert users.ensure(person).last_name == "Dupont"
        assert in_pod(sample_pod, "jd") == {
            "username": "jd",
            "first_name": "J.",
            "last_name": "Dupont",
            "email": "",
            "is_staff": 1,
        }
        (patch,) = sample_pod.requests("PATCH")
        assert patch.json == {"last_name": "Dupont"}
        users.ensure(person)
        assert len(sample_pod.requests("PATCH")) == 1

    def test_leaves_out_an_e_mail_that_pod_does_not_take(self, sample_pod: SamplePod, users: Users) -> None:
        made = users.ensure(Person(username="jd", first_name="x" * 200, email="jd@localhost@"))
        assert (made.email, made.first_name) == ("", "x" * 150)
        assert users.ensure(Person(username="stu", email="kept")).email == "stu@univ.test"
        sample_pod.create("auth.User", username="other", is_staff=True)
        assert users.ensure(Person(username="other", last_name="O", email="bad")).last_name == "O"

    def test_a_name_that_pod_does_not_take_fails_for_this_person_only(self, users: Users) -> None:
        with pytest.raises(RecordingFailed, match="'élève dupont': Enter a valid username") as raised:
            users.ensure(Person(username="élève dupont"))
        assert "owners file" in raised.value.hint
        with pytest.raises(RecordingFailed, match="without user name"):
            users.ensure(Person(username=" "))
        assert users.ensure(JEAN).id == 4

    def test_a_name_that_the_database_takes_for_another_is_not_taken_for_it(
        self, sample_pod: SamplePod, users: Users
    ) -> None:
        add(sample_pod, "Jean.Dupont")
        sample_pod.behave_like_mariadb()
        with pytest.raises(RecordingFailed, match=r"takes it for that of Jean\.Dupont"):
            users.ensure(Person(username="jéan.dupont"))
        assert users.ensure(Person(username="jean.dupont")).username == "Jean.Dupont"

    def test_a_race_ends_with_one_user(self, sample_pod: SamplePod, connect: Connect) -> None:
        made: list[User] = []
        several = [Users(connect(sample_pod)) for _ in range(4)]
        start = threading.Barrier(len(several))

        def work(users: Users) -> None:
            start.wait()
            made.append(users.ensure(JEAN))

        threads = [threading.Thread(target=work, args=(users,)) for users in several]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert {user.id for user in made} == {4}
        assert len(made) == 4
        assert len(sample_pod.rows("SELECT id FROM auth_user")) == 4

    @pytest.mark.parametrize("late", [False, True])
    @pytest.mark.parametrize("kind", ["cut", "status"])
    def test_a_lost_reply_makes_nobody_twice(
        self,
        sample_pod: SamplePod,
        users: Users,
        kind: str,
        late: bool,  # noqa: FBT001
    ) -> None:
        sample_pod.fault(kind, status=500, method="POST", path=ROUTE, late=late, times=1)
        assert users.ensure(JEAN).username == "Jean.Dupont"
        assert len(sample_pod.rows("SELECT id FROM auth_user")) == 4
        assert len(sample_pod.requests("POST")) == (1 if late else 2)

    def test_somebody_else_created_them_meanwhile(self, sample_pod: SamplePod, users: Users) -> None:
        users.find(["Jean.Dupont", "a", "b", "c"])
        sample_pod.create("auth.User", username="Jean.Dupont")
        assert users.ensure(JEAN).is_staff
        assert len(sample_pod.rows("SELECT id FROM auth_user")) == 4

    def test_gives_up_after_some_attempts(self, sample_pod: SamplePod, users: Users) -> None:
        sample_pod.fault("status", status=500, method="POST")
        with pytest.raises(RemoteError, match="Pod broke over this"):
            users.ensure(JEAN)
        assert len(sample_pod.requests("POST")) == 3

    def test_a_token_that_may_not_is_refused(self, sample_pod: SamplePod, connect: Connect) -> None:
        with pytest.raises(RemoteRefused, match="may not do this"):
            Users(connect(sample_pod, sample_pod.tokens["stu"])).ensure(JEAN)
