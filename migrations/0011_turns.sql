-- Jobs run in the order of their turns. A server that sends more than its share has later ones, so that it waits for
-- others, but for nobody when nobody else has work.
ALTER TABLE jobs ADD COLUMN turn BIGINT NOT NULL DEFAULT 0;
UPDATE jobs SET turn = run_at;
DROP INDEX jobs_due;
CREATE INDEX jobs_by_turn ON jobs (turn, id);
CREATE INDEX jobs_of_ours ON jobs (turn, id) WHERE kind = 'address';
