-- PostgreSQL: what greenlight-2-postgresql.sql or greenlight-3-postgresql.sql made goes, at the end of the migration.
--
-- Nothing is to be replaced. Run it in Greenlight's database, as an administrator.
-- DROP OWNED takes back what was granted to the account; it owns nothing. Greenlight's own tables are not touched.

DROP OWNED BY bbbmig_greenlight;
DROP ROLE bbbmig_greenlight;
