-- What an app asked to post with an Idempotency-Key: asked again, it gets the same status and posts nothing.
CREATE TABLE written_once (
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  key_hash   BYTEA NOT NULL,             -- of the key
  status_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, key_hash)
);
CREATE INDEX written_once_by_status ON written_once (status_id);
CREATE INDEX written_once_by_age ON written_once (created_at);
