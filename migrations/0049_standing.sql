-- What moderators decided about accounts.
ALTER TABLE members ADD COLUMN standing TEXT NOT NULL DEFAULT 'active';     -- active, frozen, suspended
ALTER TABLE members ADD COLUMN standing_reason TEXT NOT NULL DEFAULT '';    -- what they are told
CREATE INDEX members_suspended ON members (account_id) WHERE standing = 'suspended';

-- The record: what was done, by whom, and why. Nothing is overwritten.
CREATE TABLE moderation_actions (
  id           BIGINT PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  account_id   BIGINT NOT NULL REFERENCES accounts (id),     -- who did it
  target_id    BIGINT NOT NULL REFERENCES accounts (id),
  action       TEXT NOT NULL,           -- freeze, suspend, limit, refuse, lift, note
  reason       TEXT NOT NULL,
  report_id    BIGINT,
  created_at   BIGINT NOT NULL
);
CREATE INDEX moderation_actions_by_target ON moderation_actions (community_id, target_id, id);
