"""What is known of the tables of other clients of BigBlueButton: one SELECT each, with the columns of docs/owners.md.

`read`: written from the client's source, and run on tables made after it, never on an installed one. `{prefix}` is
filled in from the settings.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Literal


@dataclass(frozen=True, slots=True, kw_only=True)
class Preset:
    """One client: its SELECT, what `bbb-origin` begins with, how its rooms are named in recordings."""

    query: str
    standing: Literal["tried", "read"]
    origins: tuple[str, ...] = ()
    prefix: str = ""
    metadata: str = ""
    pattern: str = ""


PRESETS: Mapping[str, Preset] = {
    "pilos": Preset(  # THM-Health/PILOS @df4945e6; a meeting is one session, its room is in the table rooms
        standing="read",
        origins=("pilos",),
        query="""SELECT m.id AS meeting_id, u.external_id AS username, u.email, u.firstname AS first_name,
       u.lastname AS last_name, r.name AS activity, 'owner' AS why
  FROM meetings m JOIN rooms r ON r.id = m.room_id JOIN users u ON u.id = r.user_id
UNION ALL
SELECT m.id, u.external_id, u.email, u.firstname, u.lastname, r.name,
       CASE x.role WHEN 3 THEN 'co-owner of the room' ELSE 'moderator of the room' END
  FROM meetings m JOIN rooms r ON r.id = m.room_id JOIN room_user x ON x.room_id = r.id
  JOIN users u ON u.id = x.user_id
 WHERE x.role IN (2, 3)""",
    ),
    "nextcloud": Preset(  # cloud_bbb @0c1c8d25
        standing="read",
        origins=("nextcloud",),
        prefix="oc_",
        query="SELECT uid AS meeting_id, user_id AS username, name AS activity, 'owner' AS why FROM {prefix}bbb_rooms",
    ),
    "studip": Preset(  # elan-ev/studip-meeting @1e85263
        standing="read",
        origins=("stud.ip",),
        query="""SELECT COALESCE(NULLIF(m.remote_id, ''), m.identifier) AS meeting_id, u.username, 'owner' AS why
  FROM vc_meetings m JOIN auth_user_md5 u ON u.user_id = m.user_id""",
    ),
    "b3desk": Preset(  # numerique-gouv/b3desk @02081574; the meetingID ends with a sum that the table does not have
        standing="read",
        metadata="meetingID",
        pattern=r"meeting-persistent-([0-9]+)--.*",
        query="""SELECT m.id AS metadata_value, u.preferred_username AS username, u.email, 'owner' AS why
  FROM meeting m JOIN "user" u ON u.id = m.owner_id""",
    ),
    "wordpress": Preset(  # the plug-in bigbluebutton @e9d5207
        standing="read",
        prefix="wp_",
        query="""SELECT k.meta_value AS meeting_id, u.user_login AS username, u.user_email AS email,
       p.post_title AS activity, 'owner' AS why
  FROM {prefix}postmeta k JOIN {prefix}posts p ON p.ID = k.post_id JOIN {prefix}users u ON u.ID = p.post_author
 WHERE k.meta_key = 'bbb-room-meeting-id'""",
    ),
}
