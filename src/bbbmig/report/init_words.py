"""What `init` asks and says, in English and French, with the words that Pod, Moodle and BigBlueButton use there."""

from collections.abc import Mapping

from bbbmig.domain.choices import Language

Words = Mapping[Language, str]
EN, FR = Language.EN, Language.FR

HELLO: Words = {
    EN: "Ten questions at most; each answer is tried at once. Ctrl-C keeps what was answered; run it again to go on.\n"
    "The settings go into {file}.",
    FR: "Dix questions au plus ; chaque réponse est essayée aussitôt. Ctrl-C garde ce qui est répondu ; relancez pour "
    "continuer.\nLes réglages vont dans {file}.",
}
HERE: Words = {EN: "answered already: {key}", FR: "déjà répondu : {key}"}
EMPTY: Words = {EN: "An answer is needed here.", FR: "Il faut une réponse ici."}
NUMBER: Words = {EN: "A number is needed here.", FR: "Il faut un nombre ici."}
ONE_OF: Words = {EN: "One of: {words}", FR: "Au choix : {words}"}
TRYING: Words = {EN: "trying …", FR: "essai …"}
KEEP: Words = {EN: "Keep it all the same? [y/N]", FR: "Garder quand même ? [o/N]"}
YES: Mapping[Language, frozenset[str]] = {EN: frozenset({"y", "yes"}), FR: frozenset({"o", "oui", "y"})}
DONE: Words = {
    EN: "Written: {file}. Next:\n    {check}\n    {survey}\n    {links}",
    FR: "Écrit : {file}. Ensuite :\n    {check}\n    {survey}\n    {links}",
}
STOPPED: Words = {EN: "Kept so far: {file}.", FR: "Gardé jusqu'ici : {file}."}
HIDDEN: Words = {EN: " (is not shown)", FR: " (ne s'affiche pas)"}

QUESTIONS: Mapping[str, Words] = {
    "bbb.url": {
        EN: "Address of the old BigBlueButton or Scalelite, as in https://bbb.univ.fr",
        FR: "Adresse de l'ancien BigBlueButton ou Scalelite, comme https://bbb.univ.fr",
    },
    "bbb.secret": {
        EN: "Its secret; `bbb-conf --secret` prints it, Scalelite's is LOADBALANCER_SECRET",
        FR: "Son secret ; `bbb-conf --secret` l'affiche, celui de Scalelite est LOADBALANCER_SECRET",
    },
    "pod.url": {EN: "Address of Pod, as in https://pod.univ.fr", FR: "Adresse de Pod, comme https://pod.univ.fr"},
    "pod.token": {
        EN: "Token of a staff user of Pod (Pod's administration, Auth Token)",
        FR: "Jeton d'un utilisateur « équipe » de Pod (administration de Pod, Jetons)",
    },
    "pod.administrator": {
        EN: "User name in Pod of whoever gets recordings whose owner is not known",
        FR: "Identifiant Pod de qui reçoit les enregistrements sans propriétaire connu",
    },
    "recorder.directory": {
        EN: "Directory of Pod's recorder, as this machine sees it; empty: links only, no files for now",
        FR: "Répertoire de l'enregistreur de Pod, vu de cette machine ; vide : des liens seulement, pas de fichiers",
    },
    "recorder.id": {
        EN: "Number of that recorder in Pod's administration",
        FR: "Numéro de cet enregistreur dans l'administration de Pod",
    },
    "owners": {
        EN: "Who knows whose recordings are: moodle, greenlight, none",
        FR: "Qui sait à qui sont les enregistrements : moodle, greenlight, aucun",
    },
    "database": {
        EN: "Its database, as in mysql://bbbmig_ro@db.univ.fr/moodle or postgresql://…",
        FR: "Sa base de données, comme mysql://bbbmig_ro@db.univ.fr/moodle ou postgresql://…",
    },
    "password": {EN: "Password of that account", FR: "Mot de passe de ce compte"},
}
OWNERS: Mapping[str, str] = {"moodle": "moodle", "greenlight": "greenlight", "none": "", "aucun": "", "": ""}
"""What may be answered, and the section that it means."""
NOT_A_DATABASE: Words = {
    EN: "That is not the address of a database: mysql://USER@HOST/NAME (also for MariaDB), postgresql://…, sqlite:///FILE.",
    FR: "Ce n'est pas l'adresse d'une base : mysql://COMPTE@HÔTE/NOM (MariaDB aussi), postgresql://…, sqlite:///FICHIER.",
}
