-- Pictures, sound and film: what members put here, and copies of what came with posts from elsewhere.

CREATE TABLE media (
  id            BIGINT PRIMARY KEY,
  account_id    BIGINT NOT NULL REFERENCES accounts (id),
  status_id     BIGINT,                 -- NULL until a post has it, and again when that is gone
  forget_at     BIGINT,                 -- when it is taken away if no post has it by then
  kind          TEXT NOT NULL,          -- image, gifv, video, audio
  state         TEXT NOT NULL,          -- waiting, ready, failed, gone (its files are being taken away)
  file_key      TEXT NOT NULL,          -- in its address; beyond guessing
  file_type     TEXT NOT NULL,          -- media type of the file itself; empty while it waits
  preview_type  TEXT NOT NULL,          -- the same of the small picture; empty where there is none
  description   TEXT NOT NULL,
  focus_x       DOUBLE PRECISION NOT NULL,
  focus_y       DOUBLE PRECISION NOT NULL,
  blurhash      TEXT NOT NULL,
  meta          TEXT NOT NULL,          -- JSON: sizes and duration
  bytes         BIGINT NOT NULL,
  why           TEXT NOT NULL,          -- why it failed, for whoever sent it
  attempt_at    BIGINT NOT NULL,        -- while it waits: nobody else takes it up before
  attempts      BIGINT NOT NULL,
  created_at    BIGINT NOT NULL
);
CREATE UNIQUE INDEX media_by_key ON media (file_key);
CREATE INDEX media_by_status ON media (status_id) WHERE status_id IS NOT NULL;
CREATE INDEX media_loose ON media (forget_at) WHERE forget_at IS NOT NULL;
CREATE INDEX media_gone ON media (id) WHERE state = 'gone';
CREATE INDEX media_waiting ON media (attempt_at) WHERE state = 'waiting';

-- Files from elsewhere that are kept for a while.
CREATE TABLE media_copies (
  file_key     TEXT PRIMARY KEY,        -- made from the address
  url          TEXT NOT NULL,
  file_type    TEXT NOT NULL,           -- empty: it could not be had
  preview_type TEXT NOT NULL,
  bytes        BIGINT NOT NULL,
  used_at      BIGINT NOT NULL,         -- to the hour
  created_at   BIGINT NOT NULL
);
CREATE INDEX media_copies_by_use ON media_copies (used_at);

-- With what addresses of files are signed.
CREATE TABLE media_secrets (
  id         BIGINT PRIMARY KEY,
  secret     BYTEA NOT NULL,
  created_at BIGINT NOT NULL
);
