-- MySQL and MariaDB: what a file table-…-mysql.sql made goes, at the end of the migration.
--
-- Replace @HOST@ as then. Nothing here touches the client's own tables.

DROP USER IF EXISTS 'bbbmig_table'@'@HOST@';
