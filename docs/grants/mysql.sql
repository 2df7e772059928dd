-- MySQL and MariaDB: an account with which bbbmig finds owners in Moodle, and can do nothing else.
--
-- Replace, wherever they stand: @MOODLE_DATABASE@ (Moodle's database), @PREFIX@ (Moodle's $CFG->prefix, mdl_ for most),
-- @HOST@ (where bbbmig runs), @PASSWORD@ (letters and digits).
-- Run it as an administrator of the database. Only the columns named here can be read: no password, no setting.

CREATE USER 'bbbmig_ro'@'@HOST@' IDENTIFIED BY '@PASSWORD@';

GRANT SELECT (id, course, name, meetingid, participants) ON @MOODLE_DATABASE@.@PREFIX@bigbluebuttonbn TO 'bbbmig_ro'@'@HOST@';

-- Moodle 4 and newer; Moodle 3 has no such table: leave this statement out there.
GRANT SELECT (id, courseid, bigbluebuttonbnid, recordingid, imported) ON @MOODLE_DATABASE@.@PREFIX@bigbluebuttonbn_recordings TO 'bbbmig_ro'@'@HOST@';

-- Who moderated, joined and opened sessions. Without it only the activities' rules tell whose a recording is.
GRANT SELECT (id, courseid, bigbluebuttonbnid, userid, timecreated, meetingid, log, meta) ON @MOODLE_DATABASE@.@PREFIX@bigbluebuttonbn_logs TO 'bbbmig_ro'@'@HOST@';

GRANT SELECT (id, username, firstname, lastname, email, idnumber, auth, deleted, suspended, confirmed, mnethostid) ON @MOODLE_DATABASE@.@PREFIX@user TO 'bbbmig_ro'@'@HOST@';
GRANT SELECT (id, fullname) ON @MOODLE_DATABASE@.@PREFIX@course TO 'bbbmig_ro'@'@HOST@';
GRANT SELECT (id, module, instance) ON @MOODLE_DATABASE@.@PREFIX@course_modules TO 'bbbmig_ro'@'@HOST@';
GRANT SELECT (id, name) ON @MOODLE_DATABASE@.@PREFIX@modules TO 'bbbmig_ro'@'@HOST@';
GRANT SELECT (id, contextlevel, instanceid, path) ON @MOODLE_DATABASE@.@PREFIX@context TO 'bbbmig_ro'@'@HOST@';
GRANT SELECT (id, shortname, archetype) ON @MOODLE_DATABASE@.@PREFIX@role TO 'bbbmig_ro'@'@HOST@';
GRANT SELECT (id, roleid, contextid, userid, timemodified) ON @MOODLE_DATABASE@.@PREFIX@role_assignments TO 'bbbmig_ro'@'@HOST@';
GRANT SELECT (id, courseid) ON @MOODLE_DATABASE@.@PREFIX@enrol TO 'bbbmig_ro'@'@HOST@';
GRANT SELECT (enrolid, userid) ON @MOODLE_DATABASE@.@PREFIX@user_enrolments TO 'bbbmig_ro'@'@HOST@';

-- When people got and lost roles, out of Moodle's own log: it tells the teacher of then from the teacher of now. Only
-- these columns: not who did what. May be left out: then a recording whose teacher left is nobody's more often.
GRANT SELECT (id, eventname, contextid, objectid, relateduserid, timecreated) ON @MOODLE_DATABASE@.@PREFIX@logstore_standard_log TO 'bbbmig_ro'@'@HOST@';

-- Five settings out of Moodle's table config, whose other rows hold secrets (the secret of BigBlueButton, passwords of mail).
-- Do not grant that table itself. The view reads it with the rights of whoever creates the view.
-- It is in a database of its own: a view in Moodle's would stop dumps of it by accounts without SHOW VIEW.
CREATE DATABASE bbbmig_view;
CREATE SQL SECURITY DEFINER VIEW bbbmig_view.bbbmig_config AS
  SELECT name, value FROM @MOODLE_DATABASE@.@PREFIX@config
   WHERE name IN ('bigbluebuttonbn_participant_moderator_default', 'siteguest', 'siteadmins', 'mnet_localhost_id', 'release');
GRANT SELECT ON bbbmig_view.bbbmig_config TO 'bbbmig_ro'@'@HOST@';
