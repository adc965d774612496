-- When the emergency gate of a community was closed, by whom and why, and when somebody opened it before its time.
-- Whether it is closed now stands in communities.gate_until.
CREATE TABLE gate_closings (
  id           BIGINT PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  reason       TEXT NOT NULL,
  closed_by    BIGINT REFERENCES accounts (id),   -- none: on the command line
  closed_at    BIGINT NOT NULL,
  until_at     BIGINT NOT NULL,
  opened_by    BIGINT REFERENCES accounts (id),
  opened_at    BIGINT
);
CREATE INDEX gate_closings_of_community ON gate_closings (community_id, id);

-- The history of one scope's rules.
CREATE INDEX rules_of_scope ON rules (scope, community_id, account_id, id);
