-- What members, and other servers, bring before the moderators of a community.
CREATE TABLE reports (
  id           BIGINT PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),   -- whose moderators look at it
  account_id   BIGINT NOT NULL REFERENCES accounts (id),      -- who reports: a member, or who speaks for a server
  target_id    BIGINT NOT NULL REFERENCES accounts (id),      -- who is reported
  iri          TEXT UNIQUE,                                   -- of what another server sent
  category     TEXT NOT NULL,                                 -- other, spam, legal, violation
  comment      TEXT NOT NULL,
  rule_ids     TEXT NOT NULL,                                 -- JSON: places in the list of what people here ask of each other
  forwarded_to TEXT NOT NULL,                                 -- JSON: servers to which it was sent on
  assigned_to  BIGINT REFERENCES members (account_id),
  resolved_by  BIGINT REFERENCES members (account_id),
  resolved_at  BIGINT,
  answer       TEXT NOT NULL,                                 -- what whoever reported is told
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL
);
CREATE INDEX reports_of_community ON reports (community_id, id);
CREATE INDEX reports_by_account ON reports (account_id, id);
CREATE INDEX reports_by_target ON reports (target_id);

-- What the posts said when they were reported. It stays when they go.
CREATE TABLE report_evidence (
  report_id  BIGINT NOT NULL REFERENCES reports (id),
  status_id  BIGINT NOT NULL,
  iri        TEXT NOT NULL,
  said       TEXT,                        -- plain text; none where it was not for whoever reported
  created_at BIGINT NOT NULL,
  PRIMARY KEY (report_id, status_id)
);

CREATE TABLE report_notes (
  id         BIGINT PRIMARY KEY,
  report_id  BIGINT NOT NULL REFERENCES reports (id),
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  text       TEXT NOT NULL,
  created_at BIGINT NOT NULL
);
CREATE INDEX report_notes_by_report ON report_notes (report_id, id);

ALTER TABLE notifications ADD COLUMN report_id BIGINT;   -- a row of reports
DROP INDEX notifications_once_each;
CREATE UNIQUE INDEX notifications_once_each ON notifications (account_id, kind, from_account_id) WHERE status_id IS NULL AND rule_id IS NULL AND report_id IS NULL;
CREATE UNIQUE INDEX notifications_once_of_report ON notifications (account_id, report_id) WHERE report_id IS NOT NULL;
