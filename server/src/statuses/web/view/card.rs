//! What the page says to which a post links, as a quiet box under the words.

use comity_policy::{Conditions, Visible};
use comity_vocab::Domain;

use super::Reader;
use crate::media::address::{Addresses, RemotePart};
use crate::statuses::{Status, is_sensitive, text};
use crate::web::view::{CardView, SmallView};

impl Reader<'_> {
    /// The card under a post; files stand in its place.
    pub(super) fn card(&self, status: &Visible<Status>) -> Option<CardView> {
        let card = self.cards.get(&status.id)?;
        if !text(status).attachments.is_empty() {
            return None;
        }
        let page = &card.page;
        let drops = status.conditions().contains(Conditions::DROP_MEDIA);
        let covered = drops || is_sensitive(status) || self.plainly;
        let image = page.image.as_ref().filter(|_| !covered);
        let picture = image.and_then(|image| {
            let url = Addresses::of_card(&self.app, status, RemotePart::Small)?;
            Some((
                SmallView {
                    url,
                    width: 0,
                    height: 0,
                },
                image.description.clone(),
            ))
        });
        let (picture, picture_says) = picture.unzip();
        let host = Domain::parse(&page.host).map(|host| host.unicode());
        Some(CardView {
            url: card.url.clone(),
            title: page.title.clone(),
            description: page.description.clone(),
            lang: page.language.clone(),
            host: host.unwrap_or_default(),
            author: page.author.clone(),
            picture,
            picture_says: picture_says.unwrap_or_default(),
        })
    }
}
