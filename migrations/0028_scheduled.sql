-- Posts that members wrote and that are published later, as their apps sent them.
CREATE TABLE scheduled (
  id           BIGINT PRIMARY KEY,
  account_id   BIGINT NOT NULL REFERENCES members (account_id),
  scheduled_at BIGINT NOT NULL,
  sent         TEXT NOT NULL,             -- JSON, as `statuses::api::Sent` reads it
  trouble      TEXT                       -- why it could not be published when its time came
);
CREATE INDEX scheduled_by_account ON scheduled (account_id, id);
