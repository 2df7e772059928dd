-- MySQL and MariaDB: an account with which bbbmig reads who owns the meetings of Nextcloud, and can do nothing else.
--
-- Replace, wherever they stand: @TABLE_DATABASE@ (what dbname in its config.php says),
-- @PREFIX@ (dbtableprefix in its config.php, oc_ for most),
-- @HOST@ (where bbbmig runs), @PASSWORD@ (letters and digits). Run it as an administrator of the database.
-- Written from the client's source, not tried on an installed one.

CREATE USER 'bbbmig_table'@'@HOST@' IDENTIFIED BY '@PASSWORD@';

GRANT SELECT (uid, user_id, name) ON `@TABLE_DATABASE@`.@PREFIX@bbb_rooms TO 'bbbmig_table'@'@HOST@';
