"""What people read of a survey, in English and French.

Directors read it, too: no recordIDs, no exit codes, no names of programs.
"""

from collections.abc import Mapping

from bbbmig.domain.choices import Language
from bbbmig.domain.survey import Content, Length, Whose
from bbbmig.domain.survey_ways import Question, WayName

Words = Mapping[Language, str]
EN, FR = Language.EN, Language.FR

QUESTION: Words = {EN: "What will it take to empty {server}?", FR: "Que faudra-t-il pour vider {server} ?"}
ANSWER: Words = {
    EN: "{nights} and {size} in Pod will do for {moved}. {undecided} a decision. Begun tonight, all is in Pod {when}.",
    FR: "{nights} et {size} dans Pod suffisent pour {moved}. {undecided} une décision. En commençant ce soir, tout est "
    "dans Pod {when}.",
}
NOTHING: Words = {EN: "There is nothing on it.", FR: "Il n'y a rien dessus."}
NEED: Mapping[Language, tuple[str, str]] = {EN: ("needs", "need"), FR: ("demande", "demandent")}
NIGHTS: Mapping[Language, tuple[str, str]] = {EN: ("night", "nights"), FR: ("nuit", "nuits")}
BETWEEN: Words = {EN: "between {least} and {most}", FR: "entre le {least} et le {most}"}
BY: Words = {EN: "by {most}", FR: "le {most}"}
TO: Words = {EN: "{least} to {most}", FR: "{least} à {most}"}
USUAL: Words = {
    EN: "Nothing was measured on this machine: usual values, hence the wide range (a night has 10 hours).",
    FR: "Rien n'a été mesuré sur cette machine : valeurs d'usage, d'où la large fourchette (une nuit compte "
    "10 heures).",
}
MEASURED: Words = {
    EN: "Measured here on {count} converted for it: {rate} times real time (a night has 10 hours).",
    FR: "Mesuré ici sur {count} convertis pour cela : {rate} fois le temps réel (une nuit compte 10 heures).",
}
POD_MORE: Words = {
    EN: "The space in Pod is that of the files; what Pod encodes of them comes on top.",
    FR: "La place dans Pod est celle des fichiers ; ce que Pod encode à partir d'eux s'y ajoute.",
}

TILES: Mapping[str, Words] = {
    "recordings": {EN: "recordings{years}", FR: "enregistrements{years}"},
    "hours": {
        EN: "of recording; half are longer than {median}, the longest lasts {longest}",
        FR: "d'enregistrement ; la moitié dépasse {median}, le plus long dure {longest}",
    },
    "size": {EN: "on the old server{unsaid}", FR: "sur l'ancien serveur{unsaid}"},
    "people": {EN: "people to whom they belong", FR: "personnes à qui ils appartiennent"},
    "known": {EN: "have a known owner", FR: "ont un propriétaire connu"},
}
UNSAID: Words = {EN: " (of {count} it does not say)", FR: " (il ne le dit pas pour {count})"}
YEARS: Words = {EN: ", {first} to {last}", FR: ", de {first} à {last}"}
AT_LEAST: Words = {EN: "at least {size}", FR: "au moins {size}"}

HEADS: Mapping[str, Words] = {
    "count": {EN: "recordings", FR: "enregistrements"},
    "hours": {EN: "hours", FR: "heures"},
    "size": {EN: "size", FR: "taille"},
    "year": {EN: "year", FR: "année"},
    "content": {EN: "what there is", FR: "ce qu'il y a"},
    "origin": {EN: "came from", FR: "provenance"},
    "length": {EN: "length", FR: "durée"},
    "owner": {EN: "owner", FR: "propriétaire"},
    "source": {EN: "told by", FR: "indiqué par"},
    "way": {EN: "way", FR: "voie"},
    "nights": {EN: "before switching off", FR: "avant l'arrêt"},
    "later": {EN: "machine afterwards", FR: "machine ensuite"},
    "pod": {EN: "in Pod", FR: "dans Pod"},
    "clicks": {EN: "to do by teachers", FR: "à faire par les enseignants"},
    "lost": {EN: "lost on the day", FR: "perdu le jour même"},
    "decide": {EN: "what", FR: "quoi"},
    "who": {EN: "who decides, and how", FR: "qui décide, et comment"},
}
BLOCKS: Mapping[str, Words] = {
    "year": {EN: "Hours by year", FR: "Heures par année"},
    "content": {EN: "What is there", FR: "Ce qui est là"},
    "length": {EN: "By length", FR: "Par durée"},
    "owner": {EN: "Whose they are", FR: "À qui ils sont"},
    "origin": {EN: "Where they came from", FR: "D'où ils viennent"},
    "ways": {EN: "What each way costs", FR: "Ce que coûte chaque voie"},
    "decisions": {EN: "To be decided before", FR: "À décider avant"},
    "notice": {EN: "What teachers and students will notice", FR: "Ce que remarqueront enseignants et étudiants"},
}
CONTENT: Mapping[Content, Words] = {
    Content.VIDEO: {EN: "video ready", FR: "vidéo prête"},
    Content.PRESENTATION: {EN: "presentation to convert", FR: "présentation à convertir"},
    Content.SOUND: {EN: "sound only", FR: "son seul"},
    Content.NOTHING: {EN: "nothing playable", FR: "rien de lisible"},
}
LENGTH: Mapping[Length, Words] = {
    Length.TEST: {EN: "under 2 minutes: tests, mostly", FR: "moins de 2 minutes : des essais, le plus souvent"},
    Length.SHORT: {EN: "2 to 30 minutes", FR: "de 2 à 30 minutes"},
    Length.LESSON: {EN: "30 minutes to 2 hours", FR: "de 30 minutes à 2 heures"},
    Length.LONG: {EN: "over 2 hours", FR: "plus de 2 heures"},
    Length.UNKNOWN: {EN: "nobody knows", FR: "inconnue"},
}
WHOSE: Mapping[Whose, Words] = {
    Whose.KNOWN: {EN: "known", FR: "connu"},
    Whose.DOUBTFUL: {EN: "doubtful", FR: "douteux"},
    Whose.NOBODY: {EN: "searched, and nobody", FR: "cherché, personne"},
    Whose.UNKNOWN_SERVER: {
        EN: "from a server that the settings do not know",
        FR: "d'un serveur que les réglages ignorent",
    },
    Whose.LEFT_OUT: {EN: "left out on purpose", FR: "écarté exprès"},
    Whose.NOT_ASKED: {EN: "nobody was asked", FR: "personne n'a été interrogé"},
}
QUOTED: Words = {EN: "“{title}”", FR: "« {title} »"}
NO_HOST: Words = {EN: "they do not say", FR: "ils ne le disent pas"}
UNKNOWN_HOST: Words = {EN: "{host} (unknown to the settings)", FR: "{host} (inconnu des réglages)"}
NO_YEAR: Words = {EN: "unknown", FR: "inconnue"}
OTHERS: Words = {EN: "others", FR: "autres"}

WAY: Mapping[WayName, Words] = {
    WayName.LINKS: {EN: "A. Links to the old server only", FR: "A. Des liens vers l'ancien serveur seulement"},
    WayName.PUBLISH: {
        EN: "B. Videos into their owners' dashboards",
        FR: "B. Les vidéos dans le tableau de bord des propriétaires",
    },
    WayName.CLAIM: {EN: "C. Files that teachers claim", FR: "C. Des fichiers que les enseignants revendiquent"},
    WayName.MIRROR: {
        EN: "D. Copy first, switch off, convert later",
        FR: "D. Copier d'abord, arrêter, convertir ensuite",
    },
    WayName.SINCE: {EN: "E. B, but only since {year}", FR: "E. B, mais seulement depuis {year}"},
}
CLICKS: Mapping[WayName, Words] = {
    WayName.LINKS: {EN: "none", FR: "rien"},
    WayName.PUBLISH: {EN: "show {count} drafts", FR: "publier {count} brouillons"},
    WayName.CLAIM: {EN: "claim and show {count} files", FR: "revendiquer et publier {count} fichiers"},
    WayName.MIRROR: {EN: "show {count} drafts", FR: "publier {count} brouillons"},
    WayName.SINCE: {EN: "show {count} drafts", FR: "publier {count} brouillons"},
}
MINUTES: Words = {EN: "minutes", FR: "quelques minutes"}
NONE: Words = {EN: "none", FR: "aucune"}
ALL: Words = {EN: "all of it", FR: "tout"}

DECISION: Mapping[Question, Words] = {
    Question.NOBODY: {EN: "owner unknown", FR: "propriétaire inconnu"},
    Question.DOUBTFUL: {
        EN: "owner doubtful: several may be meant",
        FR: "propriétaire douteux : plusieurs personnes possibles",
    },
    Question.UNKNOWN_SERVER: {
        EN: "from a server that the settings do not know",
        FR: "d'un serveur que les réglages ignorent",
    },
    Question.NOT_ASKED: {EN: "nobody was asked whose they are", FR: "personne n'a été interrogé sur leur propriétaire"},
    Question.UNPUBLISHED: {
        EN: "unpublished: the old server gives no file of them",
        FR: "non publiés : l'ancien serveur n'en donne aucun fichier",
    },
    Question.CONFIDENTIAL: {
        EN: "titles that sound confidential (juries, exams, councils)",
        FR: "titres qui semblent confidentiels (jurys, examens, conseils)",
    },
    Question.TESTS: {
        EN: "shorter than 2 minutes: move them at all?",
        FR: "moins de 2 minutes : faut-il les reprendre ?",
    },
    Question.OLD: {EN: "older than 5 years: move them at all?", FR: "plus de 5 ans : faut-il les reprendre ?"},
    Question.PROTECTED: {
        EN: "protected on the old server: they lose that where they are merely copied",
        FR: "protégés sur l'ancien serveur : une simple copie ne l'est plus",
    },
    Question.NOTHING: {EN: "nothing playable is left of them", FR: "il n'en reste rien de lisible"},
}
WHO: Mapping[Question, Words] = {
    Question.NOBODY: {EN: "e-learning team", FR: "ingénierie pédagogique"},
    Question.DOUBTFUL: {EN: "e-learning team", FR: "ingénierie pédagogique"},
    Question.UNKNOWN_SERVER: {EN: "whoever runs the servers", FR: "l'administrateur des serveurs"},
    Question.NOT_ASKED: {EN: "whoever runs the servers", FR: "l'administrateur des serveurs"},
    Question.UNPUBLISHED: {EN: "management, teachers concerned", FR: "direction, enseignants concernés"},
    Question.CONFIDENTIAL: {EN: "data protection officer", FR: "délégué à la protection des données"},
    Question.TESTS: {EN: "e-learning team", FR: "ingénierie pédagogique"},
    Question.OLD: {EN: "management, data protection officer", FR: "direction, délégué à la protection des données"},
    Question.PROTECTED: {EN: "security officer", FR: "responsable de la sécurité"},
    Question.NOTHING: {EN: "management", FR: "direction"},
}
NOTICED: Mapping[Language, tuple[str, ...]] = {
    EN: (
        "{published} can be seen by students today; as videos in Pod they are drafts until their owner shows them.",
        "A video is one picture with slides, drawings, cameras and sound. Nobody can jump from slide to slide.",
        "Links in courses and mails go on working only if the old addresses are redirected.",
        "Who claims or receives a video decides who sees it: that is not taken over from the old server.",
    ),
    FR: (
        "{published} sont visibles des étudiants ; dans Pod, ce sont des brouillons jusqu'à leur publication.",
        "Une vidéo est une seule image avec diapositives, dessins, caméras et son : on ne saute plus de page en page.",
        "Les liens des cours et des courriels ne marchent encore que si les anciennes adresses sont redirigées.",
        "Qui revendique ou reçoit une vidéo décide de qui la voit : cela n'est pas repris de l'ancien serveur.",
    ),
}
FAILED_SOURCES: Words = {
    EN: "These could not be asked whose the recordings are: {names}.",
    FR: "N'ont pas pu être interrogés sur les propriétaires : {names}.",
}
LOST: Words = {
    EN: "{count} or parts of the list could not be read and are not counted.",
    FR: "{count} ou parties de la liste n'ont pas pu être lus et ne sont pas comptés.",
}
MADE: Words = {EN: "Made on {moment}.", FR: "Établi le {moment}."}
LIST: Words = {EN: "The old server's list is of {moment}.", FR: "Liste de l'ancien serveur : {moment}."}
NOTHING_CHANGED: Words = {EN: "Nothing was changed anywhere.", FR: "Rien n'a été modifié nulle part."}
