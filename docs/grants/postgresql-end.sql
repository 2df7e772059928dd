-- PostgreSQL: what postgresql.sql and postgresql-notice.sql made goes, at the end of the migration.
--
-- Nothing is to be replaced. Run it in Moodle's database, as an administrator. Take out the notices first
-- (`bbbmig moodle-notice remove`), for which their account is needed; leave out the lines of an account that you have not made.
-- DROP OWNED takes back what was granted to the account; neither owns anything. Moodle's own tables are not touched.

DROP VIEW IF EXISTS bbbmig_view.bbbmig_config;
DROP SCHEMA IF EXISTS bbbmig_view;
DROP OWNED BY bbbmig_ro;
DROP ROLE bbbmig_ro;
DROP OWNED BY bbbmig_notice;
DROP ROLE bbbmig_notice;
