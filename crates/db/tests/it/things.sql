-- One text for both engines, with every kind; BIGINT in a comment stays.
CREATE TABLE things (
    id BIGINT PRIMARY KEY,
    name TEXT NOT NULL UNIQUE,
    note TEXT DEFAULT 'a BOOLEAN; in quotes',
    flag BOOLEAN NOT NULL DEFAULT FALSE,
    score DOUBLE PRECISION,
    raw BYTEA,
    shape JSONB
);

CREATE INDEX things_by_score ON things (score);

CREATE TABLE parts (
    thing_id BIGINT NOT NULL REFERENCES things (id) ON DELETE CASCADE,
    number BIGINT NOT NULL,
    label TEXT NOT NULL,
    PRIMARY KEY (thing_id, number)
);

CREATE UNIQUE INDEX parts_once ON parts (label, thing_id) WHERE number > 0;
CREATE UNIQUE INDEX parts_by_lower_label ON parts (lower(label), number);

CREATE TABLE counters (name TEXT PRIMARY KEY, n BIGINT NOT NULL);
