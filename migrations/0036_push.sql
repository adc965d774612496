-- Apps that are woken when their member is told something.

CREATE TABLE push_subscriptions (
  id         BIGINT PRIMARY KEY,        -- small, and given out again
  token_id   BIGINT NOT NULL REFERENCES access_tokens (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  endpoint   TEXT NOT NULL,             -- at the push service that the app chose
  p256dh     BYTEA NOT NULL,            -- by which messages are sealed for the app
  auth       BYTEA NOT NULL,
  standard   BOOLEAN NOT NULL,          -- RFC 8291; otherwise the draft before it
  policy     TEXT NOT NULL,             -- of whom
  alerts     TEXT NOT NULL,             -- of what, separated by spaces
  created_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX push_subscriptions_by_token ON push_subscriptions (token_id);
CREATE INDEX push_subscriptions_by_account ON push_subscriptions (account_id);

-- By which push services know this installation: one row.
CREATE TABLE push_keys (
  id    BIGINT PRIMARY KEY,
  pkcs8 BYTEA NOT NULL
);

-- Members whose devices are told who and what; the others' are told that there is something.
CREATE TABLE push_choices (
  account_id BIGINT PRIMARY KEY REFERENCES members (account_id)
);
