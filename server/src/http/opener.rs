//! Which pages stay known to the window that opened them: those on the way of letting an app in, and no others.

/// Where that way leads from an app's question to the answer: signing in, with all its steps or as somebody else, and what
/// whoever cannot sign in looks at and comes back from. Apps in browsers open it in a window of its own, wait there for the
/// page of theirs that it ends on, and take a window that is closed to them for a no. One step that cut them off would do
/// so for good, redirects among them.
///
/// Whoever opened such a window, and it may be anybody, can close it, lead it elsewhere and learn that it was closed; of
/// what stands in it they read nothing. That takes nothing from its member:
///
/// - No page of ours is ever held in a frame (`frame-ancestors`), so none lies unseen under what somebody clicks. Where
///   windows lie on the screen, who opens them decides with this header as without it.
/// - Who leads the window to a page that looks like ours could have opened it there, and the browser names that server in
///   both cases.
/// - Our pages have no frames that could be counted and hear no messages. They do nothing with the window that opened them,
///   and what they open themselves does not know them (`noopener`).
/// - A yes is still a button that the member presses, in a form with a token of their session.
const KEEPS: [&str; 7] = [
    "/oauth/authorize",
    "/sign-in",
    "/sign-in/second-step",
    "/sign-in/passkey",
    "/sign-out",
    "/sign-up",
    "/forgotten",
];
/// Below this is what somebody reads who signed up and waits to be let in, before they go on to the app.
const KEEPS_BELOW: &str = "/sign-up/";

/// What a browser is told of it for an answer at this path: the `Cross-Origin-Opener-Policy`. Some apps end addresses with
/// a slash.
pub fn policy(path: &str) -> &'static str {
    let bare = path.strip_suffix('/').unwrap_or(path);
    if KEEPS.contains(&bare) || bare.starts_with(KEEPS_BELOW) {
        "unsafe-none"
    } else {
        "same-origin"
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_way_of_letting_an_app_in_is_kept_and_nothing_beside_it() {
        for kept in [
            "/oauth/authorize",
            "/oauth/authorize/",
            "/sign-in",
            "/sign-up",
            "/sign-up/token",
        ] {
            assert_eq!(policy(kept), "unsafe-none", "{kept}");
        }
        for cut in [
            "/",
            "/home",
            "/sign-in/other",
            "/sign-ins",
            "/sign-ups",
            "/sign-ups/blocks",
            "/settings/apps",
            "/settings/passkeys",
        ] {
            assert_eq!(policy(cut), "same-origin", "{cut}");
        }
    }
}
