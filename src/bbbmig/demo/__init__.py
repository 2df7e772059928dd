"""Sample servers and data: what `bbbmig demo` shows and what the tests talk to. All on loopback.

`recordings` are the recordings of an old server; `bbb_server` is that server, `moodle_sample` the Moodle behind
it, `pod_server` the Pod that receives; `media` makes real films; `tour` leads through the commands.
"""
