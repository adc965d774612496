-- How far a member has read in a timeline.
CREATE TABLE markers (
  account_id   BIGINT NOT NULL REFERENCES members (account_id),
  timeline     TEXT NOT NULL,           -- home, notifications
  last_read_id BIGINT NOT NULL,
  version      BIGINT NOT NULL,         -- grows with every change
  updated_at   BIGINT NOT NULL,
  PRIMARY KEY (account_id, timeline)
);
INSERT INTO markers (account_id, timeline, last_read_id, version, updated_at)
SELECT account_id, 'notifications', notifications_read_id, 0, created_at
  FROM members
 WHERE notifications_read_id > 0;
ALTER TABLE members DROP COLUMN notifications_read_id;
