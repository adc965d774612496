-- What members say of themselves and of their pictures.
ALTER TABLE accounts ADD COLUMN hide_collections BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE accounts ADD COLUMN avatar_description TEXT NOT NULL DEFAULT '';
ALTER TABLE accounts ADD COLUMN header_description TEXT NOT NULL DEFAULT '';

-- A file that is somebody's picture: avatar or header. Empty for the others.
ALTER TABLE media ADD COLUMN shown_as TEXT NOT NULL DEFAULT '';
CREATE INDEX media_shown ON media (account_id, shown_as) WHERE shown_as <> '';

-- Whether files of what a member writes are folded, where a post says nothing else.
ALTER TABLE members ADD COLUMN sensitive BOOLEAN NOT NULL DEFAULT FALSE;
