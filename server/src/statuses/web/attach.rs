//! What a composer brings besides words: pictures, sound and film, and a question to vote on.

use super::compose::ComposeForm;
use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Files, Kind, Me};
use crate::media::address::Addresses;
use crate::media::{self, Attaching, MOST_ATTACHED, Media, Saying, State};
use crate::polls::{MOST_OPTIONS, NewPoll, Wish};
use crate::web::view::{ComposerView, FileView, LengthChoice, PollForm};

/// The field of the form that files come in.
const FIELD: &str = "file";
/// Lines of a question that are offered before any is filled.
const LINES: usize = 4;
const DAY: i64 = 24 * 60;
/// For how long a question may be asked, in minutes, and in words.
const LENGTHS: [(i64, &str); 7] = [
    (5, "5 minutes"),
    (30, "30 minutes"),
    (60, "1 hour"),
    (6 * 60, "6 hours"),
    (DAY, "1 day"),
    (3 * DAY, "3 days"),
    (7 * DAY, "7 days"),
];

/// Takes in the files that came with a form, and out what it says to take out. Whether that was all that was asked: the
/// form is shown again then, and nothing is published.
pub async fn take_in(app: &App, me: &Me, form: &mut ComposeForm, mut files: Files) -> Result<bool> {
    if let Some(id) = form.drop {
        if let Some(at) = form.media.iter().position(|has| *has == id) {
            form.media.remove(at);
            if at < form.alt.len() {
                form.alt.remove(at);
            }
        }
        match media::remove(app, me.account.id, id).await {
            // The files of a post go when the post is saved without them.
            Ok(()) | Err(Error::NotFound | Error::Invalid { .. }) => {}
            Err(why) => return Err(why),
        }
    }
    form.alt.resize(form.media.len(), String::new());
    while let Some(file) = files.take(FIELD) {
        let called = file.called().to_owned();
        if form.media.len() >= MOST_ATTACHED {
            let why = format!("{called}is one too many: a post takes {MOST_ATTACHED}");
            return Err(Error::invalid(FIELD, why));
        }
        let taken = Box::pin(media::upload(app, me, file, Saying::default())).await;
        let taken = taken.map_err(|why| match why {
            Error::Invalid {
                field: FIELD, why, ..
            } => Error::invalid(FIELD, format!("{called}{why}")),
            other => other,
        })?;
        form.media.push(taken.id);
        form.alt.push(String::new());
    }
    // What could be taken stays; the form is shown again for the rest.
    files.check()?;
    Ok(form.add || form.drop.is_some())
}

/// Waits for the files of a form, which is to be published now: whoever presses the button cannot do more. What takes longer
/// than all files together may is refused by what publishes it.
pub async fn wait(app: &App, me: &Me, form: &ComposeForm) -> Result<()> {
    let all = async {
        for id in form.media.iter().take(MOST_ATTACHED) {
            let found = media::find_own(app, me.account.id, *id).await;
            match found.map(|media| media.state()) {
                Ok(State::Waiting) => {
                    // To wait costs as much as to send it again.
                    let key = me.account.id.to_string();
                    app.limits.check(Kind::Upload, &key)?;
                    media::settled(app, me.account.id, *id, media::PATIENCE).await?;
                }
                // What is not there is told by what publishes it as well.
                Ok(State::Ready | State::Failed) | Err(Error::NotFound) => {}
                Err(why) => return Err(why),
            }
        }
        Ok(())
    };
    let waited = tokio::time::timeout(media::PATIENCE, all).await;
    waited.unwrap_or(Ok(()))
}

/// The files that the post is to have. Small composers have no room for any, and change none.
pub fn attaching(form: &ComposeForm) -> Attaching {
    if !form.with_files {
        return Attaching::default();
    }
    let said = form.media.iter().zip(&form.alt).map(|(id, alt)| {
        let description = Some(alt.clone());
        let saying = Saying {
            description,
            ..Saying::default()
        };
        (*id, saying)
    });
    Attaching {
        said: said.collect(),
        ids: Some(form.media.clone()),
    }
}

/// The question that the post is to ask.
pub fn poll(form: &ComposeForm) -> Wish {
    let options = form.option.iter().map(|option| option.trim());
    let options: Vec<String> = options
        .filter(|option| !option.is_empty())
        .map(str::to_owned)
        .collect();
    if options.is_empty() {
        return Wish::AsItIs;
    }
    Wish::Make(NewPoll {
        options,
        multiple: form.poll_multiple,
        hide_totals: form.poll_hides,
        lasts_ms: form.poll_minutes.saturating_mul(60_000),
    })
}

/// Lays out files and question as they were sent. What cannot be had any more is left out.
pub async fn refill(
    app: &App,
    me: &Me,
    form: &ComposeForm,
    composer: &mut ComposerView,
) -> Result<()> {
    composer.files = views(app, me, &form.media).await?;
    for file in &mut composer.files {
        let said = form.media.iter().zip(&form.alt);
        if let Some((_, alt)) = said.into_iter().find(|(id, _)| **id == file.id) {
            file.description.clone_from(alt);
        }
    }
    composer.takes_files = composer.files.len() < MOST_ATTACHED;
    if let Some(poll) = &mut composer.poll {
        let filled = form.option.iter().take(MOST_OPTIONS);
        poll.options = filled.cloned().collect();
        // One more line than is filled, as long as there may be more.
        while poll.options.last().is_none_or(|last| !last.is_empty())
            && poll.options.len() < MOST_OPTIONS
            || poll.options.len() < LINES
        {
            poll.options.push(String::new());
        }
        poll.multiple = form.poll_multiple;
        poll.hide_totals = form.poll_hides;
        if form.poll_minutes != 0 {
            poll.lasts = lengths(form.poll_minutes);
        }
    }
    Ok(())
}

/// A question that is not asked yet.
pub fn empty_poll() -> PollForm {
    PollForm {
        options: vec![String::new(); LINES],
        lasts: lengths(DAY),
        ..PollForm::default()
    }
}

fn lengths(chosen: i64) -> Vec<LengthChoice> {
    let choice = |(minutes, words)| LengthChoice {
        minutes,
        words,
        chosen: minutes == chosen,
    };
    LENGTHS.into_iter().map(choice).collect()
}

/// One's own files, to be described.
pub async fn views(app: &App, me: &Me, ids: &[i64]) -> Result<Vec<FileView>> {
    let mut views = Vec::new();
    for id in ids.iter().take(MOST_ATTACHED) {
        match media::find_own(app, me.account.id, *id).await {
            Ok(media) => views.push(view(app, me, &media)),
            Err(Error::NotFound) => {}
            Err(why) => return Err(why),
        }
    }
    Ok(views)
}

fn view(app: &App, me: &Me, media: &Media) -> FileView {
    let addresses = Addresses::of_owner(app, &me.account);
    let ready = media.state() == State::Ready;
    let small = addresses.small(&media.stored());
    let whole = || {
        let is_picture = media.kind == "image";
        let whole = || addresses.original(&media.stored(), &media.file_type);
        is_picture.then(whole).flatten()
    };
    FileView {
        id: media.id,
        picture: ready.then(|| small.or_else(whole)).flatten(),
        symbol: match media.kind.as_str() {
            "image" => "picture",
            "audio" => "sound",
            _ => "film",
        },
        told: match media.state() {
            State::Ready => None,
            State::Waiting => Some("It is being made ready. That takes a moment.".to_owned()),
            State::Failed => Some(format!("It could not be made ready: it {}.", media.why)),
        },
        description: media.description.clone(),
    }
}
