-- PostgreSQL: an account with which bbbmig reads who owns the meetings of B3Desk, and can do nothing else.
--
-- Replace, wherever they stand: @TABLE_DATABASE@ (the database),
-- @SCHEMA@ (public for most), @PASSWORD@ (letters and digits). Run it in that database, as an administrator.
-- Written from the client's source, not tried on an installed one.

CREATE ROLE bbbmig_table LOGIN PASSWORD '@PASSWORD@';
ALTER ROLE bbbmig_table SET default_transaction_read_only = on;

GRANT CONNECT ON DATABASE "@TABLE_DATABASE@" TO bbbmig_table;
GRANT USAGE ON SCHEMA @SCHEMA@ TO bbbmig_table;

GRANT SELECT (id, owner_id) ON @SCHEMA@.meeting TO bbbmig_table;
GRANT SELECT (id, preferred_username, email) ON @SCHEMA@."user" TO bbbmig_table;
