-- Posts that a member has not finished.
CREATE TABLE drafts (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  sent       TEXT NOT NULL,             -- JSON, as `statuses::api::Sent` reads it
  created_at BIGINT NOT NULL,
  updated_at BIGINT NOT NULL
);
CREATE INDEX drafts_by_account ON drafts (account_id, id);

-- Into which a member sorts what they keep.
CREATE TABLE bookmark_folders (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  name       TEXT NOT NULL,
  emoji      TEXT                       -- that apps show with it
);
CREATE INDEX bookmark_folders_by_account ON bookmark_folders (account_id, id);

ALTER TABLE bookmarks ADD COLUMN folder_id BIGINT REFERENCES bookmark_folders (id) ON DELETE SET NULL;
CREATE INDEX bookmarks_by_folder ON bookmarks (folder_id, id) WHERE folder_id IS NOT NULL;
