"""Esup-Pod over REST: external recordings, users, files for a recorder, meetings, videos.

`client` sends and pages, `errors` says what went wrong, `json_row` reads replies. On them stand `links` (which needs
our file in Pod, see `extension`), `users`, `recorder`, `meetings`, `sites` and `videos`; `inspect` looks at everything
for `bbbmig check`. How Pod behaves is in docs/facts/pod-rest.md: filters that it does not know are ignored, so every
result is compared with what was asked for; what it may have done before an answer was lost is looked for before it is
sent again.
"""
