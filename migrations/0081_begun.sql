-- When the secret was made: one with which nobody made a code within a day is forgotten. 0: before this was kept.
ALTER TABLE second_steps ADD COLUMN begun_at BIGINT NOT NULL DEFAULT 0;
CREATE INDEX second_steps_begun ON second_steps (begun_at) WHERE confirmed_at IS NULL;
