-- People whom a member recommends under one name, for others to see. Who is in one may take themself out, and is not put
-- in again: their row stays, and says so.
CREATE TABLE collections (
  id           BIGINT PRIMARY KEY,
  account_id   BIGINT NOT NULL REFERENCES members (account_id),
  name         TEXT NOT NULL,
  description  TEXT NOT NULL,
  language     TEXT,
  tag          TEXT,                    -- a hashtag by its folded name
  sensitive    BOOLEAN NOT NULL,
  discoverable BOOLEAN NOT NULL,        -- listed on the profile; otherwise only for who has the address
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL
);
CREATE INDEX collections_by_account ON collections (account_id, id);

CREATE TABLE collection_items (
  id            BIGINT PRIMARY KEY,     -- sorts by when they were put in
  collection_id BIGINT NOT NULL REFERENCES collections (id) ON DELETE CASCADE,
  account_id    BIGINT NOT NULL REFERENCES accounts (id),
  state         TEXT NOT NULL,          -- accepted, revoked
  created_at    BIGINT NOT NULL,
  UNIQUE (collection_id, account_id)
);
CREATE INDEX collection_items_by_account ON collection_items (account_id, id);

-- What collections said when they were reported. It stays when they go.
CREATE TABLE report_collections (
  report_id     BIGINT NOT NULL REFERENCES reports (id),
  collection_id BIGINT NOT NULL,
  iri           TEXT NOT NULL,
  said          TEXT NOT NULL,          -- plain text
  created_at    BIGINT NOT NULL,
  PRIMARY KEY (report_id, collection_id)
);

ALTER TABLE notifications ADD COLUMN collection_id BIGINT;   -- a row of collections
DROP INDEX notifications_once_each;
CREATE UNIQUE INDEX notifications_once_each ON notifications (account_id, kind, from_account_id) WHERE status_id IS NULL AND rule_id IS NULL AND report_id IS NULL AND collection_id IS NULL;
CREATE UNIQUE INDEX notifications_once_of_collection ON notifications (account_id, kind, collection_id) WHERE collection_id IS NOT NULL;
CREATE INDEX notifications_by_collection ON notifications (collection_id) WHERE collection_id IS NOT NULL;
