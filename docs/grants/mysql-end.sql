-- MySQL and MariaDB: what mysql.sql and mysql-notice.sql made goes, at the end of the migration.
--
-- Replace @HOST@ as then. Take out the notices first (`bbbmig moodle-notice remove`), for which their account is needed.
-- Nothing here touches Moodle's own tables.

DROP USER IF EXISTS 'bbbmig_ro'@'@HOST@';
DROP USER IF EXISTS 'bbbmig_notice'@'@HOST@';
DROP VIEW IF EXISTS bbbmig_view.bbbmig_config;
DROP DATABASE IF EXISTS bbbmig_view;
