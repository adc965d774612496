-- What was written elsewhere is what another community of this installation wrote as well: whose a public post is stands in the
-- index, so that those of the community that is asked are passed over without a look at them.
DROP INDEX statuses_elsewhere;
DROP INDEX statuses_public;
DROP INDEX statuses_files_public;
CREATE INDEX statuses_public ON statuses (id, community_id) WHERE visibility = 'public' AND reblog_of_id IS NULL;
CREATE INDEX statuses_files_public ON statuses (id, community_id) WHERE attachments <> '[]' AND visibility = 'public';
