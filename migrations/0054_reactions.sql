-- With which emoji somebody favourites a post. Each stands beside its favourite, and goes with it.
CREATE TABLE reactions (
  account_id   BIGINT NOT NULL,
  status_id    BIGINT NOT NULL,
  emoji        TEXT NOT NULL,           -- of Unicode, or a code between colons
  url          TEXT NOT NULL,           -- where the picture of a code from elsewhere is; empty for others
  community_id BIGINT,                  -- whose code it is, for one of ours
  created_at   BIGINT NOT NULL,
  PRIMARY KEY (account_id, status_id),
  FOREIGN KEY (account_id, status_id) REFERENCES favourites (account_id, status_id) ON DELETE CASCADE
);
CREATE INDEX reactions_by_status ON reactions (status_id, created_at);
