//! Walking every address, filled with everybody and everything that was planted.

use std::collections::BTreeSet;

use comity::router::{Kind, ROUTES, Route};

use super::cast::{Cast, TOPIC, word};

/// With what might be a canary, which opens nothing.
const GIVEN: &str = "page=true&given=AAAAAAAAAAAAAAAAAAAAAA";

/// What the number of an address is the number of, where members keep that for themselves or are told it.
fn kept(path: &str) -> Option<&'static str> {
    let beginnings = [
        ("/antennas/{id}", "antenna"),
        ("/api/comity/v1/antennas/{id}", "antenna"),
        ("/api/v1/lists/{id}", "list"),
        ("/api/v1/timelines/list/{id}", "list"),
        ("/lists/{id}", "list"),
        ("/drafts/{id}", "draft"),
        ("/api/comity/v1/drafts/{id}", "draft"),
        ("/api/v1/scheduled_statuses/{id}", "scheduled"),
        ("/api/v1/pleroma/bookmark_folders/{id}", "folder"),
        ("/bookmarks/folders/{id}", "folder"),
        ("/settings/filters/{id}", "filter"),
        ("/api/v2/filters/{id}", "filter"),
        ("/api/v2/filters/keywords/{id}", "keyword"),
        ("/api/v1/filters/{id}", "keyword"),
        ("/api/v1/polls/{id}", "poll"),
        ("/collections/{id}", "collection"),
        ("/api/v1/collections/{id}", "collection"),
        ("/api/v1_alpha/collections/{id}", "collection"),
        ("/api/v1/notifications/{id}", "bell"),
        ("/api/v2/notifications/{id}", "bell"),
        ("/api/v1/media/{id}", "file"),
        ("/emojis/{id}", "emoji"),
        ("/moderation/reports/{id}", "report"),
        ("/announcements/{id}", "announcement"),
        ("/api/v1/announcements/{id}", "announcement"),
        ("/api/v1/admin/reports/{id}", "report"),
        ("/api/v1/admin/ip_blocks/{id}", "network"),
        ("/api/v1/admin/canonical_email_blocks/{id}", "email"),
        ("/api/v1/admin/email_domain_blocks/{id}", "provider"),
        ("/api/v1/admin/domain_allows/{id}", "allowed"),
        ("/api/v1/admin/domain_blocks/{id}", "refused"),
    ];
    let mut found = beginnings.into_iter();
    let found = found.find(|(beginning, _)| path.starts_with(beginning));
    found.map(|(_, what)| what)
}

/// The addresses of one route, none left out and none unfilled.
pub fn filled(cast: &Cast, route: &Route) -> Vec<String> {
    let own = |handle: &String| {
        handle
            .strip_suffix("@harbour.localhost")
            .unwrap_or(handle)
            .to_owned()
    };
    let names: Vec<String> = cast
        .handles
        .iter()
        .map(own)
        .chain(["harbour.localhost".to_owned()])
        .collect();
    let numbers = || {
        cast.statuses
            .iter()
            .map(|(id, _)| *id)
            .chain(cast.accounts.iter().copied())
    };
    let mut paths: Vec<String> = match route.path {
        "/@{handle}/{id}" => {
            let others = cast
                .statuses
                .iter()
                .map(|(id, _)| format!("/@stranger/{id}"));
            let each = cast.statuses.iter().flat_map(|(id, by)| {
                [
                    format!("/@{by}/{id}"),
                    format!("/@{by}@harbour.localhost/{id}"),
                    format!("/@{by}/{id}?view=order"),
                ]
            });
            each.chain(others).collect()
        }
        path if path.contains("{handle}") => {
            let all = cast.handles.iter().chain(&names);
            all.map(|handle| path.replace("{handle}", handle)).collect()
        }
        path if path.contains("{name}/statuses/{id}") || path.contains("{name}/stamps/{id}") => {
            let ids = cast.statuses.iter().map(|(id, _)| id);
            ids.chain(&cast.stamps)
                .flat_map(|id| {
                    ["author", "stranger"].map(|name| {
                        path.replace("{name}", name)
                            .replace("{id}", &id.to_string())
                    })
                })
                .collect()
        }
        path if path.contains("{date}") => vec![path.replace("{date}", "2026-05-05")],
        "/assets/{name}" => vec!["/assets/style.css".to_owned(), "/assets/author".to_owned()],
        "/tags/{name}" => vec![format!("/tags/{TOPIC}"), "/tags/author".to_owned()],
        "/api/v1/timelines/tag/{name}" => vec![
            format!("/api/v1/timelines/tag/{TOPIC}"),
            format!("/api/v1/timelines/tag/author?any[]={TOPIC}"),
        ],
        path if kept(path).is_some() => {
            let ids = cast.kept[kept(path).unwrap()].iter();
            // One that stands alone is named so, where others are told in groups.
            let alone = path.starts_with("/api/v2/notifications");
            let alone = if alone { "ungrouped-" } else { "" };
            let named = ids.map(|id| path.replace("{id}", &format!("{alone}{id}")));
            let named = named.chain([path.replace("{id}", "7")]);
            // Who is in a collection has a number there that is no other's.
            named
                .map(|path| path.replace("{item}", "7"))
                .map(|path| path.replace("{name}", "%F0%9F%8C%8A"))
                .collect()
        }
        path if path.contains("{name}") => names
            .iter()
            .map(|name| path.replace("{name}", name))
            .collect(),
        path if path.starts_with("/boundaries/lists/{id}") => cast
            .lists
            .iter()
            .map(|id| path.replace("{id}", &id.to_string()))
            .collect(),
        path if path.starts_with("/boundaries/{id}") => vec![path.replace("{id}", "7")],
        path if path.contains("/statuses/{id}") => cast
            .statuses
            .iter()
            .map(|(id, _)| path.replace("{id}", &id.to_string()))
            .map(|path| path.replace("{emoji}", "%F0%9F%8C%8A"))
            // Which of them quotes which is known to few; every one is tried with the last.
            .map(|path| match cast.statuses.last() {
                Some((last, _)) => path.replace("{quoting}", &last.to_string()),
                None => path,
            })
            .collect(),
        path if path.starts_with("/api/v1/accounts/{id}")
            || path.starts_with("/api/v1_alpha/accounts/{id}")
            || path.starts_with("/api/v1/admin/accounts/{id}") =>
        {
            let ids = cast.accounts.iter();
            ids.map(|id| path.replace("{id}", &id.to_string()))
                .collect()
        }
        // What these name is known to few, and nothing of the cast is one of them: a few are tried.
        path if path.starts_with("/api/") && path.contains("{id}") => numbers()
            .step_by(7)
            .map(|id| path.replace("{id}", &id.to_string()))
            .collect(),
        path if path.contains("{id}") => numbers()
            .map(|id| path.replace("{id}", &id.to_string()))
            .collect(),
        "/media/remote/{status}/{at}/{part}" => cast
            .statuses
            .iter()
            .map(|(id, _)| format!("/media/remote/{id}/0/original"))
            .collect(),
        "/media/remote/cards/{status}/{part}" => cast
            .statuses
            .iter()
            .map(|(id, _)| format!("/media/remote/cards/{id}/original"))
            .collect(),
        "/media/emojis/{key}/{file}" => vec!["/media/emojis/author/original.png".to_owned()],
        "/media/remote/emojis/{account}/{picture}/{part}" => cast
            .accounts
            .iter()
            .map(|id| format!("/media/remote/emojis/{id}/YXV0aG9y/original"))
            .collect(),
        "/media/remote/portraits/{account}/{which}/{stamp}/{part}" => cast
            .accounts
            .iter()
            .map(|id| format!("/media/remote/portraits/{id}/avatar/author/original"))
            .collect(),
        "/media/{key}/{file}" => vec!["/media/author/original.jpg".to_owned()],
        path => vec![path.replace("{token}", "nothing")],
    };
    if route.method == "GET" {
        paths.extend(asked(cast, route.path));
    }
    assert!(
        !paths.is_empty() && !paths.iter().any(|path| path.contains('{')),
        "{} cannot be filled",
        route.path
    );
    paths
}

/// What an address is asked with.
fn asked(cast: &Cast, path: &str) -> Vec<String> {
    let coded =
        |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let handles = || {
        cast.handles
            .iter()
            .map(|handle| coded(&format!("@{handle}")))
    };
    let mut all: Vec<String> = Vec::new();
    match path {
        "/search" => {
            // Half of a word: the page repeats what it was asked for. Nearly all of them begin alike, and each is asked once.
            let halves = super::WORDS.iter().map(|name| coded(&word(name)[..6]));
            let halves: BTreeSet<String> = halves.collect();
            let names = cast
                .handles
                .iter()
                .filter_map(|handle| handle.split('@').next())
                .map(str::to_owned);
            let links = cast.links.iter().map(|link| coded(link));
            all.extend(
                halves
                    .into_iter()
                    .chain(names)
                    .chain(links)
                    .chain(handles())
                    .chain(handles().map(|handle| format!("from:{handle}")))
                    .map(|question| format!("/search?q={question}")),
            );
        }
        "/compose" => {
            all.extend(
                cast.statuses
                    .iter()
                    .map(|(id, _)| format!("/compose?in_reply_to={id}")),
            );
            all.extend(
                cast.statuses
                    .iter()
                    .map(|(id, _)| format!("/compose?quote={id}")),
            );
            all.extend(cast.accounts.iter().map(|id| format!("/compose?to={id}")));
            let drafts = cast.kept["draft"].iter();
            all.extend(drafts.map(|id| format!("/compose?draft={id}")));
        }
        "/why" | "/api/comity/v1/why" => {
            let status = if path == "/why" {
                "status"
            } else {
                "status_id"
            };
            all.extend(
                cast.statuses
                    .iter()
                    .map(|(id, _)| format!("{path}?{status}={id}")),
            );
            let servers = ["open", "limited", "refused"].map(|server| cast.peer.domain(server));
            let about = servers.into_iter().chain([
                "nowhere.localhost".to_owned(),
                "sold.localhost".to_owned(),
                "island.localhost".to_owned(),
            ]);
            all.extend(
                about
                    .chain(handles())
                    .chain(cast.links.iter().map(|link| coded(link)))
                    .map(|about| format!("{path}?about={about}")),
            );
        }
        "/api/v2/search" | "/api/v1/search" | "/api/v1/accounts/search" => {
            let names = cast
                .handles
                .iter()
                .filter_map(|handle| handle.split('@').next())
                .map(str::to_owned);
            // By whole words: what comes back does not repeat them. The older search is the same with other topics.
            let words = super::WORDS.iter().map(|name| coded(&word(name)));
            let words = words.filter(|_| path != "/api/v1/search");
            let said = handles().map(|handle| format!("from:{handle}"));
            let said = said.filter(|_| path == "/api/v2/search");
            let asked = names.chain(words).chain(said);
            all.extend(asked.map(|question| format!("{path}?q={question}")));
            // Others are asked about nothing but an address or a handle.
            let links = cast.links.iter().map(|link| coded(link));
            all.extend(handles().chain(links).flat_map(|question| {
                ["", "&resolve=true"].map(|resolve| format!("{path}?q={question}{resolve}"))
            }));
        }
        "/api/v1/accounts/lookup" => {
            all.extend(handles().map(|handle| format!("{path}?acct={handle}")));
        }
        "/api/v1/accounts"
        | "/api/v1/accounts/relationships"
        | "/api/v1/accounts/familiar_followers" => {
            all.extend(cast.accounts.iter().map(|id| format!("{path}?id[]={id}")));
        }
        "/api/v1/statuses" => {
            all.extend(
                cast.statuses
                    .iter()
                    .map(|(id, _)| format!("{path}?id[]={id}")),
            );
        }
        "/api/oembed" => {
            let origin = cast.town.community().origin.clone();
            all.extend(cast.statuses.iter().map(|(id, by)| {
                let address = coded(&format!("{origin}/@{by}/{id}"));
                format!("{path}?url={address}")
            }));
        }
        "/api/v1/peers/search" | "/api/v1/domain_blocks/preview" => {
            let servers = ["open", "limited", "refused"];
            let servers = servers.map(|server| coded(&cast.peer.domain(server)));
            all.extend(servers.map(|server| format!("{path}?q={server}&domain={server}")));
        }
        "/api/v1/timelines/link" => {
            let pages = cast.pages.iter();
            all.extend(pages.map(|page| format!("{path}?url={}", coded(page))));
        }
        "/api/v1/bookmarks" => {
            let folders = cast.kept["folder"].iter();
            all.extend(folders.map(|id| format!("{path}?folder_id={id}")));
        }
        "/api/v1/accounts/{id}/statuses" => {
            let choices = ["exclude_replies=true", "pinned=true", "min_id=1"];
            all.extend(cast.accounts.iter().flat_map(|id| {
                choices.map(|choice| format!("/api/v1/accounts/{id}/statuses?{choice}"))
            }));
        }
        "/api/v1/timelines/public" => {
            let choices = ["local=true", "remote=true", "min_id=1", "only_media=true"];
            all.extend(choices.map(|choice| format!("{path}?{choice}")));
        }
        "/api/v1/admin/accounts" | "/api/v2/admin/accounts" => {
            all.push(format!("{path}?origin=remote"));
        }
        "/report" => {
            let posts = cast.statuses.iter();
            all.extend(posts.map(|(id, _)| format!("/report?status={id}")));
            let collections = cast.kept["collection"].iter();
            all.extend(collections.map(|id| format!("/report?collection={id}")));
        }
        "/@{handle}" => {
            let names = cast.handles.iter();
            let which = ["replies=yes", "media=yes"];
            all.extend(names.flat_map(|handle| which.map(|which| format!("/@{handle}?{which}"))));
        }
        "/directory" => all
            .extend(["order=new", "from=everywhere"].map(|choice| format!("/directory?{choice}"))),
        "/settings/people" => all.push("/settings/people?of=muted".to_owned()),
        "/boundaries/history" => {
            let whose = ["mine", "installation"];
            all.extend(whose.map(|of| format!("/boundaries/history?of={of}")));
        }
        "/boundaries" => {
            all.extend(handles().map(|handle| format!("/boundaries?pattern={handle}")));
        }
        "/.well-known/webfinger" => {
            let links = cast
                .links
                .iter()
                .cloned()
                .chain(["http://harbour.localhost/".to_owned()]);
            let accounts = cast.handles.iter().map(|handle| format!("acct:{handle}"));
            all.extend(
                accounts.chain(links).map(|resource| {
                    format!("/.well-known/webfinger?resource={}", coded(&resource))
                }),
            );
        }
        "/users/{name}/outbox" => {
            let pages = cast.members.keys().flat_map(|name| {
                ["page=true", "page=true&max_id=9223372036854775807", GIVEN]
                    .map(|query| format!("/users/{name}/outbox?{query}"))
            });
            all.extend(pages);
        }
        "/users/{name}/statuses/{id}/replies" => {
            all.extend(cast.statuses.iter().flat_map(|(id, _)| {
                ["page=true", GIVEN]
                    .map(|query| format!("/users/author/statuses/{id}/replies?{query}"))
            }));
        }
        _ => {}
    }
    all
}

/// Whether it lists people, and no posts.
fn is_of_people(path: &str) -> bool {
    let of_accounts = path.starts_with("/api/v1/accounts") && !path.ends_with("/statuses");
    of_accounts || path.starts_with("/api/v1_alpha/accounts") || path == "/api/v1/follow_requests"
}

/// The same for an address that was filled: the community's timeline is a part of everyone's, for apps, an antenna is a list, as
/// people are whom one does not follow, and a collection is reported as a post is.
pub fn place_of(cast: &Cast, route: &Route, path: &str, signed_in: bool) -> char {
    if path.contains("local=true") {
        return 'c';
    }
    if ["/api/v1/timelines/list/{id}", "/lists/{id}"].contains(&route.path) {
        let is_it = |id: &i64| path.ends_with(&format!("/{id}"));
        let is_of = |what: &str| cast.kept[what].iter().any(is_it);
        return match (is_of("antenna"), is_of("strangers")) {
            (true, _) => 'm',
            (false, true) => 'j',
            (false, false) => 'h',
        };
    }
    if path.starts_with("/report?collection=") {
        return 'l';
    }
    place(route, signed_in)
}

/// What is asked of an address that is read by POST, where nothing would be no question.
pub fn body_of(route: &Route) -> &'static str {
    match route.path {
        "/api/v1/admin/measures" => {
            "start_at=2026-05-01&end_at=2026-05-06&keys[]=active_users&keys[]=new_users&keys[]=opened_reports"
        }
        "/api/v1/admin/dimensions" => {
            "start_at=2026-05-01&end_at=2026-05-06&keys[]=languages&keys[]=servers"
        }
        "/api/v1/admin/retention" => "start_at=2026-05-01&end_at=2026-05-06&frequency=day",
        _ => "",
    }
}

/// In whose name an address is read: what another site shows of a post it shows to everybody, whoever asks for it.
pub fn reader_of(route: &Route, viewer: &'static str) -> &'static str {
    if route.path == "/api/oembed" {
        "visitor"
    } else {
        viewer
    }
}

/// Where there may be nothing to read for anybody: who has a letter reads what it leads to. Tests of their own read all of these.
const MAY_BE_EMPTY: [&str; 13] = [
    "/sign-up/{token}",
    "/invite/{token}",
    "/setup/{token}",
    "/reset/{token}",
    "/confirm/{token}",
    "/boundaries/lists/{id}/draft",
    "/api/v1/notifications/requests/{id}",
    "/api/v2/filters/statuses/{id}",
    "/api/v1/annual_reports/{id}",
    "/api/v1_alpha/async_refreshes/{id}",
    "/api/v1/instance/terms_of_service/{date}",
    "/privacy-policy/{date}",
    "/terms-of-service/{date}",
];

/// Whether there is something that somebody of the cast reads at this route: then it was not walked past it.
pub fn holds_something(route: &Route) -> bool {
    let mut empty = MAY_BE_EMPTY.iter();
    let may_be_empty = empty.any(|beginning| route.path.starts_with(*beginning));
    route.method == "GET" && route.path.contains('{') && !may_be_empty
}

/// The letter of the table for what this address is.
fn place(route: &Route, signed_in: bool) -> char {
    match route.path {
        "/api/v1/timelines/home" | "/home" => 'h',
        "/api/v1/timelines/public" => 'e',
        "/api/v1/timelines/tag/{name}" => 't',
        "/api/v1/notifications" | "/api/v1/notifications/{id}" => 'n',
        path if path.starts_with("/api/v2/notifications") => 'n',
        "/api/v2/search" | "/api/v1/search" | "/api/v1/accounts/search" => 's',
        path if path.starts_with("/api/v1/pleroma/statuses") => 'p',
        "/api/v1/statuses/{id}/history" => 'y',
        "/api/v1/statuses/{id}/source" => 'w',
        "/api/v1/instance/domain_blocks" | "/api/v1/instance" | "/api/v2/instance" => 'u',
        path if path.starts_with("/api/v1/statuses") => 'p',
        path if is_of_people(path) => 'l',
        "/antennas"
        | "/antennas/{id}"
        | "/antennas/{id}/edit"
        | "/api/comity/v1/antennas"
        | "/api/comity/v1/antennas/{id}"
        | "/lists"
        | "/api/v1/lists"
        | "/api/v1/lists/{id}" => 'm',
        "/api/v1/timelines/link" | "/api/v1/trends/links" | "/api/v1/admin/trends/links" => 'v',
        "/reports"
        | "/moderation/reports"
        | "/moderation/reports/{id}"
        | "/moderation/record"
        | "/moderation/accounts/{id}"
        | "/sign-ups/blocks" => 'f',
        "/announcements" | "/api/v1/announcements" => 'a',
        "/drafts"
        | "/scheduled"
        | "/api/comity/v1/drafts/{id}"
        | "/api/v1/scheduled_statuses/{id}"
        | "/api/v1/media/{id}"
        | "/api/comity/v1/drafts"
        | "/api/v1/scheduled_statuses"
        | "/api/v1/pleroma/bookmark_folders"
        | "/api/v1/filters"
        | "/api/v2/filters" => 'd',
        "/" if signed_in => 'h',
        "/" | "/about" | "/about/boundaries.json" => 'u',
        "/community" => 'c',
        "/everyone" => 'e',
        "/notifications" => 'n',
        "/contacts"
        | "/api/comity/v1/contacts"
        | "/settings/notifications"
        | "/api/v1/notifications/requests"
        | "/api/v1/notifications/requests/{id}" => 'z',
        "/search" => 's',
        "/statuses/{id}/history" => 'y',
        "/statuses/{id}/edit" | "/collections/{id}/edit" => 'w',
        "/compose" => 'k',
        "/@{handle}"
        | "/@{handle}/{id}"
        | "/bookmarks"
        | "/bookmarks/folders/{id}"
        | "/api/v1/bookmarks"
        | "/api/v1/trends/statuses"
        | "/favourites"
        | "/api/v1/admin/trends/statuses"
        | "/report"
        | "/api/v1/favourites"
        | "/directory"
        | "/trends"
        | "/conversations"
        | "/api/v1/conversations"
        | "/api/v1/timelines/direct"
        | "/api/v1/polls/{id}"
        | "/api/oembed"
        | "/api/v1/accounts/{id}/statuses" => 'p',
        "/@{handle}/followers"
        | "/@{handle}/following"
        | "/@{handle}/collections"
        | "/@{handle}/featured"
        | "/collections/{id}"
        | "/api/v1/collections/{id}"
        | "/api/v1_alpha/collections/{id}"
        | "/follow-requests"
        | "/settings/people"
        | "/api/v1/blocks"
        | "/api/v1/mutes"
        | "/api/v1/endorsements"
        | "/lists/{id}/edit"
        | "/api/v1/lists/{id}/accounts" => 'l',
        "/boundaries"
        | "/boundaries/history"
        | "/api/comity/v1/rules"
        | "/api/v1/domain_blocks" => 'b',
        path if path.starts_with("/boundaries/lists") => 'i',
        "/tags/{name}" => 't',
        "/why" | "/api/comity/v1/why" => 'q',
        "/statuses/{id}/reach" | "/api/comity/v1/statuses/{id}/reach" => 'r',
        "/settings/profile" | "/settings/email" => 'o',
        path if path.starts_with("/settings/filters") => 'd',
        path if path.starts_with("/api/v1/filters/") || path.starts_with("/api/v2/filters/") => 'd',
        "/api/v1/admin/trends/tags" => '!',
        path if path.starts_with("/api/v1/admin/") || path.starts_with("/api/v2/admin/") => 'g',
        // Nothing that anybody wrote belongs there.
        _ => '!',
    }
}

/// Every address that is read, and every one that is acted upon.
pub fn reads() -> impl Iterator<Item = &'static Route> {
    ROUTES.iter().filter(|route| route.method == "GET")
}

/// Forms, with the end of the session last.
pub fn forms() -> impl Iterator<Item = &'static Route> {
    let forms = || ROUTES.iter().filter(|route| route.kind == Kind::Form);
    forms()
        .filter(|route| route.path != "/sign-out")
        .chain(forms().filter(|route| route.path == "/sign-out"))
}
