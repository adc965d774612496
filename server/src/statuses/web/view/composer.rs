//! What a composer is laid out with: for a new post, or for an answer to one.

use comity_policy::{Act, Visible};
use comity_vocab::Visibility;

use super::Reader;
use crate::app::App;
use crate::http::Me;
use crate::statuses::Status;
use crate::statuses::web::attach::empty_poll;
use crate::statuses::web::{answers, quotes};
use crate::text::Format;
use crate::text::language::{LANGUAGES, is_tag};
use crate::web::person_view;
use crate::web::view::{ComposerView, LanguageChoice, SeenBy, Tell};

impl Reader<'_> {
    /// Fills a composer that answers `status`: whom it tells, who may see it. Who left the conversation is among them as
    /// before: of an answer to few they would lose the words, and others would learn that they left.
    pub fn prepare_reply(&self, composer: &mut ComposerView, status: &Visible<Status>) {
        let here = &self.visit.community;
        let me = self.visit.me.as_ref().map(|me| me.account.id);
        composer.in_reply_to = Some(status.id);
        composer.seen_by = seen_by(visibility(composer.seen_by).narrowed_to(status.visibility));
        composer.choices = choices_for_reply(status.visibility);
        composer.submit = "Reply";
        composer.asks = self.asks_first(status, Act::Reply);
        let others = status
            .mentions
            .iter()
            .filter(|account| account.id != status.author.id);
        composer.tell = std::iter::once((&status.author, true))
            .chain(others.map(|account| (account, false)))
            .filter(|(account, _)| Some(account.id) != me)
            .map(|(account, ticked)| {
                let person = person_view(account, here);
                Tell {
                    handle: person.handle(),
                    name: person.name,
                    ticked,
                }
            })
            .collect();
    }
}

/// A composer for a new post of this member.
pub fn composer(app: &App, me: &Me) -> ComposerView {
    let mut languages: Vec<LanguageChoice> = LANGUAGES
        .iter()
        .map(|(tag, name)| LanguageChoice {
            tag: (*tag).to_owned(),
            name: (*name).to_owned(),
            chosen: false,
        })
        .collect();
    choose_language(&mut languages, &me.member.language);
    languages.sort_by_key(|language| !language.chosen);
    ComposerView {
        action: "/compose".to_owned(),
        in_reply_to: None,
        quote: None,
        text: String::new(),
        draft: None,
        sensitive: false,
        markdown: me.member.format == Format::Markdown,
        looks_html: None,
        spoiler: String::new(),
        seen_by: seen_by(me.member.default_visibility),
        choices: choices(),
        languages,
        reads_like: None,
        limit: app.config.limits.post_characters,
        tell: Vec::new(),
        answers: answers(me.member.answering),
        quotes: quotes(me.member.quoting),
        asks: None,
        kept_from: String::new(),
        files: Vec::new(),
        takes_files: true,
        poll: Some(empty_poll()),
        later: Some(String::new()),
        reach: None,
        trouble: None,
        submit: "Post",
    }
}

/// Makes this language the chosen one. One that is not among those offered joins them, and so does saying none: what was
/// chosen elsewhere does not turn into the first of the list.
pub fn choose_language(languages: &mut Vec<LanguageChoice>, tag: &str) {
    let is_known = languages.iter().any(|language| language.tag == tag);
    if !is_known && (tag.is_empty() || is_tag(tag)) {
        let name = if tag.is_empty() { "Not said" } else { tag };
        languages.push(LanguageChoice {
            tag: tag.to_owned(),
            name: name.to_owned(),
            chosen: false,
        });
    }
    for language in languages {
        language.chosen = language.tag == tag;
    }
}

/// What a writer may choose, widest first.
pub fn choices() -> Vec<SeenBy> {
    SeenBy::ALL.to_vec()
}

pub(super) fn choices_for_reply(parent: Visibility) -> Vec<SeenBy> {
    SeenBy::ALL
        .into_iter()
        .filter(|choice| {
            let chosen = visibility(*choice);
            chosen.narrowed_to(parent) == chosen
        })
        .collect()
}

/// A visibility in the words of the pages.
pub fn seen_by(visibility: Visibility) -> SeenBy {
    match visibility {
        Visibility::Public => SeenBy::Everyone,
        Visibility::Unlisted => SeenBy::Quietly,
        Visibility::Private => SeenBy::Followers,
        Visibility::Direct => SeenBy::Mentioned,
        Visibility::Local => SeenBy::Community,
    }
}

/// The visibility that a choice on a page means.
fn visibility(chosen: SeenBy) -> Visibility {
    match chosen {
        SeenBy::Everyone => Visibility::Public,
        SeenBy::Quietly => Visibility::Unlisted,
        SeenBy::Followers => Visibility::Private,
        SeenBy::Mentioned => Visibility::Direct,
        SeenBy::Community => Visibility::Local,
    }
}
