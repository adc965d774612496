-- What a member looks for again and again: a timeline of what fits. Their numbers are those of lists for apps, so that no
-- list has the same.
CREATE TABLE antennas (
  id         BIGINT PRIMARY KEY,
  account_id BIGINT NOT NULL REFERENCES members (account_id),
  title      TEXT NOT NULL,
  terms      TEXT NOT NULL              -- JSON, as `antennas::Terms` reads it
);
CREATE INDEX antennas_by_account ON antennas (account_id, id);
