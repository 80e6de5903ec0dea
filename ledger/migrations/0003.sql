-- The start line of answering is drawn by what the mailbox holds when it is first listed, so that no clock decides it.
-- In a folder of validity old_validity, mails up to UID old_uid lay there then; such a message is old and never answered.

ALTER TABLE folder ADD COLUMN old_validity INTEGER NOT NULL DEFAULT 0;
ALTER TABLE folder ADD COLUMN old_uid INTEGER NOT NULL DEFAULT 0;
ALTER TABLE message ADD COLUMN old INTEGER NOT NULL DEFAULT 0 CHECK (old IN (0, 1));
