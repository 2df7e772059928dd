"""JavaScript for players of every generation: all of them follow one `<video>` or `<audio>`, whatever they look like.

The one with the cameras, or with the sound alone, leads; that of a shared desk follows
(docs/facts/conversion.md#files-of-a-presentation). What the server does not have is left aside.
"""

_LEADER = """
const desk = (m) => /deskshare|screenshare/i.test(`${m.id} ${m.className} ${m.currentSrc} ${m.parentElement?.id}`);
const broken = (m) => m.error || m.networkState === HTMLMediaElement.NETWORK_NO_SOURCE;
const all = [...document.querySelectorAll('video, audio')].filter((m) => (m.currentSrc || m.src) && !broken(m));
const leader = all.find((m) => !desk(m)) ?? all[0];
"""

READY = f"""(() => {{ {_LEADER}
return Boolean(leader) && leader.readyState >= 3 && leader.duration > 0
  && all.every((m) => m.readyState >= 2) && [...document.images].every((i) => i.complete || i.loading === 'lazy');
}})()"""
"""True when the player could play at once, with everything that it shows."""

PLAY = f"(async () => {{ {_LEADER} leader.currentTime = 0; await leader.play(); }})()"
"""Play from the beginning."""

WHERE = f"""(() => {{ {_LEADER}
return {{ at: leader.currentTime, clock: Date.now() / 1000, ended: leader.ended }}; }})()"""
"""Where it is in seconds, when that was asked in seconds since 1970, and whether it came to its end."""
