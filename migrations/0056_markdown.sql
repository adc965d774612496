-- In what a member writes: text/plain or text/markdown.
ALTER TABLE statuses ADD COLUMN format TEXT NOT NULL DEFAULT 'text/plain';
ALTER TABLE members ADD COLUMN format TEXT NOT NULL DEFAULT 'text/plain';   -- where a post says nothing else
