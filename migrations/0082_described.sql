-- When what a community says of itself was changed last. 0: it never was, or not since this is kept.
ALTER TABLE communities ADD COLUMN described_at BIGINT NOT NULL DEFAULT 0;
