-- PostgreSQL: the second account, only for the notice in Moodle's activities (`bbbmig moodle-notice`).
--
-- Replace, wherever they stand: @MOODLE_DATABASE@ (Moodle's database), @SCHEMA@ (Moodle's schema, public for most:
-- $CFG->dboptions['dbschema']), @PREFIX@ (Moodle's $CFG->prefix, mdl_ for most), @PASSWORD@ (letters and digits).
-- It can change the texts of BigBlueButton activities and the mark that empties a course's cache; nothing else.

CREATE ROLE bbbmig_notice LOGIN PASSWORD '@PASSWORD@';

GRANT CONNECT ON DATABASE @MOODLE_DATABASE@ TO bbbmig_notice;
GRANT USAGE ON SCHEMA @SCHEMA@ TO bbbmig_notice;

GRANT SELECT (id, course, introformat, timemodified, intro) ON @SCHEMA@.@PREFIX@bigbluebuttonbn TO bbbmig_notice;
GRANT UPDATE (intro, timemodified) ON @SCHEMA@.@PREFIX@bigbluebuttonbn TO bbbmig_notice;

-- So that texts shown on course pages change at once, and not when Moodle next empties its caches. May be left out.
GRANT SELECT (module, instance, showdescription) ON @SCHEMA@.@PREFIX@course_modules TO bbbmig_notice;
GRANT SELECT (id, name) ON @SCHEMA@.@PREFIX@modules TO bbbmig_notice;
GRANT SELECT (id, cacherev) ON @SCHEMA@.@PREFIX@course TO bbbmig_notice;
GRANT UPDATE (cacherev) ON @SCHEMA@.@PREFIX@course TO bbbmig_notice;
