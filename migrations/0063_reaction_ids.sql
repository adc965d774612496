-- The address of the activity that said an emoji, so that an Undo which names nothing else takes it back. Empty where it came
-- without one, and for what members here say: these stand beside a favourite that has it.
ALTER TABLE reactions ADD COLUMN iri TEXT NOT NULL DEFAULT '';
CREATE INDEX reactions_by_iri ON reactions (account_id, iri);
