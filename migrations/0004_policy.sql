-- Rules are superseded, never overwritten: the history is the record.

CREATE TABLE rules (
  id                BIGINT PRIMARY KEY,
  scope             TEXT NOT NULL,        -- community, member
  community_id      BIGINT NOT NULL REFERENCES communities (id),
  account_id        BIGINT REFERENCES members (account_id),
  pattern_kind      TEXT NOT NULL,        -- domain, host, account, everything
  pattern           TEXT NOT NULL,
  stance            TEXT NOT NULL,        -- open, limited, ask, withheld, refused
  conditions        BIGINT NOT NULL,
  reason_public     TEXT,
  reason_members    TEXT,
  reason_moderators TEXT,
  set_by            BIGINT REFERENCES accounts (id),
  set_at            BIGINT NOT NULL,
  expires_at        BIGINT,
  source            TEXT NOT NULL,        -- person, command line
  ended_at          BIGINT                -- when it was superseded or taken back
);
CREATE UNIQUE INDEX rules_in_force ON rules (community_id, scope, account_id, pattern_kind, pattern) WHERE ended_at IS NULL AND account_id IS NOT NULL;
CREATE UNIQUE INDEX rules_in_force_of_community ON rules (community_id, scope, pattern_kind, pattern) WHERE ended_at IS NULL AND account_id IS NULL;

-- One row. Every change of a rule or a mode advances it in the same transaction.
CREATE TABLE policy_epoch (
  id    BIGINT PRIMARY KEY,
  epoch BIGINT NOT NULL
);
INSERT INTO policy_epoch (id, epoch) VALUES (1, 1);
