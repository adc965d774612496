-- What somebody boosts in public, for antennas: most of what people write is no boost, and most boosts are public.
CREATE INDEX statuses_boosts_by_author ON statuses (account_id, id) WHERE reblog_of_id IS NOT NULL AND visibility = 'public';
