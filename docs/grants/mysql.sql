-- MySQL and MariaDB: an account with which bbbmig finds owners in Moodle, and can do nothing else.
--
-- Replace: moodle (the database), mdl_ (Moodle's $CFG->prefix), HOST (where bbbmig runs), PASSWORD.
-- Run it as an administrator of the database. Only the columns named here can be read: no password, no setting.

CREATE USER 'bbbmig_ro'@'HOST' IDENTIFIED BY 'PASSWORD';

GRANT SELECT (id, course, name, meetingid, participants) ON moodle.mdl_bigbluebuttonbn TO 'bbbmig_ro'@'HOST';

-- Moodle 4 and newer; Moodle 3 has no such table: leave this statement out there.
GRANT SELECT (id, courseid, bigbluebuttonbnid, recordingid, imported) ON moodle.mdl_bigbluebuttonbn_recordings TO 'bbbmig_ro'@'HOST';

-- Who moderated, joined and opened sessions. Without it only the activities' rules tell whose a recording is.
GRANT SELECT (id, courseid, bigbluebuttonbnid, userid, timecreated, meetingid, log, meta) ON moodle.mdl_bigbluebuttonbn_logs TO 'bbbmig_ro'@'HOST';

GRANT SELECT (id, username, firstname, lastname, email, idnumber, auth, deleted, suspended, confirmed, mnethostid) ON moodle.mdl_user TO 'bbbmig_ro'@'HOST';
GRANT SELECT (id, fullname) ON moodle.mdl_course TO 'bbbmig_ro'@'HOST';
GRANT SELECT (id, module, instance) ON moodle.mdl_course_modules TO 'bbbmig_ro'@'HOST';
GRANT SELECT (id, name) ON moodle.mdl_modules TO 'bbbmig_ro'@'HOST';
GRANT SELECT (id, contextlevel, instanceid, path) ON moodle.mdl_context TO 'bbbmig_ro'@'HOST';
GRANT SELECT (id, shortname, archetype) ON moodle.mdl_role TO 'bbbmig_ro'@'HOST';
GRANT SELECT (id, roleid, contextid, userid, timemodified) ON moodle.mdl_role_assignments TO 'bbbmig_ro'@'HOST';
GRANT SELECT (id, courseid) ON moodle.mdl_enrol TO 'bbbmig_ro'@'HOST';
GRANT SELECT (enrolid, userid) ON moodle.mdl_user_enrolments TO 'bbbmig_ro'@'HOST';

-- When people got and lost roles, out of Moodle's own log: it tells the teacher of then from the teacher of now. Only
-- these columns: not who did what. May be left out: then a recording whose teacher left is nobody's more often.
GRANT SELECT (id, eventname, contextid, objectid, relateduserid, timecreated) ON moodle.mdl_logstore_standard_log TO 'bbbmig_ro'@'HOST';

-- Five settings out of mdl_config, whose other rows hold secrets (the secret of BigBlueButton, passwords of mail).
-- Do not grant mdl_config itself. The view reads it with the rights of whoever creates the view.
CREATE SQL SECURITY DEFINER VIEW moodle.bbbmig_config AS
  SELECT name, value FROM moodle.mdl_config
   WHERE name IN ('bigbluebuttonbn_participant_moderator_default', 'siteguest', 'siteadmins', 'mnet_localhost_id', 'release');
GRANT SELECT ON moodle.bbbmig_config TO 'bbbmig_ro'@'HOST';
