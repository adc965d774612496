-- A list may have sources: addresses that are asked every day. What they say is kept, and taken in by its rules.

ALTER TABLE policy_lists ADD COLUMN applies_alone BOOLEAN NOT NULL DEFAULT FALSE;  -- takes additions in without a person
ALTER TABLE policy_lists ADD COLUMN daily_cap BIGINT NOT NULL DEFAULT 50;          -- so many of them a day
ALTER TABLE policy_lists ADD COLUMN quorum BIGINT NOT NULL DEFAULT 1;              -- so many sources have to name an entry
ALTER TABLE policy_lists ADD COLUMN waiting BIGINT NOT NULL DEFAULT 0;             -- entries that wait for a person
ALTER TABLE policy_lists ADD COLUMN kept_by_posts BOOLEAN NOT NULL DEFAULT FALSE;  -- a post is kept from it: it stays

CREATE TABLE policy_list_sources (
  id         BIGINT PRIMARY KEY,
  list_id    BIGINT NOT NULL REFERENCES policy_lists (id) ON DELETE CASCADE,
  url        TEXT NOT NULL,
  severity   TEXT NOT NULL,      -- of a table, which lines: suspend, silence, all
  added_at   BIGINT NOT NULL,
  added_by   BIGINT REFERENCES accounts (id),    -- none: on the command line
  due_at     BIGINT NOT NULL,    -- when it is to be asked next
  tried_at   BIGINT,             -- when it was asked last
  fetched_at BIGINT,             -- when it answered last
  changed_at BIGINT,             -- since when it says what it says
  trouble    TEXT,               -- why the last try came to nothing, in words
  etag       TEXT,
  modified   TEXT,
  digest     TEXT,               -- SHA-256 of what it says
  unusable   BIGINT NOT NULL DEFAULT 0,          -- lines of it that nobody can use
  UNIQUE (list_id, url)
);
CREATE INDEX policy_list_sources_due ON policy_list_sources (due_at);

-- What each source said when it answered last.
CREATE TABLE policy_list_said (
  source_id BIGINT NOT NULL REFERENCES policy_list_sources (id) ON DELETE CASCADE,
  pattern   TEXT NOT NULL,
  comment   TEXT,
  since_at  BIGINT NOT NULL,
  seen_at   BIGINT NOT NULL,
  PRIMARY KEY (source_id, pattern)
);

-- What a person left out or took off: no source brings it back.
CREATE TABLE policy_list_declined (
  list_id     BIGINT NOT NULL REFERENCES policy_lists (id) ON DELETE CASCADE,
  pattern     TEXT NOT NULL,
  declined_at BIGINT NOT NULL,
  declined_by BIGINT REFERENCES accounts (id),
  PRIMARY KEY (list_id, pattern)
);
