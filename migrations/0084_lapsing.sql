-- What a rule took over for a while, and until when: a rule that takes its place takes that over too.
ALTER TABLE rules ADD COLUMN lapsing BIGINT NOT NULL DEFAULT 0;   -- conditions, as bits
ALTER TABLE rules ADD COLUMN lapses_at BIGINT;
