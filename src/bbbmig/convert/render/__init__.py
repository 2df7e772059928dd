"""The fast renderer: a published presentation becomes a video file, without a browser and without a screen.

    address    where a presentation is, from what a person types
    files      its files: fetched once, whole, with resume, or read from a local folder
    timeline/  what is shown when, for every generation of BigBlueButton: pure, no pictures
    board/     drawings of the whiteboards, as Skia pictures
    picture/   slides, zoom, pointer, cameras and shared desks: one frame after another
    encode/    frames and sound into H.264 and AAC, chapters, checks
    job        one conversion, in a process of its own; `converter` starts, watches and ends it

The libraries are those of the extra `bbbmig[render]`; modules that need them are imported late, so that a machine
without them can still say what is missing (`libraries`).
"""
