-- PostgreSQL: an account with which bbbmig reads who owns the rooms of a Greenlight 2, and can do nothing else.
--
-- Replace, wherever they stand: @GREENLIGHT_DATABASE@ (greenlight_production, or what DB_NAME in its .env says),
-- @SCHEMA@ (public for most), @PASSWORD@ (letters and digits).
-- Run it in Greenlight's database, as an administrator.
-- Only the columns named here can be read: no password_digest, no reset_digest, no moderator_pw.

-- Greenlight before 2.4 has no column deleted, before 2.5 no table shared_accesses: leave them out there.

CREATE ROLE bbbmig_greenlight LOGIN PASSWORD '@PASSWORD@';
ALTER ROLE bbbmig_greenlight SET default_transaction_read_only = on;

GRANT CONNECT ON DATABASE "@GREENLIGHT_DATABASE@" TO bbbmig_greenlight;
GRANT USAGE ON SCHEMA @SCHEMA@ TO bbbmig_greenlight;

GRANT SELECT (id, user_id, name, uid, bbb_id, created_at, deleted) ON @SCHEMA@.rooms TO bbbmig_greenlight;
GRANT SELECT (id, name, email, username, social_uid, provider, deleted) ON @SCHEMA@.users TO bbbmig_greenlight;
GRANT SELECT (user_id, room_id) ON @SCHEMA@.shared_accesses TO bbbmig_greenlight;
