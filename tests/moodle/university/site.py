"""The site: its roles, settings, people, categories and courses."""

import hashlib
from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

from tests.moodle.university.model import ROLES, Course, Holders, Person, University


def make_site(there: University) -> None:
    there.rows["role"] = [(number, "", name, archetype) for name, (number, archetype) in ROLES.items()]
    there.rows["modules"] = [(3, "assign"), (7, "bigbluebuttonbn")]
    there.rows["context"].append((1, 10, 0, "/1", 1))
    settings = {
        "bigbluebuttonbn_participant_moderator_default": there.default_setting(),
        "bigbluebuttonbn_shared_secret": "never to be read",
        "siteguest": "1",
        "siteadmins": "2,3",
        "mnet_localhost_id": "1",
        "release": f"{there.generation.name[0]}.1+ (Build: 20250101)",
        "version": "2025041400.00",
    }
    there.rows["config"] = [(number, name, value) for number, (name, value) in enumerate(settings.items(), 1)]


FIRST_NAMES = ("Zoé", "François", "Noël", "Élodie", "Jean-Noël", "Ömer", "Đorđe", "Anaïs", "محمد", "Siân")
LAST_NAMES = (
    "Lefèvre",
    "O'Brien",
    "D'Arcy",
    "Nguyễn",
    "Müller",
    "de la Tour",
    "Çelik",
    "Łukasz",
    "Sørensen",
    "Œuvrard",
)


def make_people(there: University) -> None:
    def person(username: str, **flags: bool) -> Person:
        number = {"guest": 1, "admin": 2, "root.bis": 3}.get(username) or next(there.ids)
        chance = there.chance
        made = Person(
            id=number, username=username, first=chance.choice(FIRST_NAMES), last=chance.choice(LAST_NAMES), **flags
        )
        email = hashlib.md5(username.encode()).hexdigest() if made.deleted else f"{username}@univ.fr"
        auth = "shibboleth"
        there.rows["user"].append(
            (
                *(number, auth, 1, int(made.deleted), int(made.suspended), 9 if made.remote else 1),
                *(username, f"N{number}", made.first, made.last, email),
            )
        )
        return made

    guest, admin, second = person("guest"), person("admin", admin=True), person("root.bis", admin=True)
    gone = [person(f"parti{n}@univ.fr.17000000{n:02}", deleted=True) for n in range(12)]
    remote = [person(f"prof{n}", remote=True) for n in range(3)]
    there.oddities = [guest, admin, second, *gone, *remote]
    there.teachers = [person(f"prof{n}", suspended=n % 17 == 0) for n in range(there.size.teachers)]
    there.students = [person(f"étu{n}", suspended=n % 41 == 0) for n in range(there.size.students)]


ALWAYS = 1_500_000_000


def assign(there: University, holders: Holders, context: int, *, since: int = ALWAYS) -> None:
    for role, people in holders.items():
        for person in people:
            there.put("role_assignments", ROLES[role][0], context, person.id, since)


def _log(there: University, holders: Holders, context: int, when: int, *, given: bool) -> None:
    event = rf"\core\event\role_{'' if given else 'un'}assigned"
    for role, people in holders.items():
        for person in people:
            there.put("logstore_standard_log", event, context, ROLES[role][0], person.id, when)


def make_courses(there: University) -> None:
    chance = there.chance
    site: Holders = {"manager": chance.sample(there.teachers, 2), "coursecreator": chance.sample(there.teachers, 3)}
    assign(there, site, 1)
    categories: list[tuple[tuple[int, ...], list[tuple[str, Holders]]]] = []
    for number in range(max(4, there.size.courses // 40)):
        parent, above = chance.choice(categories) if number > 3 and chance.random() < 0.5 else ((1,), [("site", site)])
        context = next(there.ids)
        path = (*parent, context)
        there.rows["context"].append((context, 40, number + 1, path_of(path), len(path)))
        holders: Holders = {"manager": chance.sample(there.teachers, 2)}
        if chance.random() < 0.3:
            holders["editingteacher"] = chance.sample(there.teachers, 1)
        assign(there, holders, context)
        categories.append((path, [("category", holders), *above]))
    for number in range(there.size.courses):
        path, above = chance.choice(categories)
        there.courses.append(_course(there, number, path, above))


def path_of(path: tuple[int, ...]) -> str:
    return "".join(f"/{context}" for context in path)


def _course(there: University, number: int, parent: tuple[int, ...], above: Sequence[tuple[str, Holders]]) -> Course:
    chance = there.chance
    context, course_id = next(there.ids), next(there.ids)
    here: Holders = {
        "editingteacher": chance.sample(there.teachers, chance.choice((0, 1, 1, 1, 2, 3))),
        "teacher": chance.sample(there.teachers, chance.choice((0, 0, 1, 2))),
        "student": chance.sample(there.students, there.size.students_per_course),
    }
    if chance.random() < 0.1:
        here["formateur"] = chance.sample(there.teachers, 1)
    name = f"Équipe n° {number} — « Méca & Co » 🎓"
    course = Course(id=course_id, name=name, path=(*parent, context), here=here, above=above)
    course.exists = chance.random() > 0.04
    if chance.random() < 0.3:
        _change_hands(there, course)
    if course.exists:
        there.rows["course"].append((course_id, 1, name, f"C{number}", 1))
        there.rows["context"].append((context, 50, course_id, path_of(course.path), len(course.path)))
        changed = int(course.changed.timestamp()) if course.changed else ALWAYS
        assign(there, {role: its for role, its in here.items() if role not in course.before}, context)
        assign(there, {role: here[role] for role in course.before}, context, since=changed)
        if "logstore_standard_log" in there.rows:
            _log(there, course.before, context, ALWAYS, given=True)
            _log(there, course.before, context, changed, given=False)
            _log(there, {role: here[role] for role in course.before}, context, changed, given=True)
        method = there.put("enrol", "manual", 0, course_id)
        for person in {person for people in here.values() for person in people}:
            there.put("user_enrolments", 0, method, person.id)
    return course


def _change_hands(there: University, course: Course) -> None:
    """Have other teachers until some day of the second year; no session runs into it, not even one without an end."""
    chance = there.chance
    course.changed = datetime(2022, 9, 1, tzinfo=UTC) + timedelta(days=3 * chance.randrange(100) + 1)
    taken = {person for people in course.here.values() for person in people}
    free = [person for person in chance.sample(there.teachers, 12) if person not in taken]
    course.before = {"editingteacher": free[:1], "teacher": free[1 : chance.choice((1, 2))]}
