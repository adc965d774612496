-- Whom a community takes in by no means, or only when a moderator says yes.
CREATE TABLE sign_up_blocks (
  id           BIGINT PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  kind         TEXT NOT NULL,           -- provider, email, network
  pattern      TEXT NOT NULL,           -- a domain, the hash of a canonical e-mail address, a network
  severity     TEXT NOT NULL,           -- approval, sign_up, everything
  comment      TEXT NOT NULL,           -- for moderators
  set_by       BIGINT NOT NULL REFERENCES accounts (id),
  created_at   BIGINT NOT NULL,
  expires_at   BIGINT                   -- NULL: never
);
CREATE UNIQUE INDEX sign_up_blocks_by_pattern ON sign_up_blocks (community_id, kind, pattern);
CREATE INDEX sign_up_blocks_by_setter ON sign_up_blocks (set_by);
