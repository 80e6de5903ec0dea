-- Where several files of a submission bear one name, the finding's whole path tells them apart.
ALTER TABLE finding ADD COLUMN path TEXT NOT NULL DEFAULT '';
