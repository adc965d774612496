-- What members keep to read again.
CREATE TABLE bookmarks (
  id         BIGINT PRIMARY KEY,        -- sorts by when it was kept
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  status_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  UNIQUE (account_id, status_id)
);
CREATE INDEX bookmarks_newest ON bookmarks (account_id, id);
CREATE INDEX bookmarks_by_status ON bookmarks (status_id);

-- Lists of favourites go by when each was made: an id of its own, which sorts so.
ALTER TABLE favourites ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
UPDATE favourites SET id = created_at * 65536 + status_id % 65536;
CREATE INDEX favourites_newest ON favourites (account_id, id);
