//! What people do in these tests again and again, each through its form.

use comity::communities::Community;
/// Where somebody's profile is, on the pages of a community.
pub use comity::web::profile_path as profile;

use crate::town::{Browser, Member, Town};

/// A post, as its author's browser was led to it.
#[derive(Clone, Debug)]
pub struct Post {
    /// Its number.
    pub id: i64,
    /// Its conversation, for members of the author's own community.
    pub path: String,
    author: String,
    home: String,
}

impl Post {
    /// Its conversation, on the pages of any community here.
    pub fn path_in(&self, community: &Community) -> String {
        if community.domain.as_str() == self.home {
            return self.path.clone();
        }
        format!("/@{}@{}/{}", self.author, self.home, self.id)
    }
}

impl Town {
    /// A moment passes, so that one thing is older than the next; then `author` posts.
    pub async fn post(&self, author: &mut Member, text: &str, visibility: &str) -> Post {
        self.compose(author, &[("text", text), ("visibility", visibility)])
            .await
    }

    /// `author` answers.
    pub async fn reply(
        &self,
        author: &mut Member,
        to: &Post,
        text: &str,
        visibility: &str,
    ) -> Post {
        let id = to.id.to_string();
        self.compose(
            author,
            &[
                ("text", text),
                ("visibility", visibility),
                ("in_reply_to", &id),
            ],
        )
        .await
    }

    /// `author` sends the composer with these fields, and it is published.
    pub async fn compose(&self, author: &mut Member, fields: &[(&str, &str)]) -> Post {
        self.wait_s(1);
        let answer = author.post("/compose", fields).await.is(303);
        let path = answer.leads_to().unwrap();
        let path = path.split('#').next().unwrap().to_owned();
        let id = path.rsplit('/').next().unwrap().parse().unwrap();
        Post {
            id,
            path,
            author: author.account.username.clone(),
            home: author.account.domain.to_string(),
        }
    }

    /// `follower` follows somebody who lets everybody in.
    pub async fn follow(&self, follower: &mut Member, followed: &Member) {
        self.wait_s(1);
        follower
            .does(&format!("/accounts/{}/follow", followed.account.id))
            .await;
    }
}

impl Browser {
    /// Presses a button of a page.
    #[track_caller]
    pub fn does(&mut self, act: &str) -> impl Future<Output = ()> {
        let at = std::panic::Location::caller();
        async move {
            let answer = self.post(act, &[("back", "/home")]).await;
            assert_eq!(
                answer.leads_to().as_deref(),
                Some("/home"),
                "{act} at {at}: {}",
                answer.words()
            );
        }
    }
}
