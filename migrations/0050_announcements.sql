-- What those who look after a community tell its members. It goes to no other server.
CREATE TABLE announcements (
  id           BIGINT PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  account_id   BIGINT NOT NULL REFERENCES accounts (id),     -- who wrote it
  text         TEXT NOT NULL,                                -- as typed
  created_at   BIGINT NOT NULL,
  updated_at   BIGINT NOT NULL
);
CREATE INDEX announcements_of_community ON announcements (community_id, id);

CREATE TABLE announcement_reads (
  announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
  account_id      BIGINT NOT NULL REFERENCES members (account_id),
  PRIMARY KEY (announcement_id, account_id)
);
CREATE INDEX announcement_reads_by_account ON announcement_reads (account_id);

CREATE TABLE announcement_reactions (
  announcement_id BIGINT NOT NULL REFERENCES announcements (id) ON DELETE CASCADE,
  account_id      BIGINT NOT NULL REFERENCES members (account_id),
  name            TEXT NOT NULL,                             -- an emoji
  created_at      BIGINT NOT NULL,
  PRIMARY KEY (announcement_id, name, account_id)
);
CREATE INDEX announcement_reactions_by_account ON announcement_reactions (account_id);
