-- What people write, and what others do with it.

CREATE TABLE statuses (
  id                     BIGINT PRIMARY KEY,   -- sorts by the time it was published
  iri                    TEXT NOT NULL UNIQUE,
  url                    TEXT,
  account_id             BIGINT NOT NULL REFERENCES accounts (id),
  community_id           BIGINT REFERENCES communities (id),  -- the author's, when the author lives here
  kind                   TEXT NOT NULL,        -- note, article, page, question, video, …, reblog
  visibility             TEXT NOT NULL,        -- public, unlisted, private, direct, local
  in_reply_to_id         BIGINT,               -- kept when the parent is deleted: the hole stays where it was
  in_reply_to_iri        TEXT,
  in_reply_to_account_id BIGINT,
  conversation_id        BIGINT NOT NULL,      -- the id of the first status of the thread that we know
  reblog_of_id           BIGINT REFERENCES statuses (id) ON DELETE CASCADE,
  title                  TEXT NOT NULL,
  spoiler_text           TEXT NOT NULL,        -- plain text
  content                TEXT NOT NULL,        -- sanitised HTML
  source                 TEXT NOT NULL,        -- what the author typed; empty for remote statuses
  language               TEXT,
  sensitive              BOOLEAN NOT NULL,
  tags                   TEXT NOT NULL,        -- JSON: hashtags without #
  attachments            TEXT NOT NULL,        -- JSON
  limited                BOOLEAN NOT NULL,     -- admitted with the condition "not in public places"
  created_at             BIGINT NOT NULL,
  edited_at              BIGINT,
  replies_count          BIGINT NOT NULL,
  reblogs_count          BIGINT NOT NULL,
  favourites_count       BIGINT NOT NULL
);
CREATE INDEX statuses_by_author ON statuses (account_id, id);
CREATE INDEX statuses_by_conversation ON statuses (conversation_id, id);
CREATE INDEX statuses_by_parent ON statuses (in_reply_to_id) WHERE in_reply_to_id IS NOT NULL;
CREATE INDEX statuses_waiting_for_parent ON statuses (in_reply_to_iri) WHERE in_reply_to_id IS NULL AND in_reply_to_iri IS NOT NULL;
CREATE UNIQUE INDEX statuses_by_reblog ON statuses (reblog_of_id, account_id) WHERE reblog_of_id IS NOT NULL;
CREATE INDEX statuses_public ON statuses (id) WHERE visibility = 'public' AND reblog_of_id IS NULL;
CREATE INDEX statuses_of_community ON statuses (community_id, id) WHERE community_id IS NOT NULL AND reblog_of_id IS NULL;

CREATE TABLE status_edits (
  id           BIGINT PRIMARY KEY,
  status_id    BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  title        TEXT NOT NULL,
  spoiler_text TEXT NOT NULL,
  content      TEXT NOT NULL,
  created_at   BIGINT NOT NULL            -- when this version became current
);
CREATE INDEX status_edits_by_status ON status_edits (status_id, id);

CREATE TABLE mentions (
  status_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  PRIMARY KEY (status_id, account_id)
);
CREATE INDEX mentions_by_account ON mentions (account_id, status_id);

CREATE TABLE favourites (
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  status_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  iri        TEXT NOT NULL,
  created_at BIGINT NOT NULL,
  PRIMARY KEY (account_id, status_id)
);
CREATE INDEX favourites_by_status ON favourites (status_id, account_id);
CREATE INDEX favourites_by_iri ON favourites (iri);

CREATE TABLE home_entries (
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  status_id  BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  author_id  BIGINT NOT NULL,
  PRIMARY KEY (account_id, status_id)
);
CREATE INDEX home_entries_by_status ON home_entries (status_id);

CREATE TABLE notifications (
  id              BIGINT PRIMARY KEY,
  account_id      BIGINT NOT NULL REFERENCES members (account_id),
  kind            TEXT NOT NULL,          -- mention, reply, follow, follow_request, favourite, reblog, update
  from_account_id BIGINT NOT NULL REFERENCES accounts (id),
  status_id       BIGINT REFERENCES statuses (id) ON DELETE CASCADE,
  created_at      BIGINT NOT NULL
);
CREATE INDEX notifications_by_account ON notifications (account_id, id);
CREATE INDEX notifications_by_status ON notifications (status_id) WHERE status_id IS NOT NULL;
CREATE UNIQUE INDEX notifications_once ON notifications (account_id, kind, from_account_id, status_id) WHERE status_id IS NOT NULL;
CREATE UNIQUE INDEX notifications_once_each ON notifications (account_id, kind, from_account_id) WHERE status_id IS NULL;

-- Ids of things that were deleted: answered as gone, and never stored again.
CREATE TABLE tombstones (
  iri        TEXT PRIMARY KEY,
  deleted_at BIGINT NOT NULL
);
