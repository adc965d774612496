//! The picture of a card: our copy of it, for whom its address was made, while they may see the card.

use axum::extract::{OriginalUri, Query, State};
use comity_policy::Way;
use comity_vocab::Iri;
use http::HeaderMap;

use crate::app::App;
use crate::error::{Error, Result};
use crate::http::{Path, Reply};
use crate::media::address::{MaySigned, RemotePart};
use crate::media::remote::{send_picture, viewer};
use crate::media::web::may;
use crate::statuses;

/// `GET /media/remote/cards/{status}/{part}`
pub async fn show(
    State(app): State<App>,
    Path((status, part)): Path<(i64, String)>,
    Query(signed): Query<MaySigned>,
    OriginalUri(uri): OriginalUri,
    headers: HeaderMap,
) -> Result<Reply> {
    let part = RemotePart::parse(&part).ok_or(Error::NotFound)?;
    let reader = signed.reader(&app, uri.path())?.ok_or(Error::NotFound)?;
    let (party, community) = viewer(&app, reader).await?;
    let status = statuses::find(&app, &party, Way::Rest, status).await?;
    // A rule may drop files of its author, or previews (those `of` leaves out).
    may(&app, &party, &status).await?;
    let card = super::of(&app, &[&status]).await?.remove(&status.id);
    let image = card.and_then(|card| card.page.image);
    let image = image.ok_or(Error::NotFound)?;
    let address = Iri::parse(&image.url).map_err(|_| Error::NotFound)?;
    if !super::speaks_with(&app, &party, &address.domain()).await? {
        return Err(Error::NotFound);
    }
    Box::pin(send_picture(&app, community, &address, part, &headers)).await
}
