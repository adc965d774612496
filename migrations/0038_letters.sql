-- What a letter leads to: good once, for a while. We keep its hash.

CREATE TABLE letter_links (
  token_hash BYTEA PRIMARY KEY,
  subject_id BIGINT NOT NULL,           -- a member, or somebody who waits to become one
  purpose    TEXT NOT NULL,             -- reset, address, sign_up
  email      TEXT NOT NULL,             -- where the letter went
  created_at BIGINT NOT NULL,
  expires_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX letter_links_by_subject ON letter_links (subject_id, purpose);
CREATE INDEX letter_links_by_expiry ON letter_links (expires_at);

ALTER TABLE members ADD COLUMN email_confirmed_at BIGINT;  -- NULL: nobody showed that they read what is sent there
ALTER TABLE members ADD COLUMN email_wanted TEXT;          -- another address, until that is shown of it
