-- Whether the files of a version were hidden, and what it asked: the titles of its choices, a list in JSON. Not there for versions
-- from before this was kept.
ALTER TABLE status_edits ADD COLUMN sensitive BOOLEAN;
ALTER TABLE status_edits ADD COLUMN asked TEXT;
