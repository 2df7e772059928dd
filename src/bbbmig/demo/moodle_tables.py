"""The tables of the sample Moodle: those of Moodle 4.1 in SQLite's words, as far as bbbmig reads or writes them."""

TABLES = """
CREATE TABLE mdl_config (id INTEGER PRIMARY KEY, name TEXT NOT NULL UNIQUE, value TEXT NOT NULL);
CREATE TABLE mdl_user (
    id INTEGER PRIMARY KEY, auth TEXT NOT NULL DEFAULT 'manual', confirmed INTEGER NOT NULL DEFAULT 1,
    deleted INTEGER NOT NULL DEFAULT 0, suspended INTEGER NOT NULL DEFAULT 0, mnethostid INTEGER NOT NULL DEFAULT 1,
    username TEXT NOT NULL, idnumber TEXT NOT NULL DEFAULT '', firstname TEXT NOT NULL, lastname TEXT NOT NULL,
    email TEXT NOT NULL);
CREATE TABLE mdl_course (
    id INTEGER PRIMARY KEY, fullname TEXT NOT NULL, shortname TEXT NOT NULL, cacherev INTEGER NOT NULL DEFAULT 0);
CREATE TABLE mdl_modules (id INTEGER PRIMARY KEY, name TEXT NOT NULL);
CREATE TABLE mdl_course_modules (
    id INTEGER PRIMARY KEY, course INTEGER NOT NULL, module INTEGER NOT NULL, instance INTEGER NOT NULL,
    showdescription INTEGER NOT NULL DEFAULT 0);
CREATE TABLE mdl_context (
    id INTEGER PRIMARY KEY, contextlevel INTEGER NOT NULL, instanceid INTEGER NOT NULL, path TEXT);
CREATE TABLE mdl_role (id INTEGER PRIMARY KEY, shortname TEXT NOT NULL, archetype TEXT NOT NULL);
CREATE TABLE mdl_role_assignments (
    id INTEGER PRIMARY KEY, roleid INTEGER NOT NULL, contextid INTEGER NOT NULL, userid INTEGER NOT NULL,
    timemodified INTEGER NOT NULL DEFAULT 0);
CREATE TABLE mdl_logstore_standard_log (
    id INTEGER PRIMARY KEY, eventname TEXT NOT NULL, contextid INTEGER NOT NULL, objectid INTEGER,
    relateduserid INTEGER, timecreated INTEGER NOT NULL);
CREATE TABLE mdl_enrol (id INTEGER PRIMARY KEY, courseid INTEGER NOT NULL);
CREATE TABLE mdl_user_enrolments (id INTEGER PRIMARY KEY, enrolid INTEGER NOT NULL, userid INTEGER NOT NULL);
CREATE TABLE mdl_bigbluebuttonbn (
    id INTEGER PRIMARY KEY, course INTEGER NOT NULL, name TEXT NOT NULL, intro TEXT, introformat INTEGER NOT NULL
    DEFAULT 1, meetingid TEXT NOT NULL, participants TEXT, timemodified INTEGER NOT NULL DEFAULT 0);
CREATE TABLE mdl_bigbluebuttonbn_recordings (
    id INTEGER PRIMARY KEY, courseid INTEGER NOT NULL, bigbluebuttonbnid INTEGER NOT NULL, groupid INTEGER,
    recordingid TEXT NOT NULL, headless INTEGER NOT NULL DEFAULT 0, imported INTEGER NOT NULL DEFAULT 0,
    status INTEGER NOT NULL DEFAULT 2);
CREATE INDEX mdl_bigbreco_rec_ix ON mdl_bigbluebuttonbn_recordings (recordingid);
CREATE TABLE mdl_bigbluebuttonbn_logs (
    id INTEGER PRIMARY KEY, courseid INTEGER NOT NULL, bigbluebuttonbnid INTEGER NOT NULL, userid INTEGER,
    timecreated INTEGER NOT NULL, meetingid TEXT NOT NULL, log TEXT NOT NULL, meta TEXT);
CREATE INDEX mdl_bigblogs_cou_ix ON mdl_bigbluebuttonbn_logs (courseid, bigbluebuttonbnid, userid, log);
"""
