-- Work to do, what goes out to whom, and what we know of the servers it goes to.

CREATE TABLE jobs (
  id          BIGINT PRIMARY KEY,
  kind        TEXT NOT NULL,
  payload     TEXT NOT NULL,              -- JSON
  run_at      BIGINT NOT NULL,            -- moved into the future while a worker holds the lease
  attempts    BIGINT NOT NULL,
  created_at  BIGINT NOT NULL
);
CREATE INDEX jobs_due ON jobs (run_at, id);

-- One row an activity of ours; its document is built when it is sent, from what is true then.
CREATE TABLE outgoing (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES accounts (id),
  activity   TEXT NOT NULL,               -- JSON: kind and ids
  created_at BIGINT NOT NULL
);

CREATE TABLE deliveries (
  id          BIGINT PRIMARY KEY,
  outgoing_id BIGINT NOT NULL REFERENCES outgoing (id),
  inbox       TEXT NOT NULL,
  domain      TEXT NOT NULL,
  run_at      BIGINT NOT NULL,
  attempts    BIGINT NOT NULL,
  created_at  BIGINT NOT NULL,
  UNIQUE (outgoing_id, inbox)
);
CREATE INDEX deliveries_due ON deliveries (run_at, id);
CREATE INDEX deliveries_by_domain ON deliveries (domain, run_at, id);

CREATE TABLE instances (
  domain           TEXT PRIMARY KEY,
  software         TEXT,
  version          TEXT,
  signature_scheme TEXT,                  -- cavage, rfc9421: what it accepted last
  first_seen_at    BIGINT NOT NULL,
  learned_at       BIGINT NOT NULL,       -- when software and version were last asked for
  failures         BIGINT NOT NULL,       -- in a row
  failing_since    BIGINT,
  retry_at         BIGINT NOT NULL        -- the circuit is open until then
);

-- Activities already taken in: a second copy changes nothing.
CREATE TABLE seen_activities (
  iri     TEXT PRIMARY KEY,
  seen_at BIGINT NOT NULL
);
CREATE INDEX seen_activities_by_age ON seen_activities (seen_at);

-- What is forgotten by age is found by age.
CREATE INDEX tombstones_by_age ON tombstones (deleted_at);
CREATE INDEX sessions_by_expiry ON sessions (expires_at);
