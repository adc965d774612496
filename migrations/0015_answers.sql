-- Who says yes to first contacts where the community asks: members, moderators, or either.
ALTER TABLE communities ADD COLUMN answers TEXT NOT NULL DEFAULT 'members';
