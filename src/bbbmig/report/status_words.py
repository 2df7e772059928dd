"""What people read of the states of recordings, in English and French.

Directors read it, too: no recordIDs, no exit codes, no names of programs.
"""

from collections.abc import Mapping

from bbbmig.domain.choices import Language
from bbbmig.domain.recording_state import Actor, Caveat, Safety, Why
from bbbmig.domain.status import Item

Words = Mapping[Language, str]
EN, FR = Language.EN, Language.FR

RECORDINGS = {EN: ("recording", "recordings"), FR: ("enregistrement", "enregistrements")}

SAFETY: Mapping[Safety, Words] = {
    Safety.SAFE: {EN: "safe, with its owner", FR: "à l'abri, chez son propriétaire"},
    Safety.UNCLAIMED: {EN: "safe, unclaimed", FR: "à l'abri, personne ne l'a réclamé"},
    Safety.GIVEN_UP: {EN: "given up, decided", FR: "abandonné, décision écrite"},
    Safety.LINK_ONLY: {EN: "link only", FR: "lien seulement"},
    Safety.FAILED: {EN: "failed", FR: "échec"},
    Safety.NOT_STARTED: {EN: "not started or unknown", FR: "pas commencé ou inconnu"},
}

ACTOR: Mapping[Actor, Words] = {
    Actor.NOBODY: {EN: "nobody", FR: "personne"},
    Actor.NEXT_RUN: {EN: "automatic, with the next run", FR: "automatique, à la prochaine exécution"},
    Actor.OPERATOR: {EN: "whoever runs the servers", FR: "l'administrateur des serveurs"},
    Actor.OWNER: {EN: "the teachers concerned", FR: "les enseignants concernés"},
    Actor.DECISION: {EN: "a decision is needed", FR: "une décision est nécessaire"},
}

WHY: Mapping[Why, Words] = {
    Why.PLAYS: {EN: "in the dashboard of its owner in Pod", FR: "dans le tableau de bord de son propriétaire dans Pod"},
    Why.CLAIMED: {EN: "claimed in Pod by a teacher", FR: "réclamé dans Pod par un enseignant"},
    Why.GIVEN_ON: {EN: "in Pod, given on to somebody else since", FR: "dans Pod, transmis depuis à quelqu'un d'autre"},
    Why.WAITS: {EN: "waits on Pod's claim page", FR: "attend sur la page de revendication de Pod"},
    Why.WITH_ADMINISTRATOR: {
        EN: "in Pod with the administrator, since no owner is known",
        FR: "dans Pod chez l'administrateur, faute de propriétaire connu",
    },
    Why.DECIDED: {EN: "given up by a written decision", FR: "abandonné par décision écrite"},
    Why.LEFT_OUT: {EN: "left out in the file of owners", FR: "écarté dans le fichier des propriétaires"},
    Why.IGNORED_SERVER: {
        EN: "comes from a server that is left out on purpose",
        FR: "provient d'un serveur volontairement écarté",
    },
    Why.CANNOT_SAY: {EN: "Pod could not be asked", FR: "Pod n'a pas pu être interrogé"},
    Why.BEING_ENCODED: {EN: "Pod has it and is still encoding it", FR: "Pod l'a reçu et l'encode encore"},
    Why.NOT_TOLD: {
        EN: "its file lies ready, and Pod does not offer it",
        FR: "son fichier est prêt, mais Pod ne le propose pas",
    },
    Why.TOO_SHORT: {EN: "the video in Pod is too short", FR: "la vidéo dans Pod est trop courte"},
    Why.BROKEN: {EN: "the video in Pod cannot be read to its end", FR: "la vidéo dans Pod ne se lit pas jusqu'au bout"},
    Why.NEVER_ENCODED: {
        EN: "Pod has it and never encoded it: nobody can play it",
        FR: "Pod l'a reçu sans jamais l'encoder : illisible",
    },
    Why.FILE_NOT_WHOLE: {
        EN: "the file that waits to be claimed is not whole",
        FR: "le fichier à réclamer est incomplet",
    },
    Why.VANISHED: {EN: "was in Pod, and is gone", FR: "était dans Pod, et a disparu"},
    Why.CLAIM_VANISHED: {
        EN: "was claimed, and its owner has no such video any more",
        FR: "a été réclamé, et son propriétaire n'a plus cette vidéo",
    },
    Why.UNREADABLE: {EN: "what was noted about it cannot be read", FR: "ce qui a été noté à son sujet est illisible"},
    Why.ID_TOO_LONG: {EN: "its identity is too long to be noted", FR: "son identifiant est trop long pour être noté"},
    Why.FAILED_BEFORE: {EN: "failed several times", FR: "a échoué plusieurs fois"},
    Why.FAILED: {EN: "failed, and is tried again", FR: "a échoué, sera repris"},
    Why.LINK: {
        EN: "Pod has a link to the old server, and no video",
        FR: "Pod a un lien vers l'ancien serveur, sans vidéo",
    },
    Why.UNPUBLISHED: {EN: "hidden on the old server", FR: "masqué sur l'ancien serveur"},
    Why.NO_PLAYBACK: {EN: "has nothing that can be played", FR: "n'a rien qui puisse être lu"},
    Why.NEEDS_CONVERTER: {
        EN: "must be converted, and nothing here can do it",
        FR: "doit être converti, et rien ici ne le peut",
    },
    Why.UNKNOWN_SERVER: {
        EN: "comes from a server that nobody has named",
        FR: "provient d'un serveur que personne n'a déclaré",
    },
    Why.OWNER_SEARCH_FAILED: {EN: "its owner could not be looked up", FR: "son propriétaire n'a pas pu être recherché"},
    Why.EXCLUDED: {
        EN: "confidential, and no owner is known",
        FR: "confidentiel, et sans propriétaire connu",
    },
    Why.BEGUN: {EN: "was begun, and goes on with the next run", FR: "est commencé, la prochaine exécution continue"},
    Why.NOT_BEGUN: {EN: "not begun yet", FR: "pas encore commencé"},
}

CAVEAT: Mapping[Caveat, Words] = {
    Caveat.DRAFT: {EN: "drafts: students do not see them", FR: "brouillons : les étudiants ne les voient pas"},
    Caveat.DOUBTFUL_OWNER: {
        EN: "given to an owner who was only guessed",
        FR: "remis à un propriétaire seulement supposé",
    },
    Caveat.NEVER_SIGNED_IN: {
        EN: "with an account that was never used: perhaps the wrong user name",
        FR: "chez un compte jamais utilisé : peut-être un mauvais identifiant",
    },
    Caveat.NOT_ALL_SHOWN: {EN: "something is missing from the video", FR: "il manque quelque chose dans la vidéo"},
    Caveat.LENGTH_UNKNOWN: {EN: "nobody knows how long it should be", FR: "on ignore quelle devrait être sa durée"},
}

ITEM: Mapping[Item, Words] = {
    Item.NOTHING_LOST: {EN: "Nothing would be lost", FR: "Rien ne serait perdu"},
    Item.NO_NEW_RECORDINGS: {
        EN: "Nothing was recorded on the old server for a week",
        FR: "Rien n'a été enregistré sur l'ancien serveur depuis une semaine",
    },
    Item.NOTHING_UNCLAIMED: {EN: "Every video has an owner in Pod", FR: "Chaque vidéo a un propriétaire dans Pod"},
    Item.READ_WHOLE: {
        EN: "A sample of videos was read from beginning to end",
        FR: "Un échantillon de vidéos a été lu en entier",
    },
    Item.BACKUP: {
        EN: "Pod's backup is newer than its last video",
        FR: "La sauvegarde de Pod est postérieure à sa dernière vidéo",
    },
    Item.REDIRECTS: {
        EN: "Old addresses lead to the videos in Pod",
        FR: "Les anciennes adresses mènent aux vidéos de Pod",
    },
    Item.ARCHIVE: {
        EN: "The list and the old server's files are archived",
        FR: "La liste et les fichiers de l'ancien serveur sont archivés",
    },
    Item.ANNOUNCED: {
        EN: "The day was announced to teachers and students",
        FR: "La date a été annoncée aux enseignants et aux étudiants",
    },
    Item.KEEP: {
        EN: "The server is kept, switched off, for three months before it is erased",
        FR: "Le serveur est conservé, éteint, trois mois avant d'être effacé",
    },
}

YES = {EN: "Yes: all {kept} to be kept are in Pod{given}.", FR: "Oui : les {kept} à garder sont dans Pod{given}."}
GIVEN = {
    EN: ("; {number} is given up by decision", "; {number} are given up by decision"),
    FR: (" ; {number} est abandonné par décision", " ; {number} sont abandonnés par décision"),
}
NOT_YET = {
    EN: ("Not yet: {lost} ({hours}) would be lost.",) * 2,
    FR: ("Pas encore : {lost} ({hours}) serait perdu.", "Pas encore : {lost} ({hours}) seraient perdus."),
}
PACE = {EN: " At this pace: {day}.", FR: " À ce rythme : {day}."}
CANNOT_SAY = {
    EN: "Cannot say: Pod could not be asked about {unsure}.",
    FR: "Impossible de répondre : Pod n'a pas pu être interrogé pour {unsure}.",
}
LIST_NOT_WHOLE = {
    EN: "Cannot say: the old server's list is not complete ({lost} could not be read).",
    FR: "Impossible de répondre : la liste de l'ancien serveur est incomplète ({lost} illisibles).",
}
NOTHING_LISTED = {
    EN: "Cannot say: the old server lists no recording at all.",
    FR: "Impossible de répondre : l'ancien serveur n'annonce aucun enregistrement.",
}

QUESTION = {EN: "May {server} be switched off?", FR: "Peut-on arrêter {server} ?"}
UNTITLED = {EN: "without a title", FR: "sans titre"}
IN_POD = {EN: "Pod was asked: it has {count}.", FR: "Pod a été interrogé : il possède {count}."}
COMPARED = {
    EN: "The lengths of {count} were compared (at most 2% shorter).",
    FR: "La durée a été comparée pour {count} (2\u00a0% de moins au plus).",
}
READ = {
    EN: "{whole} of {asked} videos were read from beginning to end.",
    FR: "{whole} vidéos sur {asked} ont été lues en entier.",
}
VANISHED = {
    EN: "Gone from Pod since the last look: {count}. Was Pod restored?",
    FR: "Disparus de Pod depuis la dernière fois : {count}. Pod a-t-il été restauré ?",
}
NO_LENGTH = {
    EN: "Nobody knows how long {count} are: they count for no hours.",
    FR: "On ignore la durée de {count} : ils ne comptent pour aucune heure.",
}
MADE = {EN: "Made on {moment}.", FR: "Établi le {moment}."}
LIST = {EN: "The old server was asked on {moment}.", FR: "L'ancien serveur a été interrogé le {moment}."}
KEPT_LIST = {EN: "From the list that was kept on {moment}.", FR: "D'après la liste conservée le {moment}."}
NOTHING_CHANGED = {EN: "Nothing was changed.", FR: "Rien n'a été modifié."}

OBSTACLES = {EN: "What stands in the way", FR: "Ce qui s'y oppose"}
TO_KNOW = {EN: "Safe, but you should know", FR: "À l'abri, mais à savoir"}
GIVEN_UP = {EN: "Given up, and who decided it", FR: "Abandonné, et qui l'a décidé"}
CHECKED = {EN: "How this was verified", FR: "Comment cela a été vérifié"}
CURVE = {EN: "How it went on", FR: "Évolution"}
WOULD_BE_LOST = {EN: "{count} would have been lost", FR: "{count} auraient été perdus"}
COLON = {EN: ": ", FR: " : "}
CHECKLIST = {EN: "Before switching off", FR: "Avant l'arrêt"}

CLASSES = {EN: "What has become of the recordings", FR: "Ce que sont devenus les enregistrements"}
DATE = {EN: "Date", FR: "Date"}
SIGNATURE = {EN: "Decided by (name, signature)", FR: "Décidé par (nom, signature)"}
HEADS: Mapping[Language, Mapping[str, str]] = {
    EN: {"what": "What", "count": "Recordings", "hours": "Hours", "who": "Who, and how"},
    FR: {"what": "Quoi", "count": "Enregistrements", "hours": "Heures", "who": "Qui, et comment"},
}
