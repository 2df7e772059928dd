-- MySQL and MariaDB: an account with which bbbmig reads who owns the rooms of a Greenlight 3, and can do nothing else.
--
-- Replace, wherever they stand: @GREENLIGHT_DATABASE@ (the database), @HOST@ (where bbbmig runs),
-- @PASSWORD@ (letters and digits). Run it as an administrator of the database.
-- Only the columns named here can be read: no password_digest, no session_token, no table of tenants, which holds secrets.

CREATE USER 'bbbmig_greenlight'@'@HOST@' IDENTIFIED BY '@PASSWORD@';

GRANT SELECT (id, user_id, name, friendly_id, meeting_id, created_at) ON `@GREENLIGHT_DATABASE@`.rooms TO 'bbbmig_greenlight'@'@HOST@';
GRANT SELECT (id, name, email, external_id, provider, status) ON `@GREENLIGHT_DATABASE@`.users TO 'bbbmig_greenlight'@'@HOST@';
GRANT SELECT (user_id, room_id) ON `@GREENLIGHT_DATABASE@`.shared_accesses TO 'bbbmig_greenlight'@'@HOST@';

-- What Greenlight remembers of recordings. May be left out: it helps only where BigBlueButton lost a meetingID, and
-- recordIDs are not made of it.
GRANT SELECT (record_id, room_id) ON `@GREENLIGHT_DATABASE@`.recordings TO 'bbbmig_greenlight'@'@HOST@';
