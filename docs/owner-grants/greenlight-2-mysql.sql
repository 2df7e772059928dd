-- MySQL and MariaDB: an account with which bbbmig reads who owns the rooms of a Greenlight 2, and can do nothing else.
--
-- Replace, wherever they stand: @GREENLIGHT_DATABASE@ (the database), @HOST@ (where bbbmig runs),
-- @PASSWORD@ (letters and digits). Run it as an administrator of the database.
-- Only the columns named here can be read: no password_digest, no reset_digest, no moderator_pw.

-- Greenlight before 2.4 has no column deleted, before 2.5 no table shared_accesses: leave them out there.

CREATE USER 'bbbmig_greenlight'@'@HOST@' IDENTIFIED BY '@PASSWORD@';

GRANT SELECT (id, user_id, name, uid, bbb_id, created_at, deleted) ON `@GREENLIGHT_DATABASE@`.rooms TO 'bbbmig_greenlight'@'@HOST@';
GRANT SELECT (id, name, email, username, social_uid, provider, deleted) ON `@GREENLIGHT_DATABASE@`.users TO 'bbbmig_greenlight'@'@HOST@';
GRANT SELECT (user_id, room_id) ON `@GREENLIGHT_DATABASE@`.shared_accesses TO 'bbbmig_greenlight'@'@HOST@';
