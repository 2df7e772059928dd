"""The API of BigBlueButton and Scalelite: what is on a server, and the files behind its playback pages.

The way of a reply: `address` and `sign` make the call, `client` sends it, `failure` says what went wrong, `cache`
keeps the bytes on disk, `parse` reads them, `merge` makes one recording of its parts, and `listing` decides in how
many calls to ask. `page` and `media` find the video file behind a recording. Nothing here changes the server: there
is no code for deleteRecordings, publishRecordings or updateRecordings.
"""
