-- Which files a version had, with what was said of them then: JSON, as `statuses` has it. Not there for versions from before this
-- was kept.
ALTER TABLE status_edits ADD COLUMN attachments TEXT;
