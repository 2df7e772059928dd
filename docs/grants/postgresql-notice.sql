-- PostgreSQL: the second account, only for the notice in Moodle's activities (`bbbmig moodle-notice`).
--
-- Replace: moodle (the database), public (Moodle's schema), mdl_ (Moodle's $CFG->prefix), PASSWORD.
-- It can change the texts of BigBlueButton activities and the mark that empties a course's cache; nothing else.

CREATE ROLE bbbmig_notice LOGIN PASSWORD 'PASSWORD';

GRANT CONNECT ON DATABASE moodle TO bbbmig_notice;
GRANT USAGE ON SCHEMA public TO bbbmig_notice;

GRANT SELECT (id, course, introformat, timemodified, intro) ON public.mdl_bigbluebuttonbn TO bbbmig_notice;
GRANT UPDATE (intro, timemodified) ON public.mdl_bigbluebuttonbn TO bbbmig_notice;

-- So that texts shown on course pages change at once, and not when Moodle next empties its caches. May be left out.
GRANT SELECT (module, instance, showdescription) ON public.mdl_course_modules TO bbbmig_notice;
GRANT SELECT (id, name) ON public.mdl_modules TO bbbmig_notice;
GRANT SELECT (id, cacherev) ON public.mdl_course TO bbbmig_notice;
GRANT UPDATE (cacherev) ON public.mdl_course TO bbbmig_notice;
