-- The ledger: where what members here wrote and shared went. Its author reads it, and its end goes exactly there.

CREATE TABLE reached (
  status_id BIGINT NOT NULL,              -- refers to nothing: what is deleted must still be taken back where it went
  way       TEXT NOT NULL,                -- delivered, fetched, refused; ended: its end is on its way
  domain    TEXT NOT NULL,
  inbox     TEXT NOT NULL,                -- where it was delivered; empty otherwise
  because   TEXT NOT NULL,                -- what refused: rule, mode, own_block, other; empty otherwise
  rule_id   BIGINT,                       -- the rule that refused
  first_at  BIGINT NOT NULL,
  last_at   BIGINT NOT NULL,
  times     BIGINT NOT NULL,
  PRIMARY KEY (status_id, way, domain, inbox)
);
CREATE INDEX reached_ended ON reached (last_at) WHERE way = 'ended';

-- Of older statuses nobody wrote down where they went.
CREATE TABLE reached_since (
  id              BIGINT PRIMARY KEY,
  after_status_id BIGINT NOT NULL
);
INSERT INTO reached_since (id, after_status_id)
SELECT 1, COALESCE(max(id), 0) FROM statuses;

-- The status that an activity of ours brings along.
ALTER TABLE outgoing ADD COLUMN status_id BIGINT;
CREATE INDEX outgoing_by_status ON outgoing (status_id) WHERE status_id IS NOT NULL;

-- Numbers that everybody reads count what everybody may read.
UPDATE accounts
   SET statuses_count = (SELECT count(*)
                           FROM statuses s
                          WHERE s.account_id = accounts.id AND s.visibility IN ('public', 'unlisted'));
UPDATE statuses
   SET replies_count = (SELECT count(*)
                          FROM statuses c
                         WHERE c.in_reply_to_id = statuses.id AND c.visibility IN ('public', 'unlisted'))
 WHERE replies_count > 0;
