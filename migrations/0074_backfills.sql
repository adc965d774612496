-- Conversations on other servers that a member asked for: answers that did not come here are read where they are. Each
-- community reads for itself: what one refuses is asked for by another, and what one has read is told to its own members alone.
CREATE TABLE backfills (
  status_id    BIGINT NOT NULL REFERENCES statuses (id) ON DELETE CASCADE,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  token        TEXT NOT NULL,           -- by what apps ask how far it is
  began_at     BIGINT NOT NULL,
  ended_at     BIGINT,                  -- NULL: it goes on
  round        BIGINT NOT NULL,         -- runs of the job that are over: a job that is run twice goes on once
  found        TEXT NOT NULL,           -- JSON: the numbers of posts that were not here
  walk         TEXT NOT NULL,           -- JSON, as `backfill::Walk` reads it; empty once it ended
  PRIMARY KEY (status_id, community_id)
);
CREATE UNIQUE INDEX backfills_by_token ON backfills (token);
CREATE INDEX backfills_by_start ON backfills (began_at);

-- The first of many answers to one post are read without the others.
DROP INDEX statuses_by_parent;
CREATE INDEX statuses_by_parent ON statuses (in_reply_to_id, id) WHERE in_reply_to_id IS NOT NULL;
