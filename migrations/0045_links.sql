-- Which public posts link to a page.
CREATE TABLE link_entries (
  url       TEXT NOT NULL,              -- as links::address writes it
  status_id BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  PRIMARY KEY (url, status_id)
);
CREATE INDEX link_entries_by_status ON link_entries (status_id);
