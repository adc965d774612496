-- A member once said yes to the app, or had a token by it. Such an app keeps its name for good: apps in browsers have one for
-- each server and use it again for years.
ALTER TABLE apps ADD COLUMN let_in BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE apps
   SET let_in = TRUE
 WHERE EXISTS (SELECT 1 FROM access_tokens t WHERE t.app_id = apps.id AND t.account_id IS NOT NULL)
    OR EXISTS (SELECT 1 FROM oauth_codes c WHERE c.app_id = apps.id);
CREATE INDEX apps_unused ON apps (created_at) WHERE NOT let_in;

-- Tokens that a suspension ended, until it is lifted: their apps are told that their member may not come in, and not that the
-- token is wrong.
CREATE TABLE ended_tokens (
  token_hash BYTEA PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES members (account_id)
);
CREATE INDEX ended_tokens_by_account ON ended_tokens (account_id);

-- What is rare among what a member is told is found without reading all of it.
CREATE INDEX notifications_by_kind ON notifications (account_id, kind, id);
CREATE INDEX notifications_by_doer ON notifications (account_id, from_account_id, id);
