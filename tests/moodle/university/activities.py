"""Activities: alive, deleted, forgotten, restored; and what Moodle writes down about them."""

import hashlib
import json

from tests.moodle.university.forms import FORMS, default_rules
from tests.moodle.university.model import Activity, Course, Form, Person, University
from tests.moodle.university.site import assign, path_of


def make_activities(there: University) -> None:
    for number in range(there.size.activities):
        activity = _activity(there, there.chance.choice(there.courses), FORMS[number % len(FORMS)])
        there.activities.append(activity)
        if there.chance.random() < 0.06:
            _restore(there, activity)


def _activity(there: University, course: Course, form: Form) -> Activity:
    chance = there.chance
    text, rules = form(there, course)
    teachers = course.before.get("editingteacher") or course.here["editingteacher"] or [chance.choice(there.teachers)]
    creator = chance.choice(
        [*teachers, *teachers, *teachers, chance.choice(there.teachers), chance.choice(there.oddities)]
    )
    fate = chance.random()
    seed = hashlib.sha1(chance.randbytes(8)).hexdigest() if chance.random() > 0.1 else chance.randbytes(16).hex()
    if text and "&quot;" in text and seed[0] < "d":  # version 1 of the plug-in
        seed = seed[:32]
    elif text and "&quot;" in text and len(seed) != 32:  # later ones, as seen on 4.5.6, cannot read such rules
        _, rules = default_rules(None)(there, course)
    activity = Activity(
        id=next(there.ids),
        course=course,
        seed=seed,
        name=f"Cours en ligne « {chance.randrange(99)} » 🎥",
        text=text,
        rules=rules,
        creator=creator if chance.random() < 0.85 else None,
        here={"teacher": chance.sample(there.students, 1)} if chance.random() < 0.08 else {},
        exists=course.exists and fate > 0.12,
        remembered=fate > 0.12 or fate < 0.08,
    )
    if course.changed and any(kind == "user" for kind, _ in rules) and activity.remembered:
        activity.named_first = [("user", person) for person in course.before["editingteacher"]]
    _write(there, activity)
    return activity


def _write(there: University, activity: Activity) -> None:
    """Write an activity's rows, as far as it exists, and who added it."""
    module, context = next(there.ids), next(there.ids)
    course = activity.course
    if activity.exists:
        there.rows["bigbluebuttonbn"].append(
            (activity.id, course.id, activity.name, None, 1, activity.seed, activity.text, 1700000000)
        )
        there.rows["course_modules"].append((module, course.id, 7, activity.id, 1, 0, 0))
        path = (*course.path, context)
        there.rows["context"].append((context, 70, module, path_of(path), len(path)))
        assign(there, activity.here, context)
    if activity.remembered and activity.creator is not None:
        write_log(there, activity, activity.creator, 1600000000, "Add", activity.seed, None)
        write_log(there, activity, activity.creator, 1600000001, "Edit", activity.seed, None)


def write_log(
    there: University,
    activity: Activity,
    person: Person,
    when: float,
    event: str,
    meeting_id: str,
    meta: object,
) -> None:
    if activity.remembered:
        text = None if meta is None else json.dumps(meta, separators=(",", ":"))
        there.put(
            "bigbluebuttonbn_logs", activity.course.id, activity.id, person.id, int(when), meeting_id, event, text
        )


def _restore(there: University, original: Activity) -> None:
    """Put one or two copies with the same seed into other courses, as a restored backup does."""
    others = [course for course in there.courses if course.exists and course is not original.course]
    copies = [
        Activity(
            id=next(there.ids),
            course=course,
            seed=original.seed,
            name=original.name,
            text=original.text,
            rules=original.rules,
            creator=there.chance.choice(there.teachers),
            here={},
        )
        for course in there.chance.sample(others, there.chance.choice((1, 1, 2)))
    ]
    for copy in copies:
        _write(there, copy)
    if len(copies) == 1:
        original.copy = copies[0]
