//! Walking every address, filled with everybody and everything that was planted.

use comity::router::{Kind, ROUTES, Route};

use super::cast::{Cast, TOPIC, word};

/// With what might be a canary, which opens nothing.
const GIVEN: &str = "page=true&given=AAAAAAAAAAAAAAAAAAAAAA";

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
        "/assets/{name}" => vec!["/assets/style.css".to_owned(), "/assets/author".to_owned()],
        "/tags/{name}" => vec![format!("/tags/{TOPIC}"), "/tags/author".to_owned()],
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
            .collect(),
        path if path.contains("{id}") => numbers()
            .map(|id| path.replace("{id}", &id.to_string()))
            .collect(),
        "/media/remote/{status}/{at}/{part}" => cast
            .statuses
            .iter()
            .map(|(id, _)| format!("/media/remote/{id}/0/original"))
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
            // Half of a word: the page repeats what it was asked for.
            let halves = super::WORDS.iter().map(|name| coded(&word(name)[..6]));
            let names = cast
                .handles
                .iter()
                .filter_map(|handle| handle.split('@').next())
                .map(str::to_owned);
            let links = cast.links.iter().map(|link| coded(link));
            all.extend(
                halves
                    .chain(names)
                    .chain(links)
                    .chain(handles())
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
        "/@{handle}" => {
            let names = cast.handles.iter();
            all.extend(names.map(|handle| format!("/@{handle}?replies=yes")));
        }
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

/// The letter of the table for what this address is.
pub fn place(route: &Route, signed_in: bool) -> char {
    match route.path {
        "/" if signed_in => 'h',
        "/" | "/about" | "/about/boundaries.json" => 'u',
        "/home" => 'h',
        "/community" => 'c',
        "/everyone" => 'e',
        "/notifications" => 'n',
        "/contacts" | "/api/comity/v1/contacts" => 'z',
        "/search" => 's',
        "/statuses/{id}/history" => 'y',
        "/statuses/{id}/edit" => 'w',
        "/compose" => 'k',
        "/@{handle}" | "/@{handle}/{id}" => 'p',
        "/@{handle}/followers" | "/@{handle}/following" | "/follow-requests" => 'l',
        "/boundaries" | "/boundaries/history" | "/api/comity/v1/rules" => 'b',
        path if path.starts_with("/boundaries/lists") => 'i',
        "/tags/{name}" => 't',
        "/why" | "/api/comity/v1/why" => 'q',
        "/statuses/{id}/reach" | "/api/comity/v1/statuses/{id}/reach" => 'r',
        "/settings/profile" => 'o',
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
