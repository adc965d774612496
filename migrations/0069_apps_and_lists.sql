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

-- What has files, and what was written elsewhere, among all the rest. Boosts have no files of their own.
CREATE INDEX statuses_files_by_author ON statuses (account_id, id) WHERE attachments <> '[]';
CREATE INDEX statuses_files_by_home ON statuses (community_id, id) WHERE attachments <> '[]';
CREATE INDEX statuses_files_public ON statuses (id) WHERE attachments <> '[]' AND visibility = 'public';
CREATE INDEX statuses_elsewhere ON statuses (id) WHERE visibility = 'public' AND reblog_of_id IS NULL AND community_id IS NULL;

-- Which of what somebody wrote names a hashtag, whoever may see it. Of posts that are older than this table, those that are
-- public. The name is folded as in hashtag_entries.
CREATE TABLE author_tags (
  account_id BIGINT NOT NULL,
  name       TEXT NOT NULL,
  status_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  PRIMARY KEY (account_id, name, status_id)
);
INSERT INTO author_tags (account_id, name, status_id)
SELECT s.account_id, e.name, e.status_id
  FROM hashtag_entries e
  JOIN statuses s ON s.id = e.status_id
 ORDER BY s.account_id, e.name, e.status_id;
CREATE INDEX author_tags_by_status ON author_tags (status_id);
