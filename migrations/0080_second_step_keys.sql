-- By which key the secrets of second steps are sealed: one row, written with the first of them.
CREATE TABLE second_step_keys (
  id          BIGINT PRIMARY KEY,
  fingerprint BYTEA NOT NULL            -- of the key, which is in a file and nowhere else
);
