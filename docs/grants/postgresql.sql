-- PostgreSQL: an account with which bbbmig finds owners in Moodle, and can do nothing else.
--
-- Replace, wherever they stand: @MOODLE_DATABASE@ (Moodle's database), @SCHEMA@ (Moodle's schema, public for most:
-- $CFG->dboptions['dbschema']), @PREFIX@ (Moodle's $CFG->prefix, mdl_ for most), @PASSWORD@ (letters and digits).
-- Run it in Moodle's database, as an administrator.
-- Only the columns named here can be read: no password, no setting.

CREATE ROLE bbbmig_ro LOGIN PASSWORD '@PASSWORD@';
ALTER ROLE bbbmig_ro SET default_transaction_read_only = on;

GRANT CONNECT ON DATABASE @MOODLE_DATABASE@ TO bbbmig_ro;
GRANT USAGE ON SCHEMA @SCHEMA@ TO bbbmig_ro;

GRANT SELECT (id, course, name, meetingid, participants) ON @SCHEMA@.@PREFIX@bigbluebuttonbn TO bbbmig_ro;

-- Moodle 4 and newer; Moodle 3 has no such table: leave this statement out there.
GRANT SELECT (id, courseid, bigbluebuttonbnid, recordingid, imported) ON @SCHEMA@.@PREFIX@bigbluebuttonbn_recordings TO bbbmig_ro;

-- Who moderated, joined and opened sessions. Without it only the activities' rules tell whose a recording is.
GRANT SELECT (id, courseid, bigbluebuttonbnid, userid, timecreated, meetingid, log, meta) ON @SCHEMA@.@PREFIX@bigbluebuttonbn_logs TO bbbmig_ro;

GRANT SELECT (id, username, firstname, lastname, email, idnumber, auth, deleted, suspended, confirmed, mnethostid) ON @SCHEMA@.@PREFIX@user TO bbbmig_ro;
GRANT SELECT (id, fullname) ON @SCHEMA@.@PREFIX@course TO bbbmig_ro;
GRANT SELECT (id, module, instance) ON @SCHEMA@.@PREFIX@course_modules TO bbbmig_ro;
GRANT SELECT (id, name) ON @SCHEMA@.@PREFIX@modules TO bbbmig_ro;
GRANT SELECT (id, contextlevel, instanceid, path) ON @SCHEMA@.@PREFIX@context TO bbbmig_ro;
GRANT SELECT (id, shortname, archetype) ON @SCHEMA@.@PREFIX@role TO bbbmig_ro;
GRANT SELECT (id, roleid, contextid, userid, timemodified) ON @SCHEMA@.@PREFIX@role_assignments TO bbbmig_ro;
GRANT SELECT (id, courseid) ON @SCHEMA@.@PREFIX@enrol TO bbbmig_ro;
GRANT SELECT (enrolid, userid) ON @SCHEMA@.@PREFIX@user_enrolments TO bbbmig_ro;

-- When people got and lost roles, out of Moodle's own log: it tells the teacher of then from the teacher of now. Only
-- these columns: not who did what. May be left out: then a recording whose teacher left is nobody's more often.
GRANT SELECT (id, eventname, contextid, objectid, relateduserid, timecreated) ON @SCHEMA@.@PREFIX@logstore_standard_log TO bbbmig_ro;

-- Five settings out of Moodle's table config, whose other rows hold secrets (the secret of BigBlueButton, passwords of mail).
-- Do not grant that table itself. The view reads it with the rights of its owner.
-- It is in a schema of its own, so that nothing of bbbmig's is among Moodle's tables.
CREATE SCHEMA bbbmig_view;
CREATE VIEW bbbmig_view.bbbmig_config AS
  SELECT name, value FROM @SCHEMA@.@PREFIX@config
   WHERE name IN ('bigbluebuttonbn_participant_moderator_default', 'siteguest', 'siteadmins', 'mnet_localhost_id', 'release');
GRANT USAGE ON SCHEMA bbbmig_view TO bbbmig_ro;
GRANT SELECT ON bbbmig_view.bbbmig_config TO bbbmig_ro;
