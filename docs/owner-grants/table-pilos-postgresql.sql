-- PostgreSQL: an account with which bbbmig reads who owns the meetings of PILOS, and can do nothing else.
--
-- Replace, wherever they stand: @TABLE_DATABASE@ (pilos, or what DB_DATABASE in its .env says),
-- @SCHEMA@ (public for most), @PASSWORD@ (letters and digits). Run it in that database, as an administrator.
-- Written from the client's source, not tried on an installed one.

CREATE ROLE bbbmig_table LOGIN PASSWORD '@PASSWORD@';
ALTER ROLE bbbmig_table SET default_transaction_read_only = on;

GRANT CONNECT ON DATABASE "@TABLE_DATABASE@" TO bbbmig_table;
GRANT USAGE ON SCHEMA @SCHEMA@ TO bbbmig_table;

GRANT SELECT (id, external_id, email, firstname, lastname) ON @SCHEMA@.users TO bbbmig_table;
GRANT SELECT (id, user_id, name) ON @SCHEMA@.rooms TO bbbmig_table;
GRANT SELECT (id, room_id) ON @SCHEMA@.meetings TO bbbmig_table;
GRANT SELECT (room_id, user_id, role) ON @SCHEMA@.room_user TO bbbmig_table;
