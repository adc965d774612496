-- The picture that stands for a film or a sound, where its owner chose one. It is kept under a key of its own, which changes
-- with it: no browser shows the one before.
ALTER TABLE media ADD COLUMN poster_key TEXT NOT NULL DEFAULT '';
ALTER TABLE media ADD COLUMN poster TEXT NOT NULL DEFAULT '';    -- JSON, as `media::model::Poster` reads it
CREATE UNIQUE INDEX media_by_poster ON media (poster_key) WHERE poster_key <> '';
