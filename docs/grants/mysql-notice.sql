-- MySQL and MariaDB: the second account, only for the notice in Moodle's activities (`bbbmig moodle-notice`).
--
-- Replace: moodle (the database), mdl_ (Moodle's $CFG->prefix), HOST (where bbbmig runs), PASSWORD.
-- It can change the texts of BigBlueButton activities and the mark that empties a course's cache; nothing else.

CREATE USER 'bbbmig_notice'@'HOST' IDENTIFIED BY 'PASSWORD';

GRANT SELECT (id, course, introformat, timemodified, intro) ON moodle.mdl_bigbluebuttonbn TO 'bbbmig_notice'@'HOST';
GRANT UPDATE (intro, timemodified) ON moodle.mdl_bigbluebuttonbn TO 'bbbmig_notice'@'HOST';

-- So that texts shown on course pages change at once, and not when Moodle next empties its caches. May be left out.
GRANT SELECT (module, instance, showdescription) ON moodle.mdl_course_modules TO 'bbbmig_notice'@'HOST';
GRANT SELECT (id, name) ON moodle.mdl_modules TO 'bbbmig_notice'@'HOST';
GRANT SELECT (id, cacherev) ON moodle.mdl_course TO 'bbbmig_notice'@'HOST';
GRANT UPDATE (cacherev) ON moodle.mdl_course TO 'bbbmig_notice'@'HOST';
