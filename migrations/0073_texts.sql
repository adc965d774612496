-- What a community says of data and of its terms, by the day from which each version holds.
CREATE TABLE texts (
  community_id BIGINT NOT NULL REFERENCES communities (id),
  kind         TEXT NOT NULL,           -- privacy-policy, terms-of-service
  holds_from   BIGINT NOT NULL,         -- the first moment of a day, in UTC
  text         TEXT NOT NULL,           -- Markdown
  changes      TEXT NOT NULL,           -- what is new in it; empty where nothing was said
  published_at BIGINT NOT NULL,
  PRIMARY KEY (community_id, kind, holds_from)
);

-- What members wrote in a year, counted when they asked for it.
CREATE TABLE annual_reports (
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  year       BIGINT NOT NULL,
  data       TEXT NOT NULL,             -- JSON, as `annual_reports::Data` reads it
  made_at    BIGINT NOT NULL,
  read_at    BIGINT,                    -- NULL: not yet
  PRIMARY KEY (account_id, year)
);
