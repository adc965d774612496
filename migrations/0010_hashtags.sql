-- Which public statuses name a hashtag. The name is folded: as `hashtags::folded` writes it.
CREATE TABLE hashtag_entries (
  name      TEXT NOT NULL,
  status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  PRIMARY KEY (name, status_id)
);
CREATE INDEX hashtag_entries_by_status ON hashtag_entries (status_id);
