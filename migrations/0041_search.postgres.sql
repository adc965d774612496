-- Words by which posts are found. Authors say whether strangers may find what they write.
ALTER TABLE accounts ADD COLUMN indexable BOOLEAN NOT NULL DEFAULT FALSE;

-- Which words are in which post.
CREATE TABLE search_entries (
  status_id BIGINT PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
  words     TSVECTOR NOT NULL
);
CREATE INDEX search_entries_by_words ON search_entries USING gin (words);

-- What was written before is indexed by a job.
INSERT INTO jobs (id, kind, payload, turn, run_at, attempts, created_at)
SELECT 38, 'index_statuses', '{"IndexStatuses":{"below":9223372036854775807}}', 0, 0, 0, 0
 WHERE EXISTS (SELECT 1 FROM statuses);
