-- People whom members do not want suggested again.
CREATE TABLE dismissed_suggestions (
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  target_id  BIGINT NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (account_id, target_id)
);
-- The list of people who want to be found.
CREATE INDEX accounts_listed_by_activity ON accounts (last_status_at) WHERE discoverable AND gone_at IS NULL;
CREATE INDEX accounts_listed_by_age ON accounts (created_at) WHERE discoverable AND gone_at IS NULL;
CREATE INDEX accounts_listed_by_followers ON accounts (community_id, followers_count) WHERE discoverable AND gone_at IS NULL;
-- What a community shows of what goes on.
ALTER TABLE communities ADD COLUMN trends BOOLEAN NOT NULL DEFAULT TRUE;
ALTER TABLE communities ADD COLUMN shows_peers BOOLEAN NOT NULL DEFAULT FALSE;
