-- The words of names, folded as those of posts are, by which people are found.
CREATE TABLE account_words (
  is_local   BOOLEAN NOT NULL,            -- they live here
  word       TEXT COLLATE "C" NOT NULL, -- ordered as bytes, whatever order the database has
  account_id BIGINT NOT NULL REFERENCES accounts (id) ON DELETE CASCADE,
  PRIMARY KEY (is_local, word, account_id)
);
CREATE INDEX account_words_by_account ON account_words (account_id, word);

-- Who was here before is given theirs by a job.
INSERT INTO jobs (id, kind, payload, turn, run_at, attempts, created_at)
SELECT 70, 'index_accounts', '{"IndexAccounts":{"below":9223372036854775807}}', 0, 0, 0, 0
 WHERE EXISTS (SELECT 1 FROM accounts);
