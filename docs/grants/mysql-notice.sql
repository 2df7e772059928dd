-- MySQL and MariaDB: the second account, only for the notice in Moodle's activities (`bbbmig moodle-notice`).
--
-- Replace, wherever they stand: @MOODLE_DATABASE@ (Moodle's database), @PREFIX@ (Moodle's $CFG->prefix, mdl_ for most),
-- @HOST@ (where bbbmig runs), @PASSWORD@ (letters and digits).
-- It can change the texts of BigBlueButton activities and the mark that empties a course's cache; nothing else.

CREATE USER 'bbbmig_notice'@'@HOST@' IDENTIFIED BY '@PASSWORD@';

GRANT SELECT (id, course, introformat, timemodified, intro) ON @MOODLE_DATABASE@.@PREFIX@bigbluebuttonbn TO 'bbbmig_notice'@'@HOST@';
GRANT UPDATE (intro, timemodified) ON @MOODLE_DATABASE@.@PREFIX@bigbluebuttonbn TO 'bbbmig_notice'@'@HOST@';

-- So that texts shown on course pages change at once, and not when Moodle next empties its caches. May be left out.
GRANT SELECT (module, instance, showdescription) ON @MOODLE_DATABASE@.@PREFIX@course_modules TO 'bbbmig_notice'@'@HOST@';
GRANT SELECT (id, name) ON @MOODLE_DATABASE@.@PREFIX@modules TO 'bbbmig_notice'@'@HOST@';
GRANT SELECT (id, cacherev) ON @MOODLE_DATABASE@.@PREFIX@course TO 'bbbmig_notice'@'@HOST@';
GRANT UPDATE (cacherev) ON @MOODLE_DATABASE@.@PREFIX@course TO 'bbbmig_notice'@'@HOST@';
