-- Conversations on other servers that a member asked for: answers that did not come here are read where they are.
CREATE TABLE backfills (
  status_id BIGINT PRIMARY KEY REFERENCES statuses (id) ON DELETE CASCADE,
  token     TEXT NOT NULL,              -- by what apps ask how far it is
  began_at  BIGINT NOT NULL,
  ended_at  BIGINT,                     -- NULL: it goes on
  found     BIGINT NOT NULL,            -- posts that were not here
  walk      TEXT NOT NULL               -- JSON, as `backfill::Walk` reads it; empty once it ended
);
CREATE UNIQUE INDEX backfills_by_token ON backfills (token);
CREATE INDEX backfills_by_start ON backfills (began_at);
