PREPARE a1 AS INSERT INTO notifications
                    (id, account_id, kind, from_account_id, status_id, created_at, collection_id, set_aside)
             SELECT $1, k.account_id, $3, $4, $5, $6, CAST($7 AS BIGINT),
                    NOT k.exempt AND COALESCE(
                        (p.not_following = 'filter' AND NOT k.follows)
                     OR (p.not_followers = 'filter' AND NOT k.followed)
                     OR (p.new_accounts = 'filter' AND k.young)
                     OR (p.private_mentions = 'filter' AND k.message AND NOT k.follows), FALSE)
               FROM (SELECT m.account_id,
                            EXISTS (SELECT 1
                                      FROM follows f
                                     WHERE f.account_id = m.account_id AND f.target_id = $4 AND f.state = 'accepted') AS follows,
                            EXISTS (SELECT 1
                                      FROM follows f
                                     WHERE f.account_id = $4 AND f.target_id = m.account_id AND f.state = 'accepted'
                                       AND f.created_at <= CAST($6 AS BIGINT) - 259200000) AS followed,
                            EXISTS (SELECT 1
                                      FROM accounts a
                                     WHERE a.id = $4 AND a.created_at > CAST($6 AS BIGINT) - 2592000000) AS young,
                            EXISTS (SELECT 1
                                      FROM statuses s
                                     WHERE s.id = $5 AND s.account_id = $4 AND s.visibility = 'direct') AS message,
                            (CAST($3 AS TEXT) = 'poll'
                             OR EXISTS (SELECT 1 FROM welcomes w WHERE w.account_id = m.account_id AND w.target_id = $4)
                             OR EXISTS (SELECT 1
                                          FROM members o
                                         WHERE o.account_id = $4 AND o.community_id = m.community_id AND o.role <> 'member')
                             OR EXISTS (SELECT 1
                                          FROM statuses s
                                          JOIN statuses q ON q.id = s.in_reply_to_id
                                         WHERE s.id = $5 AND s.account_id = $4 AND q.account_id = m.account_id)) AS exempt
                       FROM members m
                      WHERE m.account_id = $2) k
               LEFT JOIN notification_policies p ON p.account_id = k.account_id
              WHERE NOT EXISTS (SELECT 1
                                  FROM statuses s
                                  JOIN left_conversations l ON l.conversation_id = s.conversation_id
                                 WHERE s.id = $5 AND l.account_id = $2)
                AND (k.exempt OR NOT COALESCE(
                        (p.not_following = 'drop' AND NOT k.follows)
                     OR (p.not_followers = 'drop' AND NOT k.followed)
                     OR (p.new_accounts = 'drop' AND k.young)
                     OR (p.private_mentions = 'drop' AND k.message AND NOT k.follows), FALSE)) ON CONFLICT DO NOTHING;
PREPARE a2 AS INSERT INTO notifications
                    (id, account_id, kind, from_account_id, status_id, created_at, collection_id, set_aside)
             SELECT $1, k.account_id, $3, $4, $5, $6, CAST($7 AS BIGINT),
                    NOT k.exempt AND COALESCE(
                        (p.not_following = 'filter' AND NOT k.follows)
                     OR (p.not_followers = 'filter' AND NOT k.followed)
                     OR (p.new_accounts = 'filter' AND k.young)
                     OR (p.private_mentions = 'filter' AND k.message AND NOT k.follows), FALSE)
               FROM (SELECT m.account_id,
                            EXISTS (SELECT 1
                                      FROM follows f
                                     WHERE f.account_id = m.account_id AND f.target_id = $4 AND f.state = 'accepted') AS follows,
                            EXISTS (SELECT 1
                                      FROM follows f
                                     WHERE f.account_id = $4 AND f.target_id = m.account_id AND f.state = 'accepted'
                                       AND f.created_at <= CAST($6 AS BIGINT) - 259200000) AS followed,
                            EXISTS (SELECT 1
                                      FROM accounts a
                                     WHERE a.id = $4 AND a.created_at > CAST($6 AS BIGINT) - 2592000000) AS young,
                            EXISTS (SELECT 1
                                      FROM statuses s
                                     WHERE s.id = $5 AND s.account_id = $4 AND s.visibility = 'direct') AS message,
                            (CAST($3 AS TEXT) = 'poll'
                             OR EXISTS (SELECT 1 FROM welcomes w WHERE w.account_id = m.account_id AND w.target_id = $4)
                             OR EXISTS (SELECT 1
                                          FROM members o
                                         WHERE o.account_id = $4 AND o.community_id = m.community_id AND o.role <> 'member')
                             OR EXISTS (SELECT 1
                                          FROM statuses s
                                          JOIN statuses q ON q.id = s.in_reply_to_id
                                         WHERE s.id = $5 AND s.account_id = $4 AND q.account_id = m.account_id)) AS exempt
                       FROM members m
                      WHERE m.account_id = $2) k
               LEFT JOIN notification_policies p ON p.account_id = k.account_id
              WHERE NOT EXISTS (SELECT 1
                                  FROM statuses s
                                  JOIN left_conversations l ON l.conversation_id = s.conversation_id
                                 WHERE s.id = $5 AND l.account_id = $2)
                AND (k.exempt OR NOT COALESCE(
                        (p.not_following = 'drop' AND NOT k.follows)
                     OR (p.not_followers = 'drop' AND NOT k.followed)
                     OR (p.new_accounts = 'drop' AND k.young)
                     OR (p.private_mentions = 'drop' AND k.message AND NOT k.follows), FALSE)) AND EXISTS (SELECT 1
                        FROM notifications n
                       WHERE n.id = $8
                         AND NOT (n.account_id = $2 AND n.kind = $3 AND n.from_account_id = $4
                                  AND n.status_id IS NOT DISTINCT FROM $5
                                  AND n.collection_id IS NOT DISTINCT FROM CAST($7 AS BIGINT))) ON CONFLICT DO NOTHING;
PREPARE a3 AS INSERT INTO notifications
                    (id, account_id, kind, from_account_id, status_id, created_at, collection_id, set_aside)
             SELECT $1, k.account_id, $3, $4, $5, $6, CAST($7 AS BIGINT),
                    NOT k.exempt AND COALESCE(
                        (p.not_following = 'filter' AND NOT k.follows)
                     OR (p.not_followers = 'filter' AND NOT k.followed)
                     OR (p.new_accounts = 'filter' AND k.young)
                     OR (p.private_mentions = 'filter' AND k.message AND NOT k.follows), FALSE)
               FROM (SELECT m.account_id,
                            EXISTS (SELECT 1
                                      FROM follows f
                                     WHERE f.account_id = m.account_id AND f.target_id = $4 AND f.state = 'accepted') AS follows,
                            EXISTS (SELECT 1
                                      FROM follows f
                                     WHERE f.account_id = $4 AND f.target_id = m.account_id AND f.state = 'accepted'
                                       AND f.created_at <= CAST($6 AS BIGINT) - 259200000) AS followed,
                            EXISTS (SELECT 1
                                      FROM accounts a
                                     WHERE a.id = $4 AND a.created_at > CAST($6 AS BIGINT) - 2592000000) AS young,
                            EXISTS (SELECT 1
                                      FROM statuses s
                                     WHERE s.id = $5 AND s.account_id = $4 AND s.visibility = 'direct') AS message,
                            (CAST($3 AS TEXT) = 'poll'
                             OR EXISTS (SELECT 1 FROM welcomes w WHERE w.account_id = m.account_id AND w.target_id = $4)
                             OR EXISTS (SELECT 1
                                          FROM members o
                                         WHERE o.account_id = $4 AND o.community_id = m.community_id AND o.role <> 'member')
                             OR EXISTS (SELECT 1
                                          FROM statuses s
                                          JOIN statuses q ON q.id = s.in_reply_to_id
                                         WHERE s.id = $5 AND s.account_id = $4 AND q.account_id = m.account_id)) AS exempt
                       FROM members m
                      WHERE m.account_id = $2) k
               LEFT JOIN notification_policies p ON p.account_id = k.account_id
              WHERE NOT EXISTS (SELECT 1
                                  FROM statuses s
                                  JOIN left_conversations l ON l.conversation_id = s.conversation_id
                                 WHERE s.id = $5 AND l.account_id = $2)
                AND (k.exempt OR NOT COALESCE(
                        (p.not_following = 'drop' AND NOT k.follows)
                     OR (p.not_followers = 'drop' AND NOT k.followed)
                     OR (p.new_accounts = 'drop' AND k.young)
                     OR (p.private_mentions = 'drop' AND k.message AND NOT k.follows), FALSE)) AND EXISTS (SELECT 1
                        FROM notifications n
                       WHERE n.id = $8
                         AND NOT (n.account_id = $2 AND n.kind = $3 AND n.from_account_id = $4
                                  AND n.status_id IS NOT DISTINCT FROM $5
                                  AND n.collection_id IS NOT DISTINCT FROM CAST($7 AS BIGINT))) AND NOT EXISTS (SELECT 1
                            FROM notifications n
                           WHERE n.account_id = $2 AND n.kind = $3 AND n.from_account_id = $4
                             AND n.status_id IS NOT DISTINCT FROM $5
                             AND n.collection_id IS NOT DISTINCT FROM CAST($7 AS BIGINT));
PREPARE t1 AS INSERT INTO notifications (id, account_id, kind, from_account_id, created_at, rule_id, following, followers,
                                        report_id, applicant_id, action_id)
             SELECT $1, m.account_id, $3, $4, $5, CAST($7 AS BIGINT), $8, $9, CAST($10 AS BIGINT), CAST($11 AS BIGINT),
                    CAST($12 AS BIGINT)
               FROM members m
              WHERE m.account_id = $2
                AND (CAST($6 AS TEXT) IS NULL
                     OR (SELECT max(n.id)
                           FROM notifications n
                          WHERE n.account_id = $2 AND n.kind = CAST($6 AS TEXT) AND n.rule_id IS NOT NULL)
                        > COALESCE((SELECT max(n.id)
                                      FROM notifications n
                                     WHERE n.account_id = $2 AND n.kind = $3 AND n.rule_id IS NOT NULL), 0)) ON CONFLICT DO NOTHING;
PREPARE t2 AS INSERT INTO notifications (id, account_id, kind, from_account_id, created_at, rule_id, following, followers,
                                        report_id, applicant_id, action_id)
             SELECT $1, m.account_id, $3, $4, $5, CAST($7 AS BIGINT), $8, $9, CAST($10 AS BIGINT), CAST($11 AS BIGINT),
                    CAST($12 AS BIGINT)
               FROM members m
              WHERE m.account_id = $2
                AND (CAST($6 AS TEXT) IS NULL
                     OR (SELECT max(n.id)
                           FROM notifications n
                          WHERE n.account_id = $2 AND n.kind = CAST($6 AS TEXT) AND n.rule_id IS NOT NULL)
                        > COALESCE((SELECT max(n.id)
                                      FROM notifications n
                                     WHERE n.account_id = $2 AND n.kind = $3 AND n.rule_id IS NOT NULL), 0)) AND EXISTS (SELECT 1
                        FROM notifications n
                       WHERE n.id = $13
                         AND NOT (n.account_id = $2 AND n.kind = $3
                                  AND n.rule_id IS NOT DISTINCT FROM CAST($7 AS BIGINT)
                                  AND n.report_id IS NOT DISTINCT FROM CAST($10 AS BIGINT)
                                  AND n.applicant_id IS NOT DISTINCT FROM CAST($11 AS BIGINT)
                                  AND n.action_id IS NOT DISTINCT FROM CAST($12 AS BIGINT))) ON CONFLICT DO NOTHING;
PREPARE t3 AS INSERT INTO notifications (id, account_id, kind, from_account_id, created_at, rule_id, following, followers,
                                        report_id, applicant_id, action_id)
             SELECT $1, m.account_id, $3, $4, $5, CAST($7 AS BIGINT), $8, $9, CAST($10 AS BIGINT), CAST($11 AS BIGINT),
                    CAST($12 AS BIGINT)
               FROM members m
              WHERE m.account_id = $2
                AND (CAST($6 AS TEXT) IS NULL
                     OR (SELECT max(n.id)
                           FROM notifications n
                          WHERE n.account_id = $2 AND n.kind = CAST($6 AS TEXT) AND n.rule_id IS NOT NULL)
                        > COALESCE((SELECT max(n.id)
                                      FROM notifications n
                                     WHERE n.account_id = $2 AND n.kind = $3 AND n.rule_id IS NOT NULL), 0)) AND EXISTS (SELECT 1
                        FROM notifications n
                       WHERE n.id = $13
                         AND NOT (n.account_id = $2 AND n.kind = $3
                                  AND n.rule_id IS NOT DISTINCT FROM CAST($7 AS BIGINT)
                                  AND n.report_id IS NOT DISTINCT FROM CAST($10 AS BIGINT)
                                  AND n.applicant_id IS NOT DISTINCT FROM CAST($11 AS BIGINT)
                                  AND n.action_id IS NOT DISTINCT FROM CAST($12 AS BIGINT))) AND NOT EXISTS (SELECT 1
                            FROM notifications n
                           WHERE n.account_id = $2 AND n.kind = $3
                             AND n.rule_id IS NOT DISTINCT FROM CAST($7 AS BIGINT)
                             AND n.report_id IS NOT DISTINCT FROM CAST($10 AS BIGINT)
                             AND n.applicant_id IS NOT DISTINCT FROM CAST($11 AS BIGINT)
                             AND n.action_id IS NOT DISTINCT FROM CAST($12 AS BIGINT));
PREPARE push AS INSERT INTO jobs (id, kind, payload, turn, run_at, attempts, created_at)
     SELECT $1, $2, $3, $4, $4, 0, $4
      WHERE EXISTS (SELECT 1 FROM push_subscriptions WHERE account_id = $5)
        AND EXISTS (SELECT 1 FROM notifications WHERE id = $1 AND account_id = $5)
     ON CONFLICT (id) DO NOTHING;
select name, parameter_types from pg_prepared_statements;
