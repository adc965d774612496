-- The whole policy: rules of the installation, modes of members, yeses to first contact, what one post keeps from whom.

-- Rules of the installation belong to no community; a rule remembers what led to it, when it is to be looked at again,
-- and who ended it.
CREATE TABLE rules_of_all_scopes (
  id                BIGINT PRIMARY KEY,
  scope             TEXT NOT NULL,        -- operator, community, member
  community_id      BIGINT REFERENCES communities (id),   -- none for the operator's
  account_id        BIGINT REFERENCES members (account_id),
  pattern_kind      TEXT NOT NULL,        -- domain, host, account, list, software, first-seen, everything
  pattern           TEXT NOT NULL,
  stance            TEXT NOT NULL,        -- open, limited, ask, withheld, refused
  conditions        BIGINT NOT NULL,
  reason_public     TEXT,
  reason_members    TEXT,
  reason_moderators TEXT,
  evidence          TEXT,
  set_by            BIGINT REFERENCES accounts (id),
  set_at            BIGINT NOT NULL,
  review_at         BIGINT,
  expires_at        BIGINT,
  source            TEXT NOT NULL,        -- person, command line, list …
  ended_at          BIGINT,               -- when it was superseded or taken back
  ended_by          BIGINT REFERENCES accounts (id)
);
INSERT INTO rules_of_all_scopes (id, scope, community_id, account_id, pattern_kind, pattern, stance, conditions,
                                 reason_public, reason_members, reason_moderators, set_by, set_at, expires_at, source, ended_at)
SELECT id, scope, community_id, account_id, pattern_kind, pattern, stance, conditions,
       reason_public, reason_members, reason_moderators, set_by, set_at, expires_at, source, ended_at
  FROM rules;
DROP TABLE rules;
ALTER TABLE rules_of_all_scopes RENAME TO rules;
CREATE UNIQUE INDEX rules_in_force ON rules (community_id, scope, account_id, pattern_kind, pattern) WHERE ended_at IS NULL AND account_id IS NOT NULL;
CREATE UNIQUE INDEX rules_in_force_of_community ON rules (community_id, scope, pattern_kind, pattern) WHERE ended_at IS NULL AND account_id IS NULL AND community_id IS NOT NULL;
CREATE UNIQUE INDEX rules_in_force_of_operator ON rules (pattern_kind, pattern) WHERE ended_at IS NULL AND community_id IS NULL;

-- A cautious community trusts a server it has known for so long. The emergency gate is closed until then.
ALTER TABLE communities ADD COLUMN trust_after_days BIGINT NOT NULL DEFAULT 30;
ALTER TABLE communities ADD COLUMN gate_until BIGINT;

ALTER TABLE members ADD COLUMN mode TEXT NOT NULL DEFAULT 'open';           -- open, cautious, allow-list
ALTER TABLE members ADD COLUMN replies TEXT NOT NULL DEFAULT 'everyone';    -- who may answer, where a post says nothing else

-- Somebody (or, by the account that speaks for it, a community) was asked whether this one may make contact.
CREATE TABLE welcomes (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  target_id  BIGINT NOT NULL REFERENCES accounts (id),
  set_by     BIGINT NOT NULL REFERENCES accounts (id),
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, target_id)
);

ALTER TABLE statuses ADD COLUMN kept_from TEXT NOT NULL DEFAULT '[]';             -- JSON: patterns, as rules are typed
ALTER TABLE statuses ADD COLUMN replies_freely TEXT NOT NULL DEFAULT 'everyone';  -- nobody, mentioned, followers, everyone
ALTER TABLE statuses ADD COLUMN replies_asking TEXT NOT NULL DEFAULT 'everyone';
ALTER TABLE statuses ADD COLUMN approval TEXT NOT NULL DEFAULT 'stands';          -- stands, waits, removed

-- Lists that members and communities keep, to be named in rules and when writing.
CREATE TABLE policy_lists (
  id           BIGINT PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  account_id   BIGINT REFERENCES members (account_id),
  name         TEXT NOT NULL,
  created_at   BIGINT NOT NULL
);
CREATE TABLE policy_list_entries (
  list_id  BIGINT NOT NULL REFERENCES policy_lists (id) ON DELETE CASCADE,
  pattern  TEXT NOT NULL,
  added_at BIGINT NOT NULL,
  PRIMARY KEY (list_id, pattern)
);

-- People whose handle is of another domain than their server: a rule about either counts.
CREATE INDEX accounts_split ON accounts (host, domain) WHERE host <> domain AND community_id IS NULL;
