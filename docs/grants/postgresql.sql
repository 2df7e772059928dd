-- PostgreSQL: an account with which bbbmig finds owners in Moodle, and can do nothing else.
--
-- Replace: moodle (the database), public (Moodle's schema: $CFG->dboptions['dbschema']), mdl_ (Moodle's
-- $CFG->prefix), PASSWORD. Run it in Moodle's database, as an administrator.
-- Only the columns named here can be read: no password, no setting.

CREATE ROLE bbbmig_ro LOGIN PASSWORD 'PASSWORD';
ALTER ROLE bbbmig_ro SET default_transaction_read_only = on;

GRANT CONNECT ON DATABASE moodle TO bbbmig_ro;
GRANT USAGE ON SCHEMA public TO bbbmig_ro;

GRANT SELECT (id, course, name, meetingid, participants) ON public.mdl_bigbluebuttonbn TO bbbmig_ro;

-- Moodle 4 and newer; Moodle 3 has no such table: leave this statement out there.
GRANT SELECT (id, courseid, bigbluebuttonbnid, recordingid, imported) ON public.mdl_bigbluebuttonbn_recordings TO bbbmig_ro;

-- Who moderated, joined and opened sessions. Without it only the activities' rules tell whose a recording is.
GRANT SELECT (id, courseid, bigbluebuttonbnid, userid, timecreated, meetingid, log, meta) ON public.mdl_bigbluebuttonbn_logs TO bbbmig_ro;

GRANT SELECT (id, username, firstname, lastname, email, idnumber, auth, deleted, suspended, confirmed, mnethostid) ON public.mdl_user TO bbbmig_ro;
GRANT SELECT (id, fullname) ON public.mdl_course TO bbbmig_ro;
GRANT SELECT (id, module, instance) ON public.mdl_course_modules TO bbbmig_ro;
GRANT SELECT (id, name) ON public.mdl_modules TO bbbmig_ro;
GRANT SELECT (id, contextlevel, instanceid, path) ON public.mdl_context TO bbbmig_ro;
GRANT SELECT (id, shortname, archetype) ON public.mdl_role TO bbbmig_ro;
GRANT SELECT (id, roleid, contextid, userid, timemodified) ON public.mdl_role_assignments TO bbbmig_ro;
GRANT SELECT (id, courseid) ON public.mdl_enrol TO bbbmig_ro;
GRANT SELECT (enrolid, userid) ON public.mdl_user_enrolments TO bbbmig_ro;

-- When people got and lost roles, out of Moodle's own log: it tells the teacher of then from the teacher of now. Only
-- these columns: not who did what. May be left out: then a recording whose teacher left is nobody's more often.
GRANT SELECT (id, eventname, contextid, objectid, relateduserid, timecreated) ON public.mdl_logstore_standard_log TO bbbmig_ro;

-- Five settings out of mdl_config, whose other rows hold secrets (the secret of BigBlueButton, passwords of mail).
-- Do not grant mdl_config itself. The view reads it with the rights of its owner.
CREATE VIEW public.bbbmig_config AS
  SELECT name, value FROM public.mdl_config
   WHERE name IN ('bigbluebuttonbn_participant_moderator_default', 'siteguest', 'siteadmins', 'mnet_localhost_id', 'release');
GRANT SELECT ON public.bbbmig_config TO bbbmig_ro;
