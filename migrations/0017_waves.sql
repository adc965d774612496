-- Waves of strangers at one member, and from how many an hour on one begins.
CREATE TABLE waves (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  began_at   BIGINT NOT NULL,
  until_at   BIGINT NOT NULL,             -- it ends by itself
  settled_at BIGINT,                      -- its member ended it, or the next one began
  let_in     BOOLEAN NOT NULL             -- its member wanted to hear all of them
);
CREATE INDEX waves_of_member ON waves (account_id, id);
CREATE UNIQUE INDEX waves_one_at_a_time ON waves (account_id) WHERE settled_at IS NULL;

CREATE TABLE wave_limits (
  account_id BIGINT PRIMARY KEY REFERENCES members (account_id),
  strangers  BIGINT NOT NULL              -- 0: never
);

-- Who spoke to a member or asked to follow, the newest first.
CREATE INDEX notifications_of_contact ON notifications (account_id, id) WHERE kind IN ('mention', 'follow', 'follow_request');
