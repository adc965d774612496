-- Conversations that a member left: nothing in them tells the member anything.
CREATE TABLE left_conversations (
  account_id      BIGINT NOT NULL REFERENCES members (account_id),
  conversation_id BIGINT NOT NULL,         -- as in `statuses`
  created_at      BIGINT NOT NULL,
  PRIMARY KEY (account_id, conversation_id)
);
CREATE INDEX left_conversations_by_conversation ON left_conversations (conversation_id);
