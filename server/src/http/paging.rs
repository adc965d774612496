//! Which part of a list an app asks for (`max_id`, `since_id`, `min_id`, `limit`, `offset`), and the links that lead on.

use axum::extract::FromRequestParts;
use http::HeaderValue;
use http::request::Parts;
use url::form_urlencoded;

use crate::app::App;
use crate::communities::Community;
use crate::error::Error;
use crate::window::Window;

/// What an app asks for of a list.
#[derive(Clone, Debug, Default)]
pub struct Paging {
    max_id: Option<i64>,
    since_id: Option<i64>,
    min_id: Option<i64>,
    limit: Option<i64>,
    offset: Option<i64>,
    /// The address without those, for the links.
    path: String,
    others: Vec<(String, String)>,
}

impl Paging {
    /// From an address.
    pub fn of(path: &str, query: &str) -> Paging {
        let mut paging = Paging {
            path: path.to_owned(),
            ..Paging::default()
        };
        for (name, value) in form_urlencoded::parse(query.as_bytes()) {
            let number = value.parse::<i64>().ok().filter(|number| *number >= 0);
            match &*name {
                "max_id" => paging.max_id = number,
                "since_id" => paging.since_id = number,
                "min_id" => paging.min_id = number,
                "limit" => paging.limit = number,
                "offset" => paging.offset = number,
                // A token in an address stays out of what proxies and logs read of our answers.
                "access_token" => {}
                _ => paging.others.push((name.into_owned(), value.into_owned())),
            }
        }
        paging
    }

    /// How many are asked for, within bounds: `usual` where nothing is said.
    pub fn limit(&self, usual: i64, most: i64) -> i64 {
        self.limit.unwrap_or(usual).clamp(1, most)
    }

    /// Whether everything is asked for, in lists that have that: Mastodon's `limit=0`.
    pub fn wants_all(&self) -> bool {
        self.limit == Some(0)
    }

    /// How many are left out, for lists without ids.
    pub fn offset(&self) -> i64 {
        self.offset.unwrap_or(0)
    }

    /// Between which ids. `min_id` goes before `since_id`.
    pub fn window(&self) -> Window {
        Window {
            below: self.max_id.unwrap_or(i64::MAX),
            above: self.min_id.or(self.since_id).unwrap_or(0),
            from_below: self.min_id.is_some(),
        }
    }

    /// The `Link` header (RFC 8288) to what is older than `oldest` and newer than `newest`, where there is any of that.
    pub fn links(
        &self,
        here: &Community,
        newest: Option<i64>,
        oldest: Option<i64>,
    ) -> Option<HeaderValue> {
        let next = oldest.map(|id| self.link(here, "max_id", id, "next"));
        header(next, newest.map(|id| self.link(here, "min_id", id, "prev")))
    }

    /// The same for a list without ids, of which `limit` are on a page: by how many are left out.
    pub fn turns(&self, here: &Community, limit: i64, has_more: bool) -> Option<HeaderValue> {
        let skipped = self.offset();
        let next = skipped.saturating_add(limit);
        let next = has_more.then(|| self.link(here, "offset", next, "next"));
        let before = (skipped - limit).max(0);
        header(
            next,
            (skipped > 0).then(|| self.link(here, "offset", before, "prev")),
        )
    }

    fn link(&self, here: &Community, name: &str, value: i64, rel: &str) -> String {
        let mut query = form_urlencoded::Serializer::new(String::new());
        query.extend_pairs(&self.others);
        if let Some(limit) = self.limit {
            query.append_pair("limit", &limit.to_string());
        }
        query.append_pair(name, &value.to_string());
        let (origin, path, query) = (&here.origin, &self.path, query.finish());
        format!("<{origin}{path}?{query}>; rel=\"{rel}\"")
    }
}

fn header(next: Option<String>, before: Option<String>) -> Option<HeaderValue> {
    let links: Vec<String> = next.into_iter().chain(before).collect();
    (!links.is_empty())
        .then(|| HeaderValue::from_str(&links.join(", ")).ok())
        .flatten()
}

impl FromRequestParts<App> for Paging {
    type Rejection = Error;

    async fn from_request_parts(parts: &mut Parts, _: &App) -> Result<Paging, Error> {
        Ok(Paging::of(
            parts.uri.path(),
            parts.uri.query().unwrap_or_default(),
        ))
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_lies_between_is_asked_for() {
        let window = |query: &str| Paging::of("/", query).window();
        assert_eq!(window(""), Window::older_than(i64::MAX));
        assert_eq!(window("max_id=9"), Window::older_than(9));
        let since = window("since_id=3&max_id=9");
        assert_eq!((since.above, since.below, since.from_below), (3, 9, false));
        let just_above = window("since_id=3&min_id=5");
        assert_eq!((just_above.above, just_above.from_below), (5, true));
        // What is no id was not said.
        assert_eq!(
            window("max_id=tomorrow&min_id=-4"),
            Window::older_than(i64::MAX)
        );
    }

    #[test]
    fn limits_keep_within_bounds() {
        for (query, limit) in [("", 20), ("limit=5", 5), ("limit=0", 1), ("limit=1000", 40)] {
            assert_eq!(Paging::of("/", query).limit(20, 40), limit, "{query}");
        }
        assert!(Paging::of("/", "limit=0").wants_all());
    }
}
