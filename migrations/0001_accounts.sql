-- Communities served here, the accounts we know (ours and others'), and the people who can sign in.
-- Times are unix milliseconds from the handed-in clock. One text for both engines.

CREATE TABLE communities (
  id          BIGINT PRIMARY KEY,
  domain      TEXT NOT NULL UNIQUE,
  name        TEXT NOT NULL,
  description TEXT NOT NULL,
  rules_text  TEXT NOT NULL,
  mode        TEXT NOT NULL,              -- open, cautious, allow-list
  sign_up     TEXT NOT NULL,              -- open, closed
  actor_id    BIGINT NOT NULL,            -- the account that signs this community's fetches
  created_at  BIGINT NOT NULL
);

CREATE TABLE accounts (
  id              BIGINT PRIMARY KEY,
  iri             TEXT NOT NULL UNIQUE,
  username        TEXT NOT NULL,
  username_key    TEXT NOT NULL,          -- lower case, for lookups
  domain          TEXT NOT NULL,          -- as in the handle
  host            TEXT NOT NULL,          -- of the iri; differs from domain where WebFinger says so
  community_id    BIGINT REFERENCES communities (id),   -- set for accounts that live here
  kind            TEXT NOT NULL,          -- person, service, application, group, organization
  display_name    TEXT NOT NULL,
  note            TEXT NOT NULL,          -- sanitised HTML
  note_source     TEXT NOT NULL,          -- what the member typed; empty for remote accounts
  fields          TEXT NOT NULL,          -- JSON: [[name, sanitised value], …]
  url             TEXT,
  avatar_url      TEXT,
  header_url      TEXT,
  locked          BOOLEAN NOT NULL,
  discoverable    BOOLEAN NOT NULL,
  inbox           TEXT NOT NULL,
  shared_inbox    TEXT,
  outbox          TEXT,
  followers_iri   TEXT,
  following_iri   TEXT,
  featured_iri    TEXT,
  moved_to_iri    TEXT,
  statuses_count  BIGINT NOT NULL,
  followers_count BIGINT NOT NULL,
  following_count BIGINT NOT NULL,
  last_status_at  BIGINT,
  created_at      BIGINT NOT NULL,
  fetched_at      BIGINT NOT NULL,        -- remote: when last read from its origin
  gone_at         BIGINT,                 -- deleted by its owner
  UNIQUE (username_key, domain)
);
CREATE INDEX accounts_by_host ON accounts (host);

CREATE TABLE account_keys (
  iri         TEXT PRIMARY KEY,
  account_id  BIGINT NOT NULL REFERENCES accounts (id),
  kind        TEXT NOT NULL,              -- rsa, ed25519
  public_key  BYTEA NOT NULL,             -- SPKI DER, or the 32 bytes of Ed25519
  private_key BYTEA,                      -- PKCS#8 DER; only for accounts that live here
  fetched_at  BIGINT NOT NULL
);
CREATE INDEX account_keys_by_account ON account_keys (account_id);

CREATE TABLE members (
  account_id            BIGINT PRIMARY KEY REFERENCES accounts (id),
  community_id          BIGINT NOT NULL REFERENCES communities (id),
  email                 TEXT NOT NULL,
  email_key             TEXT NOT NULL,
  password_hash         TEXT NOT NULL,
  role                  TEXT NOT NULL,    -- member, moderator, admin
  language              TEXT NOT NULL,
  default_visibility    TEXT NOT NULL,
  notifications_read_id BIGINT NOT NULL,
  created_at            BIGINT NOT NULL,
  UNIQUE (community_id, email_key)
);

CREATE TABLE sessions (
  token_hash   BYTEA PRIMARY KEY,
  account_id   BIGINT NOT NULL REFERENCES members (account_id),
  user_agent   TEXT NOT NULL,
  created_at   BIGINT NOT NULL,
  last_seen_at BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
);
CREATE INDEX sessions_by_account ON sessions (account_id);

CREATE TABLE setup_links (
  token_hash   BYTEA PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT NOT NULL
);
