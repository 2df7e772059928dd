"""The page that an old address shows whose recording is neither in Pod nor in a mirror, in French and English."""

PAGE = """\
<!DOCTYPE html>
<html lang="fr">
<head>
<meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<title>Enregistrement déplacé · Recording moved</title>
<style>body { font: 1.1rem/1.5 system-ui, sans-serif; max-width: 40rem; margin: 3rem auto; padding: 0 1rem } </style>
</head>
<body>
<section lang="fr">
<h1>Cet enregistrement n'est plus ici</h1>
<p>L'ancien serveur BigBlueButton a été arrêté. Ses enregistrements ont été déplacés vers la plateforme vidéo de
l'établissement. Celui-ci n'y est pas publié : la personne qui a animé la séance peut l'y publier, ou vous dire où le
trouver.</p>
</section>
<section lang="en">
<h1>This recording is no longer here</h1>
<p>The old BigBlueButton server has been switched off. Its recordings have moved to the institution's video platform.
This one is not published there: whoever led the session can publish it, or tell you where to find it.</p>
</section>
</body>
</html>
"""
