"""Doubts and reasons in French, for those who decide whose recordings are.

The English ones are made of fixed phrases around names and numbers, and stay as they are in `--json` and CSV.
"""

import re

_PHRASES = (
    (r"nobody found", "personne trouvé"),
    (r"unknown server", "serveur inconnu"),
    (r"not searched", "pas cherché"),
    (r"search failed: run again", "recherche échouée : à relancer"),
    (r"all suspended", "tous suspendus"),
    (r"not certain", "pas certain"),
    (r"doubtful", "douteux"),
    (r"log: moderated this session", "journal : a animé cette séance"),
    (r"rule: all, editing teacher of the course", "règle : tous, enseignant éditeur du cours"),
    (r"rule: all, added the activity", "règle : tous, a créé l'activité"),
    (r"rule: user", "règle : nommé en personne"),
    (r"rule: owner", "règle : propriétaire de l'activité"),
    (r"rule: role (.+?) in activity", r"règle : rôle \1 dans l'activité"),
    (r"rule: role (.+?) in course", r"règle : rôle \1 dans le cours"),
    (r"rule: role (.+?) in category", r"règle : rôle \1 dans une catégorie"),
    (r"rule: role (.+?) in site", r"règle : rôle \1 dans tout le site"),
    (r", joined this session", ", présent à cette séance"),
    (r" at that time", " à ce moment-là"),
    (r", given later", ", donné plus tard"),
    (r"added the activity", "a créé l'activité"),
    (r"owner of the activity", "a créé l'activité"),
    (r"opened this session", "a ouvert cette séance"),
    (r"editing teacher of the course", "enseignant éditeur du cours"),
    (r"owner of Pod's meeting (\S+?)(, now (\S+))?(?=[;)]|$)", r"propriétaire de la réunion Pod \1"),
    (r"the recording does not say of which Pod", "l'enregistrement ne dit pas de quel Pod"),
    (r"Pod's meeting (\S+) does not exist any more", r"la réunion Pod \1 n'existe plus"),
    (r"activity (\d+) of course (\d+)", r"activité \1 du cours \2"),
    (r"\(a restored copy\)", "(copie restaurée)"),
    (r"has another seed: the meeting was another one's", "a un autre code : la réunion était une autre"),
    (r"is no more", "n'existe plus"),
    (r"restored as activities ([\d, ]+), which does not decide", r"restaurée sous les activités \1 : indécidable"),
    (
        r"no activity: Moodle has no row of it, and its meetingID is not of Moodle's form",
        "aucune activité : Moodle n'en a pas de trace et l'identifiant n'est pas de Moodle",
    ),
    (r"no origin server, and no meetingID of a Moodle", "sans serveur d'origine ni identifiant de Moodle"),
    (r"no origin server, and no section (\S+)", r"sans serveur d'origine, et sans section \1"),
    (r"no origin server, and not of ", "sans serveur d'origine, et pas de "),
    (r"(\S+): not of (?=moodle )", r"\1 : pas de "),
    (r"(\d+) people, more than (\d+)", r"\1 personnes, plus de \2"),
    (r"left out: ", "écartés : "),
    (r"administrators", "administrateurs"),
    (r"deleted users", "utilisateurs supprimés"),
    (r"the guest", "le visiteur anonyme"),
    (r"users of another site \(MNet\)", "utilisateurs d'un autre site (MNet)"),
    (r"users whose name the rule for Pod does not match", "utilisateurs sans identifiant pour Pod"),
    (r", suspended\)", ", suspendu)"),
)
_COMPILED = tuple((re.compile(english), french) for english, french in _PHRASES)


def in_french(text: str) -> str:
    """Say a doubt or reasons in French; what is not known stays in English."""
    for english, french in _COMPILED:
        text = english.sub(french, text)
    return text
