-- Lists of blocks and mutes go by when each was made, and a mute may let notifications through.
ALTER TABLE blocks ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
UPDATE blocks SET id = created_at * 65536 + target_id % 65536;
CREATE INDEX blocks_newest ON blocks (account_id, id);

ALTER TABLE mutes ADD COLUMN id BIGINT NOT NULL DEFAULT 0;
ALTER TABLE mutes ADD COLUMN notifications BOOLEAN NOT NULL DEFAULT TRUE;   -- hides those as well
UPDATE mutes SET id = created_at * 65536 + target_id % 65536;
CREATE INDEX mutes_newest ON mutes (account_id, id);
CREATE INDEX mutes_by_expiry ON mutes (expires_at) WHERE expires_at IS NOT NULL;

-- Left for good: who answers in it does not join again.
ALTER TABLE left_conversations ADD COLUMN stays BOOLEAN NOT NULL DEFAULT FALSE;

-- What a member notes about somebody, for nobody else.
CREATE TABLE account_notes (
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  target_id  BIGINT NOT NULL REFERENCES accounts (id),
  comment    TEXT NOT NULL,
  PRIMARY KEY (account_id, target_id)
);

-- Whom a member recommends on their profile.
CREATE TABLE endorsements (
  id         BIGINT PRIMARY KEY,        -- sorts by when it was made
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  target_id  BIGINT NOT NULL REFERENCES accounts (id),
  UNIQUE (account_id, target_id)
);
CREATE INDEX endorsements_newest ON endorsements (account_id, id);
