//! What each address for apps answers with, by the entities of `entities.json`. `[Status]` is a list of them, `{}` an empty
//! object, `any` what differs from one to the next.

use serde_json::{Value, json};

/// What comes back where all went well.
pub enum Answer {
    /// JSON of this schema.
    Json(Value),
    /// Server-sent events, or a WebSocket.
    Events,
    /// A word.
    Word,
    /// A status, and nothing besides.
    Nothing,
}

/// `GET /api/v1/accounts/{id}` and what it answers with.
pub fn of(method: &str, path: &str) -> Option<Answer> {
    let address = format!("{method} {path}");
    let (entity, _) = ANSWERS
        .iter()
        .find(|(_, addresses)| addresses.contains(&address.as_str()))?;
    Some(match *entity {
        "events" => Answer::Events,
        "word" => Answer::Word,
        "nothing" => Answer::Nothing,
        entity => Answer::Json(schema(entity)),
    })
}

fn schema(entity: &str) -> Value {
    match entity {
        "{}" => json!({ "type": "object" }),
        "any" => json!({}),
        "boolean" => json!({ "type": "boolean" }),
        "number" => {
            json!({ "type": "object", "required": ["count"], "properties": { "count": { "type": "integer" } } })
        }
        "[string]" => json!({ "type": "array", "items": { "type": "string" } }),
        _ => match entity
            .strip_prefix('[')
            .and_then(|rest| rest.strip_suffix(']'))
        {
            Some(one) => json!({ "type": "array", "items": schema(one) }),
            None => json!({ "$ref": format!("#/components/schemas/{entity}") }),
        },
    }
}

/// The statuses of what went well: 202 and 206 say that a file is not ready yet.
pub fn statuses(method: &str, path: &str) -> &'static [&'static str] {
    match (method, path) {
        ("POST", "/api/v2/media" | "/api/v1/media") => &["200", "202"],
        ("GET" | "PUT", "/api/v1/media/{id}") => &["200", "206"],
        ("GET", "/api/v1/donation_campaigns") => &["204"],
        _ => &["200"],
    }
}

/// Every address that stands here.
#[cfg(test)]
pub fn all() -> impl Iterator<Item = &'static str> {
    ANSWERS
        .iter()
        .flat_map(|(_, addresses)| addresses.iter().copied())
}

const ANSWERS: &[(&str, &[&str])] = &[
    ("Token", &["POST /oauth/token", "POST /api/v1/accounts"]),
    (
        "{}",
        &[
            "POST /api/v1/emails/confirmations",
            "DELETE /api/v1/suggestions/{id}",
            "POST /oauth/revoke",
            "POST /api/v1/domain_blocks",
            "DELETE /api/v1/domain_blocks",
            "DELETE /api/v1/push/subscription",
            "DELETE /api/web/push_subscriptions/{token}",
            "POST /api/v1/notifications/clear",
            "POST /api/v1/notifications/{id}/dismiss",
            "DELETE /api/v1/notifications/{id}",
            "DELETE /api/v1/scheduled_statuses/{id}",
            "DELETE /api/comity/v1/drafts/{id}",
            "DELETE /api/comity/v1/antennas/{id}",
            "DELETE /api/comity/v1/tokens/{id}",
            "DELETE /api/v1/collections/{id}",
            "DELETE /api/v1_alpha/collections/{id}",
            "DELETE /api/v1/collections/{id}/items/{item}",
            "DELETE /api/v1_alpha/collections/{id}/items/{item}",
            "POST /api/v1/collections/{id}/items/{item}/revoke",
            "POST /api/v1_alpha/collections/{id}/items/{item}/revoke",
            "DELETE /api/v1/conversations/{id}",
            "DELETE /api/v2/filters/{id}",
            "DELETE /api/v2/filters/keywords/{id}",
            "DELETE /api/v2/filters/statuses/{id}",
            "DELETE /api/v1/filters/{id}",
            "DELETE /api/v1/lists/{id}",
            "POST /api/v1/lists/{id}/accounts",
            "DELETE /api/v1/lists/{id}/accounts",
            "DELETE /api/v1/featured_tags/{id}",
            "POST /api/comity/v1/contacts/{id}/welcome",
            "POST /api/comity/v1/contacts/{id}/send-away",
            "DELETE /api/v1/media/{id}",
            "POST /api/v1/announcements/{id}/dismiss",
            "POST /api/v1/annual_reports/{id}/generate",
            "POST /api/v1/annual_reports/{id}/read",
            "PUT /api/v1/announcements/{id}/reactions/{name}",
            "DELETE /api/v1/announcements/{id}/reactions/{name}",
            "POST /api/v1/notifications/requests/accept",
            "POST /api/v1/notifications/requests/dismiss",
            "POST /api/v1/notifications/requests/{id}/accept",
            "POST /api/v1/notifications/requests/{id}/dismiss",
            "POST /api/v2/notifications/clear",
            "POST /api/v2/notifications/{id}/dismiss",
            "POST /api/v1/admin/accounts/{id}/action",
            "DELETE /api/v1/admin/email_domain_blocks/{id}",
            "DELETE /api/v1/admin/canonical_email_blocks/{id}",
            "DELETE /api/v1/admin/ip_blocks/{id}",
            "DELETE /api/v1/admin/domain_blocks/{id}",
            "DELETE /api/v1/admin/domain_allows/{id}",
        ],
    ),
    ("nothing", &["GET /api/v1/donation_campaigns"]),
    ("UserInfo", &["GET /oauth/userinfo", "POST /oauth/userinfo"]),
    ("CredentialApplication", &["POST /api/v1/apps"]),
    ("Application", &["GET /api/v1/apps/verify_credentials"]),
    ("Instance", &["GET /api/v2/instance"]),
    ("V1Instance", &["GET /api/v1/instance"]),
    ("[Rule]", &["GET /api/v1/instance/rules"]),
    ("[Language]", &["GET /api/v1/instance/languages"]),
    ("PrivacyPolicy", &["GET /api/v1/instance/privacy_policy"]),
    (
        "TermsOfService",
        &[
            "GET /api/v1/instance/terms_of_service",
            "GET /api/v1/instance/terms_of_service/{date}",
        ],
    ),
    (
        "TranslationLanguages",
        &["GET /api/v1/instance/translation_languages"],
    ),
    (
        "ExtendedDescription",
        &["GET /api/v1/instance/extended_description"],
    ),
    ("OEmbed", &["GET /api/oembed"]),
    ("DomainBlockPreview", &["GET /api/v1/domain_blocks/preview"]),
    ("[DomainBlock]", &["GET /api/v1/instance/domain_blocks"]),
    ("[CustomEmoji]", &["GET /api/v1/custom_emojis"]),
    ("[Announcement]", &["GET /api/v1/announcements"]),
    (
        "[Tag]",
        &[
            "GET /api/v1/trends",
            "GET /api/v1/trends/tags",
            "GET /api/v1/followed_tags",
            "GET /api/v1/featured_tags/suggestions",
        ],
    ),
    (
        "[PreviewCard]",
        &["GET /api/v1/trends/links", "GET /api/v1/admin/trends/links"],
    ),
    (
        "PreviewCard",
        &[
            "POST /api/v1/admin/trends/links/{id}/approve",
            "POST /api/v1/admin/trends/links/{id}/reject",
        ],
    ),
    ("[AdminTag]", &["GET /api/v1/admin/trends/tags"]),
    (
        "AdminTag",
        &[
            "POST /api/v1/admin/trends/tags/{id}/approve",
            "POST /api/v1/admin/trends/tags/{id}/reject",
        ],
    ),
    (
        "[Status]",
        &[
            "GET /api/v1/timelines/link",
            "GET /api/v1/trends/statuses",
            "GET /api/v1/admin/trends/statuses",
            "GET /api/v1/accounts/{id}/statuses",
            "GET /api/v1/statuses",
            "GET /api/v1/statuses/{id}/quotes",
            "GET /api/v1/timelines/home",
            "GET /api/v1/timelines/direct",
            "GET /api/v1/timelines/public",
            "GET /api/v1/timelines/tag/{name}",
            "GET /api/v1/bookmarks",
            "GET /api/v1/favourites",
            "GET /api/v1/timelines/list/{id}",
        ],
    ),
    (
        "CredentialAccount",
        &[
            "DELETE /api/v1/profile/header",
            "DELETE /api/v1/profile/avatar",
            "GET /api/v1/accounts/verify_credentials",
            "PATCH /api/v1/accounts/update_credentials",
        ],
    ),
    (
        "[Account]",
        &[
            "GET /api/v1/suggestions",
            "GET /api/v1/directory",
            "GET /api/v1/accounts",
            "GET /api/v1/accounts/search",
            "GET /api/v1/accounts/{id}/followers",
            "GET /api/v1/accounts/{id}/following",
            "GET /api/v1/follow_requests",
            "GET /api/v1/statuses/{id}/reblogged_by",
            "GET /api/v1/statuses/{id}/favourited_by",
            "GET /api/v1/endorsements",
            "GET /api/v1/accounts/{id}/endorsements",
            "GET /api/v1/blocks",
            "GET /api/v1/mutes",
            "GET /api/v1/lists/{id}/accounts",
            "GET /api/v2/notifications/{id}/accounts",
        ],
    ),
    (
        "Account",
        &["GET /api/v1/accounts/lookup", "GET /api/v1/accounts/{id}"],
    ),
    ("[Relationship]", &["GET /api/v1/accounts/relationships"]),
    (
        "[FamiliarFollowers]",
        &["GET /api/v1/accounts/familiar_followers"],
    ),
    (
        "Relationship",
        &[
            "POST /api/v1/accounts/{id}/follow",
            "POST /api/v1/accounts/{id}/unfollow",
            "POST /api/v1/accounts/{id}/remove_from_followers",
            "POST /api/v1/follow_requests/{id}/authorize",
            "POST /api/v1/follow_requests/{id}/reject",
            "POST /api/v1/accounts/{id}/note",
            "POST /api/v1/accounts/{id}/endorse",
            "POST /api/v1/accounts/{id}/unendorse",
            "POST /api/v1/accounts/{id}/pin",
            "POST /api/v1/accounts/{id}/unpin",
            "POST /api/v1/accounts/{id}/block",
            "POST /api/v1/accounts/{id}/unblock",
            "POST /api/v1/accounts/{id}/mute",
            "POST /api/v1/accounts/{id}/unmute",
        ],
    ),
    (
        "[string]",
        &[
            "GET /api/v1/domain_blocks",
            "GET /api/v1/instance/peers",
            "GET /api/v1/peers/search",
        ],
    ),
    (
        "Status",
        &[
            "POST /api/v1/statuses",
            "GET /api/v1/statuses/{id}",
            "PUT /api/v1/statuses/{id}",
            "DELETE /api/v1/statuses/{id}",
            "PUT /api/v1/statuses/{id}/interaction_policy",
            "POST /api/v1/statuses/{id}/quotes/{quoting}/revoke",
            "POST /api/v1/statuses/{id}/favourite",
            "POST /api/v1/statuses/{id}/unfavourite",
            "POST /api/v1/statuses/{id}/react/{emoji}",
            "POST /api/v1/statuses/{id}/unreact/{emoji}",
            "PUT /api/v1/pleroma/statuses/{id}/reactions/{emoji}",
            "DELETE /api/v1/pleroma/statuses/{id}/reactions/{emoji}",
            "POST /api/v1/statuses/{id}/reblog",
            "POST /api/v1/statuses/{id}/unreblog",
            "POST /api/v1/statuses/{id}/pin",
            "POST /api/v1/statuses/{id}/unpin",
            "POST /api/v1/statuses/{id}/mute",
            "POST /api/v1/statuses/{id}/unmute",
            "POST /api/v1/statuses/{id}/bookmark",
            "POST /api/v1/statuses/{id}/unbookmark",
            "POST /api/v1/admin/trends/statuses/{id}/approve",
            "POST /api/v1/admin/trends/statuses/{id}/reject",
        ],
    ),
    (
        "[StatusReaction]",
        &[
            "GET /api/v1/statuses/{id}/reactions",
            "GET /api/v1/statuses/{id}/reactions/{emoji}",
            "GET /api/v1/pleroma/statuses/{id}/reactions",
            "GET /api/v1/pleroma/statuses/{id}/reactions/{emoji}",
        ],
    ),
    ("Context", &["GET /api/v1/statuses/{id}/context"]),
    ("AsyncRefresh", &["GET /api/v1_alpha/async_refreshes/{id}"]),
    ("StatusSource", &["GET /api/v1/statuses/{id}/source"]),
    ("[StatusEdit]", &["GET /api/v1/statuses/{id}/history"]),
    (
        "WebPushSubscription",
        &[
            "GET /api/v1/push/subscription",
            "POST /api/v1/push/subscription",
            "PUT /api/v1/push/subscription",
        ],
    ),
    (
        "events",
        &[
            "GET /api/v1/streaming",
            "GET /api/v1/streaming/user",
            "GET /api/v1/streaming/user/notification",
            "GET /api/v1/streaming/public",
            "GET /api/v1/streaming/public/local",
            "GET /api/v1/streaming/public/remote",
            "GET /api/v1/streaming/hashtag",
            "GET /api/v1/streaming/hashtag/local",
            "GET /api/v1/streaming/list",
            "GET /api/v1/streaming/direct",
        ],
    ),
    ("word", &["GET /api/v1/streaming/health"]),
    ("[Notification]", &["GET /api/v1/notifications"]),
    (
        "number",
        &[
            "GET /api/v1/notifications/unread_count",
            "GET /api/v2/notifications/unread_count",
        ],
    ),
    ("Notification", &["GET /api/v1/notifications/{id}"]),
    ("[Antenna]", &["GET /api/comity/v1/antennas"]),
    (
        "Antenna",
        &[
            "POST /api/comity/v1/antennas",
            "GET /api/comity/v1/antennas/{id}",
            "PUT /api/comity/v1/antennas/{id}",
        ],
    ),
    ("[Draft]", &["GET /api/comity/v1/drafts"]),
    (
        "Draft",
        &[
            "POST /api/comity/v1/drafts",
            "GET /api/comity/v1/drafts/{id}",
            "PUT /api/comity/v1/drafts/{id}",
        ],
    ),
    (
        "[BookmarkFolder]",
        &["GET /api/v1/pleroma/bookmark_folders"],
    ),
    (
        "BookmarkFolder",
        &[
            "POST /api/v1/pleroma/bookmark_folders",
            "PATCH /api/v1/pleroma/bookmark_folders/{id}",
            "DELETE /api/v1/pleroma/bookmark_folders/{id}",
        ],
    ),
    ("[ScheduledStatus]", &["GET /api/v1/scheduled_statuses"]),
    (
        "ScheduledStatus",
        &[
            "GET /api/v1/scheduled_statuses/{id}",
            "PUT /api/v1/scheduled_statuses/{id}",
        ],
    ),
    (
        "Poll",
        &["GET /api/v1/polls/{id}", "POST /api/v1/polls/{id}/votes"],
    ),
    ("[Conversation]", &["GET /api/v1/conversations"]),
    (
        "Conversation",
        &[
            "POST /api/v1/conversations/{id}/read",
            "POST /api/v1/conversations/{id}/unread",
        ],
    ),
    ("Search", &["GET /api/v2/search"]),
    (
        "AnnualReports",
        &[
            "GET /api/v1/annual_reports",
            "GET /api/v1/annual_reports/{id}",
        ],
    ),
    (
        "AnnualReportState",
        &["GET /api/v1/annual_reports/{id}/state"],
    ),
    ("V1Search", &["GET /api/v1/search"]),
    ("[any]", &["GET /api/v1/accounts/{id}/identity_proofs"]),
    ("Markers", &["GET /api/v1/markers", "POST /api/v1/markers"]),
    ("Preferences", &["GET /api/v1/preferences"]),
    ("[Filter]", &["GET /api/v2/filters"]),
    (
        "Filter",
        &[
            "POST /api/v2/filters",
            "GET /api/v2/filters/{id}",
            "PUT /api/v2/filters/{id}",
        ],
    ),
    ("[FilterKeyword]", &["GET /api/v2/filters/{id}/keywords"]),
    (
        "FilterKeyword",
        &[
            "POST /api/v2/filters/{id}/keywords",
            "GET /api/v2/filters/keywords/{id}",
            "PUT /api/v2/filters/keywords/{id}",
        ],
    ),
    ("[FilterStatus]", &["GET /api/v2/filters/{id}/statuses"]),
    (
        "FilterStatus",
        &[
            "POST /api/v2/filters/{id}/statuses",
            "GET /api/v2/filters/statuses/{id}",
        ],
    ),
    ("[V1Filter]", &["GET /api/v1/filters"]),
    (
        "V1Filter",
        &[
            "POST /api/v1/filters",
            "GET /api/v1/filters/{id}",
            "PUT /api/v1/filters/{id}",
        ],
    ),
    (
        "[List]",
        &["GET /api/v1/lists", "GET /api/v1/accounts/{id}/lists"],
    ),
    (
        "List",
        &[
            "POST /api/v1/lists",
            "GET /api/v1/lists/{id}",
            "PUT /api/v1/lists/{id}",
        ],
    ),
    (
        "Collections",
        &[
            "GET /api/v1/accounts/{id}/collections",
            "GET /api/v1_alpha/accounts/{id}/collections",
            "GET /api/v1/accounts/{id}/in_collections",
            "GET /api/v1_alpha/accounts/{id}/in_collections",
        ],
    ),
    (
        "CollectionWithAccounts",
        &[
            "GET /api/v1/collections/{id}",
            "GET /api/v1_alpha/collections/{id}",
        ],
    ),
    (
        "WrappedCollection",
        &[
            "POST /api/v1/collections",
            "POST /api/v1_alpha/collections",
            "PATCH /api/v1/collections/{id}",
            "PATCH /api/v1_alpha/collections/{id}",
            "PUT /api/v1/collections/{id}",
            "PUT /api/v1_alpha/collections/{id}",
        ],
    ),
    (
        "WrappedCollectionItem",
        &[
            "POST /api/v1/collections/{id}/items",
            "POST /api/v1_alpha/collections/{id}/items",
        ],
    ),
    (
        "Tag",
        &[
            "GET /api/v1/tags/{name}",
            "POST /api/v1/tags/{name}/follow",
            "POST /api/v1/tags/{name}/unfollow",
            "POST /api/v1/tags/{name}/feature",
            "POST /api/v1/tags/{name}/unfeature",
        ],
    ),
    (
        "[FeaturedTag]",
        &[
            "GET /api/v1/featured_tags",
            "GET /api/v1/accounts/{id}/featured_tags",
        ],
    ),
    ("FeaturedTag", &["POST /api/v1/featured_tags"]),
    (
        "any",
        &[
            "GET /api/comity/v1/openapi.json",
            // A PreviewCard, or an empty object.
            "GET /api/v1/statuses/{id}/card",
        ],
    ),
    ("Why", &["GET /api/comity/v1/why"]),
    ("Boundaries", &["GET /api/comity/v1/rules"]),
    ("Reach", &["POST /api/comity/v1/reach"]),
    ("Ledger", &["GET /api/comity/v1/statuses/{id}/reach"]),
    ("[Contact]", &["GET /api/comity/v1/contacts"]),
    ("[SignIn]", &["GET /api/comity/v1/tokens"]),
    (
        "MediaAttachment",
        &[
            "POST /api/v2/media",
            "POST /api/v1/media",
            "GET /api/v1/media/{id}",
            "PUT /api/v1/media/{id}",
        ],
    ),
    ("[Week]", &["GET /api/v1/instance/activity"]),
    ("[Suggestion]", &["GET /api/v2/suggestions"]),
    (
        "Profile",
        &[
            "GET /api/v1/profile",
            "PATCH /api/v1/profile",
            "PUT /api/v1/profile",
        ],
    ),
    ("boolean", &["GET /api/v1/emails/check_confirmation"]),
    (
        "NotificationPolicy",
        &[
            "GET /api/v2/notifications/policy",
            "PATCH /api/v2/notifications/policy",
            "PUT /api/v2/notifications/policy",
        ],
    ),
    (
        "V1NotificationPolicy",
        &[
            "GET /api/v1/notifications/policy",
            "PATCH /api/v1/notifications/policy",
            "PUT /api/v1/notifications/policy",
        ],
    ),
    (
        "[NotificationRequest]",
        &["GET /api/v1/notifications/requests"],
    ),
    ("Merged", &["GET /api/v1/notifications/requests/merged"]),
    (
        "NotificationRequest",
        &["GET /api/v1/notifications/requests/{id}"],
    ),
    (
        "GroupedNotifications",
        &[
            "GET /api/v2/notifications",
            "GET /api/v2/notifications/{id}",
        ],
    ),
    ("Report", &["POST /api/v1/reports"]),
    (
        "[AdminAccount]",
        &["GET /api/v1/admin/accounts", "GET /api/v2/admin/accounts"],
    ),
    (
        "AdminAccount",
        &[
            "GET /api/v1/admin/accounts/{id}",
            "POST /api/v1/admin/accounts/{id}/approve",
            "POST /api/v1/admin/accounts/{id}/reject",
            "DELETE /api/v1/admin/accounts/{id}",
            "POST /api/v1/admin/accounts/{id}/enable",
            "POST /api/v1/admin/accounts/{id}/unsensitive",
            "POST /api/v1/admin/accounts/{id}/unsilence",
            "POST /api/v1/admin/accounts/{id}/unsuspend",
        ],
    ),
    (
        "[AdminEmailDomainBlock]",
        &["GET /api/v1/admin/email_domain_blocks"],
    ),
    (
        "AdminEmailDomainBlock",
        &[
            "GET /api/v1/admin/email_domain_blocks/{id}",
            "POST /api/v1/admin/email_domain_blocks",
        ],
    ),
    (
        "[AdminCanonicalEmailBlock]",
        &[
            "GET /api/v1/admin/canonical_email_blocks",
            "POST /api/v1/admin/canonical_email_blocks/test",
        ],
    ),
    (
        "AdminCanonicalEmailBlock",
        &[
            "GET /api/v1/admin/canonical_email_blocks/{id}",
            "POST /api/v1/admin/canonical_email_blocks",
        ],
    ),
    ("[AdminIpBlock]", &["GET /api/v1/admin/ip_blocks"]),
    (
        "AdminIpBlock",
        &[
            "GET /api/v1/admin/ip_blocks/{id}",
            "POST /api/v1/admin/ip_blocks",
            "PUT /api/v1/admin/ip_blocks/{id}",
        ],
    ),
    ("[AdminReport]", &["GET /api/v1/admin/reports"]),
    (
        "AdminReport",
        &[
            "GET /api/v1/admin/reports/{id}",
            "PUT /api/v1/admin/reports/{id}",
            "POST /api/v1/admin/reports/{id}/assign_to_self",
            "POST /api/v1/admin/reports/{id}/unassign",
            "POST /api/v1/admin/reports/{id}/resolve",
            "POST /api/v1/admin/reports/{id}/reopen",
        ],
    ),
    ("[AdminDomainBlock]", &["GET /api/v1/admin/domain_blocks"]),
    (
        "AdminDomainBlock",
        &[
            "POST /api/v1/admin/domain_blocks",
            "GET /api/v1/admin/domain_blocks/{id}",
            "PUT /api/v1/admin/domain_blocks/{id}",
        ],
    ),
    ("[AdminMeasure]", &["POST /api/v1/admin/measures"]),
    ("[AdminDimension]", &["POST /api/v1/admin/dimensions"]),
    ("[AdminCohort]", &["POST /api/v1/admin/retention"]),
    ("[AdminDomainAllow]", &["GET /api/v1/admin/domain_allows"]),
    (
        "AdminDomainAllow",
        &[
            "POST /api/v1/admin/domain_allows",
            "GET /api/v1/admin/domain_allows/{id}",
        ],
    ),
];
