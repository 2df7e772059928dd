-- MySQL and MariaDB: what greenlight-2-mysql.sql or greenlight-3-mysql.sql made goes, at the end of the migration.
--
-- Replace @HOST@ as then. Nothing here touches Greenlight's own tables.

DROP USER IF EXISTS 'bbbmig_greenlight'@'@HOST@';
