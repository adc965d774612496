//! Files and emoji.

use crate::router::endpoint::{get, post};
use crate::router::route::{Kind, Route, acts, reads};
use crate::{cards, communities, emojis, media};

pub(super) const ROUTES: &[Route] = &[
    // Files
    reads("/media/{key}/{file}", Kind::Asset, || get(media::web::show)),
    reads("/media/remote/{status}/{at}/{part}", Kind::Asset, || {
        get(media::remote::show)
    })
    .slow(),
    reads("/media/remote/cards/{status}/{part}", Kind::Asset, || {
        get(cards::picture::show)
    }),
    // Emoji
    reads("/media/emojis/{key}/{file}", Kind::Asset, || {
        get(emojis::web::file)
    }),
    reads(
        "/media/remote/emojis/{account}/{picture}/{part}",
        Kind::Asset,
        || get(media::remote::show_emoji),
    ),
    reads(
        "/media/remote/portraits/{account}/{which}/{stamp}/{part}",
        Kind::Asset,
        || get(media::remote::show_portrait),
    ),
    reads("/emojis/{id}", Kind::Activity, || {
        get(emojis::activity::show)
    }),
    reads("/moderation/community", Kind::Page, || {
        get(communities::web::look)
    }),
    acts("/moderation/community", Kind::Form, || {
        post(communities::web::save_look)
    })
    .slow(),
    reads("/moderation/emojis", Kind::Page, || get(emojis::web::page)),
    acts("/moderation/emojis", Kind::Form, || post(emojis::web::add)).slow(),
    acts("/moderation/emojis/{id}", Kind::Form, || {
        post(emojis::web::change)
    }),
    acts("/moderation/emojis/{id}/delete", Kind::Form, || {
        post(emojis::web::remove)
    }),
];
