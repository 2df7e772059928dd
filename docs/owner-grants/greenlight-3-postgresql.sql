-- PostgreSQL: an account with which bbbmig reads who owns the rooms of a Greenlight 3, and can do nothing else.
--
-- Replace, wherever they stand: @GREENLIGHT_DATABASE@ (greenlight-v3-production, or what DATABASE_URL in its .env says),
-- @SCHEMA@ (public for most), @PASSWORD@ (letters and digits).
-- Run it in Greenlight's database, as an administrator.
-- Only the columns named here can be read: no password_digest, no session_token, no table of tenants, which holds secrets.

CREATE ROLE bbbmig_greenlight LOGIN PASSWORD '@PASSWORD@';
ALTER ROLE bbbmig_greenlight SET default_transaction_read_only = on;

GRANT CONNECT ON DATABASE "@GREENLIGHT_DATABASE@" TO bbbmig_greenlight;
GRANT USAGE ON SCHEMA @SCHEMA@ TO bbbmig_greenlight;

GRANT SELECT (id, user_id, name, friendly_id, meeting_id, created_at) ON @SCHEMA@.rooms TO bbbmig_greenlight;
GRANT SELECT (id, name, email, external_id, provider, status) ON @SCHEMA@.users TO bbbmig_greenlight;
GRANT SELECT (user_id, room_id) ON @SCHEMA@.shared_accesses TO bbbmig_greenlight;

-- What Greenlight remembers of recordings. May be left out: it helps only where BigBlueButton lost a meetingID, and
-- recordIDs are not made of it.
GRANT SELECT (record_id, room_id) ON @SCHEMA@.recordings TO bbbmig_greenlight;
