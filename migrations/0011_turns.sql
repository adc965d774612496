-- Jobs of a server that sent more than its share wait for their turn, but only while somebody else's wait, too.
ALTER TABLE jobs ADD COLUMN early BOOLEAN NOT NULL DEFAULT FALSE;
CREATE INDEX jobs_early ON jobs (run_at, id) WHERE early;
