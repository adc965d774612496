-- Direct statuses by the member they concern, and how far a member read each conversation of them.
CREATE TABLE direct_entries (
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  status_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, status_id)
);
CREATE INDEX direct_entries_by_status ON direct_entries (status_id);

INSERT INTO direct_entries (account_id, status_id)
SELECT m.account_id, s.id
  FROM statuses s
  JOIN members m ON m.account_id = s.account_id
                 OR EXISTS (SELECT 1 FROM mentions n WHERE n.status_id = s.id AND n.account_id = m.account_id)
 WHERE s.visibility = 'direct';

CREATE TABLE direct_marks (
  account_id      BIGINT NOT NULL REFERENCES members (account_id),
  conversation_id BIGINT NOT NULL,
  read_id         BIGINT NOT NULL,        -- statuses up to this one were read
  hidden_id       BIGINT NOT NULL,        -- shown again once there is a newer one
  PRIMARY KEY (account_id, conversation_id)
);
