-- MySQL and MariaDB: an account with which bbbmig reads who owns the meetings of PILOS, and can do nothing else.
--
-- Replace, wherever they stand: @TABLE_DATABASE@ (pilos, or what DB_DATABASE in its .env says),
-- @HOST@ (where bbbmig runs), @PASSWORD@ (letters and digits). Run it as an administrator of the database.
-- Written from the client's source, not tried on an installed one.

CREATE USER 'bbbmig_table'@'@HOST@' IDENTIFIED BY '@PASSWORD@';

GRANT SELECT (id, external_id, email, firstname, lastname) ON `@TABLE_DATABASE@`.users TO 'bbbmig_table'@'@HOST@';
GRANT SELECT (id, user_id, name) ON `@TABLE_DATABASE@`.rooms TO 'bbbmig_table'@'@HOST@';
GRANT SELECT (id, room_id) ON `@TABLE_DATABASE@`.meetings TO 'bbbmig_table'@'@HOST@';
GRANT SELECT (room_id, user_id, role) ON `@TABLE_DATABASE@`.room_user TO 'bbbmig_table'@'@HOST@';
