CREATE TABLE acceptance (
    message INTEGER PRIMARY KEY REFERENCES message (id),
    at      TEXT NOT NULL,
    who     TEXT NOT NULL,
    why     TEXT NOT NULL
) STRICT;

CREATE TABLE assignment (
    address TEXT PRIMARY KEY, -- lower case
    unit    TEXT NOT NULL,
    at      TEXT NOT NULL,
    who     TEXT NOT NULL
) STRICT;

CREATE TABLE case_entry (
    id         INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submission (id),
    unit       TEXT NOT NULL,
    key        TEXT NOT NULL,
    title      TEXT NOT NULL,
    cluster    TEXT NOT NULL,
    level      TEXT NOT NULL,
    direction  TEXT NOT NULL,
    city       TEXT NOT NULL,
    county     TEXT NOT NULL,
    year       TEXT NOT NULL,
    body       TEXT NOT NULL,
    contact    TEXT NOT NULL,
    phone      TEXT NOT NULL,
    note       TEXT NOT NULL,
    row        INTEGER NOT NULL,
    file       TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    ok         INTEGER NOT NULL CHECK (ok IN (0, 1)),
    withdrawn  INTEGER NOT NULL CHECK (withdrawn IN (0, 1)),
    sketch     BLOB NOT NULL -- 4 bytes each, big-endian
) STRICT;

CREATE INDEX case_entry_key ON case_entry (unit, key);

CREATE INDEX case_entry_submission ON case_entry (submission);

CREATE TABLE event (
    id         INTEGER PRIMARY KEY,
    at         TEXT NOT NULL,
    who        TEXT NOT NULL,
    what       TEXT NOT NULL, -- "message.filed", "letter.sent": subject and, where it is a change of state, the new state
    why        TEXT NOT NULL,
    message    INTEGER NOT NULL, -- 0: none; no foreign keys, for the chain stands by itself
    submission INTEGER NOT NULL,
    letter     INTEGER NOT NULL,
    unit       TEXT NOT NULL,
    prev       TEXT NOT NULL,
    hash       TEXT NOT NULL
) STRICT;

CREATE INDEX event_letter ON event (letter) WHERE letter <> 0;

CREATE INDEX event_message ON event (message) WHERE message <> 0;

CREATE INDEX event_submission ON event (submission) WHERE submission <> 0;

CREATE TRIGGER event_keep BEFORE UPDATE ON event BEGIN
    SELECT RAISE(ABORT, 'events are never changed');
END;

CREATE TRIGGER event_stay BEFORE DELETE ON event BEGIN
    SELECT RAISE(ABORT, 'events are never deleted');
END;

CREATE TABLE extension (
    id    INTEGER PRIMARY KEY,
    call  TEXT NOT NULL,
    unit  TEXT NOT NULL, -- * for every unit
    until TEXT NOT NULL,
    at    TEXT NOT NULL,
    who   TEXT NOT NULL,
    why   TEXT NOT NULL
) STRICT;

CREATE TABLE fetch (
    folder      TEXT NOT NULL,
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    tries       INTEGER NOT NULL,
    PRIMARY KEY (folder, uidvalidity, uid)
) STRICT;

CREATE TABLE file (
    id         INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submission (id),
    name       TEXT NOT NULL,
    path       TEXT NOT NULL,
    part       TEXT NOT NULL,
    format     TEXT NOT NULL,
    sha256     TEXT NOT NULL,
    size       INTEGER NOT NULL,
    title      TEXT NOT NULL,
    prior      INTEGER NOT NULL CHECK (prior IN (0, 1)),
    copy       INTEGER NOT NULL CHECK (copy IN (0, 1)),
    used       INTEGER NOT NULL CHECK (used IN (0, 1))
) STRICT;

CREATE INDEX file_sha256 ON file (sha256);

CREATE INDEX file_submission ON file (submission);

CREATE TABLE finding (
    id         INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submission (id),
    code       TEXT NOT NULL,
    severity   TEXT NOT NULL,
    file       TEXT NOT NULL,
    sheet      TEXT NOT NULL,
    cell       TEXT NOT NULL,
    row        INTEGER NOT NULL,
    column_id  TEXT NOT NULL,
    place      TEXT NOT NULL,
    found      TEXT NOT NULL,
    wanted     TEXT NOT NULL,
    message    TEXT NOT NULL,
    hint       TEXT NOT NULL,
    sha256     TEXT NOT NULL, -- of the file it stands in; several of one name joined by +; empty: in no file
    waived     INTEGER NOT NULL CHECK (waived IN (0, 1)),
    why        TEXT NOT NULL,
    trial      INTEGER NOT NULL CHECK (trial IN (0, 1))
, path TEXT NOT NULL DEFAULT '') STRICT;

CREATE INDEX finding_open ON finding (submission, severity) WHERE waived = 0 AND trial = 0;

CREATE INDEX finding_submission ON finding (submission);

CREATE TABLE folder (
    name        TEXT PRIMARY KEY,
    uidvalidity INTEGER NOT NULL,
    mails       INTEGER NOT NULL,
    seen_at     TEXT NOT NULL
, old_validity INTEGER NOT NULL DEFAULT 0, old_uid INTEGER NOT NULL DEFAULT 0) STRICT;

CREATE TABLE letter (
    id           INTEGER PRIMARY KEY,
    key          TEXT NOT NULL UNIQUE,
    kind         TEXT NOT NULL CHECK (kind IN ('receipt', 'correction', 'reminder', 'digest', 'alert', 'confirmation')),
    rank         INTEGER NOT NULL, -- order of sending: answers and alerts, reminders, digest
    call         TEXT NOT NULL,
    unit         TEXT NOT NULL,
    message      INTEGER REFERENCES message (id),
    submission   INTEGER REFERENCES submission (id),
    in_reply_to  TEXT NOT NULL,
    refs         TEXT NOT NULL,
    subject      TEXT NOT NULL,
    topic        TEXT NOT NULL,
    facts        TEXT NOT NULL,
    due          TEXT NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('due', 'composed', 'sent', 'dead', 'held')),
    message_id   TEXT NOT NULL UNIQUE,
    subject_line TEXT NOT NULL DEFAULT '',
    attempts     INTEGER NOT NULL DEFAULT 0,
    last_try     INTEGER NOT NULL DEFAULT 0 CHECK (last_try IN (0, 1)), -- the retries are used up
    final        INTEGER NOT NULL DEFAULT 0 CHECK (final IN (0, 1)), -- dead by a refusal that no retry can mend
    next_attempt TEXT NOT NULL,
    last_error   TEXT NOT NULL DEFAULT '',
    blob         TEXT NOT NULL DEFAULT '',
    created_at   TEXT NOT NULL,
    sent_at      TEXT NOT NULL DEFAULT '',
    bounced      TEXT NOT NULL DEFAULT ''
) STRICT;

CREATE INDEX letter_blob ON letter (blob) WHERE blob <> '';

CREATE INDEX letter_dead ON letter (id) WHERE state = 'dead';

CREATE INDEX letter_message ON letter (message);

CREATE INDEX letter_next ON letter (next_attempt, rank) WHERE state IN ('due', 'composed');

CREATE INDEX letter_sent ON letter (sent_at) WHERE sent_at <> '';

CREATE INDEX letter_submission ON letter (submission);

CREATE TABLE message (
    id          INTEGER PRIMARY KEY,
    folder      TEXT NOT NULL, -- where it lies, or lay last when gone
    uidvalidity INTEGER NOT NULL,
    uid         INTEGER NOT NULL,
    gone        INTEGER NOT NULL DEFAULT 0 CHECK (gone IN (0, 1)),
    sha256      TEXT NOT NULL, -- empty: never fetched
    size        INTEGER NOT NULL,
    removed     INTEGER NOT NULL DEFAULT 0 CHECK (removed IN (0, 1)),
    received_at TEXT NOT NULL,
    first_uid   INTEGER NOT NULL, -- when received: breaks ties of received_at
    date        TEXT NOT NULL DEFAULT '',
    message_id  TEXT NOT NULL DEFAULT '',
    sender      TEXT NOT NULL DEFAULT '',
    sender_name TEXT NOT NULL DEFAULT '',
    subject     TEXT NOT NULL DEFAULT '',
    call        TEXT NOT NULL DEFAULT '',
    unit        TEXT NOT NULL DEFAULT '',
    state       TEXT NOT NULL CHECK (state IN ('received', 'filed', 'ignored', 'held', 'failed')),
    why         TEXT NOT NULL DEFAULT '',
    why_text    TEXT NOT NULL DEFAULT '',
    believed    INTEGER NOT NULL DEFAULT 0 CHECK (believed IN (0, 1)),
    hint        TEXT NOT NULL DEFAULT '',
    fate        TEXT NOT NULL DEFAULT '',
    filed_in    INTEGER NOT NULL DEFAULT 0 CHECK (filed_in IN (0, 1))
, old INTEGER NOT NULL DEFAULT 0 CHECK (old IN (0, 1))) STRICT;

CREATE UNIQUE INDEX message_place ON message (folder, uidvalidity, uid) WHERE gone = 0;

CREATE INDEX message_sender ON message (sender, received_at) WHERE sender <> '';

CREATE INDEX message_sha256 ON message (sha256);

CREATE INDEX message_state ON message (state, received_at, first_uid);

CREATE INDEX message_to_file ON message (id) WHERE filed_in = 0 AND gone = 0 AND fate <> '';

CREATE TABLE moment (
    name TEXT PRIMARY KEY,
    at   TEXT NOT NULL,
    note TEXT NOT NULL
) STRICT;

CREATE TABLE postponement (
    id    INTEGER PRIMARY KEY,
    call  TEXT NOT NULL,
    unit  TEXT NOT NULL, -- * for every unit
    until TEXT NOT NULL,
    at    TEXT NOT NULL,
    who   TEXT NOT NULL,
    why   TEXT NOT NULL
) STRICT;

CREATE TABLE recipient (
    letter  INTEGER NOT NULL REFERENCES letter (id),
    seq     INTEGER NOT NULL,
    address TEXT NOT NULL, -- lower case
    shown   TEXT NOT NULL, -- as it was given
    cc      INTEGER NOT NULL CHECK (cc IN (0, 1)),
    bounced TEXT NOT NULL DEFAULT '', -- status and text; empty: none came
    PRIMARY KEY (letter, seq)
) STRICT;

CREATE INDEX recipient_address ON recipient (address, letter);

CREATE INDEX recipient_bounced ON recipient (letter, seq) WHERE bounced <> '';

CREATE TABLE submission (
    id           INTEGER PRIMARY KEY,
    message      INTEGER NOT NULL REFERENCES message (id),
    call         TEXT NOT NULL,
    unit         TEXT NOT NULL,
    revision     INTEGER NOT NULL,
    state        TEXT NOT NULL CHECK (state IN ('checked', 'returned', 'accepted', 'superseded', 'withdrawn')),
    nil          INTEGER NOT NULL CHECK (nil IN (0, 1)),
    late         INTEGER NOT NULL CHECK (late IN (0, 1)),
    received_at  TEXT NOT NULL,
    uid          INTEGER NOT NULL,
    number       INTEGER NOT NULL UNIQUE, -- of the receipt, running
    receipt      TEXT NOT NULL UNIQUE,
    owed         TEXT NOT NULL, -- JSON list of part ids
    brought      TEXT NOT NULL, -- JSON list of part ids
    judged_again INTEGER NOT NULL DEFAULT 0 CHECK (judged_again IN (0, 1)), -- a later one of the same mail stands in its place
    UNIQUE (call, unit, revision)
) STRICT;

CREATE INDEX submission_message ON submission (message);

CREATE INDEX submission_order ON submission (call, unit, received_at, uid, id);

CREATE TABLE summary_row (
    id         INTEGER PRIMARY KEY,
    submission INTEGER NOT NULL REFERENCES submission (id),
    file       TEXT NOT NULL,
    sheet      TEXT NOT NULL,
    row        INTEGER NOT NULL,
    case_file  TEXT NOT NULL,
    texts      TEXT NOT NULL, -- JSON object: column id to text
    cells      TEXT NOT NULL  -- JSON object: column id to address
) STRICT;

CREATE INDEX summary_row_submission ON summary_row (submission);

CREATE TABLE token (
    name    TEXT PRIMARY KEY,
    used_at TEXT NOT NULL,
    who     TEXT NOT NULL
) STRICT;

CREATE TABLE waiver (
    id        INTEGER PRIMARY KEY,
    call      TEXT NOT NULL,
    unit      TEXT NOT NULL,
    code      TEXT NOT NULL,
    sha256    TEXT NOT NULL,
    file      TEXT NOT NULL,
    sheet     TEXT NOT NULL,
    cell      TEXT NOT NULL,
    row       INTEGER NOT NULL,
    column_id TEXT NOT NULL,
    place     TEXT NOT NULL,
    found     TEXT NOT NULL,
    at        TEXT NOT NULL,
    who       TEXT NOT NULL,
    why       TEXT NOT NULL,
    UNIQUE (call, unit, code, sha256, file, sheet, cell, row, column_id, place, found)
) STRICT;

CREATE TABLE withdrawal (
    call   TEXT NOT NULL,
    unit   TEXT NOT NULL,
    key    TEXT NOT NULL,
    sha256 TEXT NOT NULL,
    at     TEXT NOT NULL,
    who    TEXT NOT NULL,
    why    TEXT NOT NULL,
    PRIMARY KEY (call, unit, key, sha256)
) STRICT;
