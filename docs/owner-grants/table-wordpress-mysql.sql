-- MySQL and MariaDB: an account with which bbbmig reads who owns the meetings of WordPress, and can do nothing else.
--
-- Replace, wherever they stand: @TABLE_DATABASE@ (what DB_NAME in its wp-config.php says),
-- @PREFIX@ ($table_prefix in its wp-config.php, wp_ for most),
-- @HOST@ (where bbbmig runs), @PASSWORD@ (letters and digits). Run it as an administrator of the database.
-- Written from the client's source, not tried on an installed one.

CREATE USER 'bbbmig_table'@'@HOST@' IDENTIFIED BY '@PASSWORD@';

GRANT SELECT (ID, post_author, post_title) ON `@TABLE_DATABASE@`.@PREFIX@posts TO 'bbbmig_table'@'@HOST@';
GRANT SELECT (post_id, meta_key, meta_value) ON `@TABLE_DATABASE@`.@PREFIX@postmeta TO 'bbbmig_table'@'@HOST@';
GRANT SELECT (ID, user_login, user_email) ON `@TABLE_DATABASE@`.@PREFIX@users TO 'bbbmig_table'@'@HOST@';
