"""Esup-Pod over REST: external recordings, users, files for a recorder, meetings, videos.

`server` sends and pages, `failure` says what went wrong, `values` reads replies. On them stand `links` (which needs our
file in Pod, see `extension`), `users`, `recorder`, `meetings`, `sites` and `videos`; `inspect` looks at everything for
`bbbmig check`. How Pod behaves is in the facts of pod-rest.md: filters that it does not know are ignored, so every
result is compared with what was asked for; what it may have done before an answer was lost is looked for before it is
sent again.
"""
