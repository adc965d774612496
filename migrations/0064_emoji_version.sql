-- Counts changes of emoji, so that a process which reads rules anew reads them only where they changed.
CREATE TABLE emoji_version (
  id      BIGINT PRIMARY KEY,
  version BIGINT NOT NULL
);
INSERT INTO emoji_version (id, version) VALUES (1, 1);
