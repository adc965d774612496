-- Who follows, blocks and mutes whom.

CREATE TABLE follows (
  account_id   BIGINT NOT NULL REFERENCES accounts (id),
  target_id    BIGINT NOT NULL REFERENCES accounts (id),
  state        TEXT NOT NULL,             -- requested, accepted
  iri          TEXT NOT NULL,             -- of the Follow activity
  account_host TEXT NOT NULL,             -- the follower's server, so that one server's followers are found by key
  created_at   BIGINT NOT NULL,
  PRIMARY KEY (account_id, target_id)
);
CREATE INDEX follows_by_target ON follows (target_id, state, account_host, account_id);
CREATE INDEX follows_by_iri ON follows (iri);

CREATE TABLE blocks (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  target_id  BIGINT NOT NULL REFERENCES accounts (id),
  iri        TEXT NOT NULL,
  told       BOOLEAN NOT NULL,            -- the other side's server was sent the Block
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, target_id)
);
CREATE INDEX blocks_by_target ON blocks (target_id, account_id);
CREATE INDEX blocks_by_iri ON blocks (iri);

CREATE TABLE mutes (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  target_id  BIGINT NOT NULL REFERENCES accounts (id),
  expires_at BIGINT,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, target_id)
);
