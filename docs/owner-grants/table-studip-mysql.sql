-- MySQL and MariaDB: an account with which bbbmig reads who owns the meetings of Stud.IP, and can do nothing else.
--
-- Replace, wherever they stand: @TABLE_DATABASE@ (what DB_STUDIP_DATABASE in its config_local.inc.php says),
-- @HOST@ (where bbbmig runs), @PASSWORD@ (letters and digits). Run it as an administrator of the database.
-- Written from the client's source, not tried on an installed one.

CREATE USER 'bbbmig_table'@'@HOST@' IDENTIFIED BY '@PASSWORD@';

GRANT SELECT (remote_id, identifier, user_id) ON `@TABLE_DATABASE@`.vc_meetings TO 'bbbmig_table'@'@HOST@';
GRANT SELECT (user_id, username) ON `@TABLE_DATABASE@`.auth_user_md5 TO 'bbbmig_table'@'@HOST@';
