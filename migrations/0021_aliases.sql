-- Addresses that were given to one server alone, and which others asked for them (boundaries L18).
CREATE TABLE canaries (
  token        TEXT PRIMARY KEY,
  community_id BIGINT NOT NULL REFERENCES communities (id),
  domain       TEXT NOT NULL,              -- whose it is: the name that somebody registered
  host         TEXT NOT NULL,              -- the server below it that got it first
  made_at      BIGINT NOT NULL,
  given_at     BIGINT NOT NULL             -- last, to the day
);
CREATE UNIQUE INDEX canaries_once ON canaries (community_id, domain);
CREATE INDEX canaries_by_age ON canaries (given_at);
CREATE INDEX canaries_by_turn ON canaries (community_id, given_at);

CREATE TABLE sightings (
  id       BIGINT NOT NULL,                -- for a link to it that says nothing
  token    TEXT NOT NULL REFERENCES canaries (token) ON DELETE CASCADE,
  domain   TEXT NOT NULL,                  -- who asked: the name that somebody registered
  host     TEXT NOT NULL,                  -- the server below it that asked last
  proved   BOOLEAN NOT NULL,               -- by a signature; otherwise it was only said
  first_at BIGINT NOT NULL,
  last_at  BIGINT NOT NULL,
  times    BIGINT NOT NULL,                -- once a minute counts
  PRIMARY KEY (token, domain)
);
CREATE UNIQUE INDEX sightings_by_id ON sightings (id);
CREATE INDEX sightings_by_age ON sightings (last_at);
