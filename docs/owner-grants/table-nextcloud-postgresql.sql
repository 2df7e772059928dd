-- PostgreSQL: an account with which bbbmig reads who owns the meetings of Nextcloud, and can do nothing else.
--
-- Replace, wherever they stand: @TABLE_DATABASE@ (what dbname in its config.php says),
-- @PREFIX@ (dbtableprefix in its config.php, oc_ for most),
-- @SCHEMA@ (public for most), @PASSWORD@ (letters and digits). Run it in that database, as an administrator.
-- Written from the client's source, not tried on an installed one.

CREATE ROLE bbbmig_table LOGIN PASSWORD '@PASSWORD@';
ALTER ROLE bbbmig_table SET default_transaction_read_only = on;

GRANT CONNECT ON DATABASE "@TABLE_DATABASE@" TO bbbmig_table;
GRANT USAGE ON SCHEMA @SCHEMA@ TO bbbmig_table;

GRANT SELECT (uid, user_id, name) ON @SCHEMA@.@PREFIX@bbb_rooms TO bbbmig_table;
