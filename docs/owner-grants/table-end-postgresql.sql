-- PostgreSQL: what a file table-…-postgresql.sql made goes, at the end of the migration.
--
-- Nothing is to be replaced. Run it in that database, as an administrator. The client's own tables are not touched.

DROP OWNED BY bbbmig_table;
DROP ROLE bbbmig_table;
