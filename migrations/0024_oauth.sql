-- Apps that members may let in, and what they were let.

CREATE TABLE apps (
  id            BIGINT PRIMARY KEY,
  community_id  BIGINT NOT NULL REFERENCES communities (id),
  client_id     TEXT NOT NULL,
  secret_hash   BYTEA NOT NULL,
  name          TEXT NOT NULL,
  website       TEXT,
  redirect_uris TEXT NOT NULL,          -- JSON, as the app wrote them
  scopes        TEXT NOT NULL,          -- the most it may ask for, separated by spaces
  created_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX apps_by_client ON apps (client_id);
CREATE INDEX apps_by_age ON apps (created_at);

CREATE TABLE access_tokens (
  id           BIGINT PRIMARY KEY,
  token_hash   BYTEA NOT NULL,
  app_id       BIGINT NOT NULL REFERENCES apps (id),
  account_id   BIGINT REFERENCES members (account_id),  -- NULL: the app for itself
  scopes       TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  last_used_at BIGINT NOT NULL
);
CREATE UNIQUE INDEX access_tokens_by_hash ON access_tokens (token_hash);
CREATE INDEX access_tokens_by_account ON access_tokens (account_id, app_id) WHERE account_id IS NOT NULL;
CREATE INDEX access_tokens_by_app ON access_tokens (app_id, created_at);
CREATE INDEX access_tokens_idle ON access_tokens (last_used_at) WHERE account_id IS NULL;

-- A yes of a member, until the app fetches its token; kept a while longer, so that a second try is noticed.
CREATE TABLE oauth_codes (
  code_hash    BYTEA PRIMARY KEY,
  app_id       BIGINT NOT NULL REFERENCES apps (id),
  account_id   BIGINT NOT NULL REFERENCES members (account_id),
  redirect_uri TEXT NOT NULL,
  scopes       TEXT NOT NULL,
  challenge    TEXT,                    -- PKCE, S256
  expires_at   BIGINT NOT NULL,
  token_id     BIGINT                   -- what it was exchanged for
);
CREATE INDEX oauth_codes_by_expiry ON oauth_codes (expires_at);
CREATE INDEX oauth_codes_by_account ON oauth_codes (account_id);
CREATE INDEX oauth_codes_by_app ON oauth_codes (app_id);
