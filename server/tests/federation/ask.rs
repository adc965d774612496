//! A copy is asked back from a server that its author refuses by now (L38): it goes there, and the post stays at home.

use comity::rules::{self, NewRule, Source};
use comity_policy::{CommunityId, Pattern, PersonId, Scope, Stance};
use comity_vocab::Visibility;

use crate::installation::until;
use crate::{neighbours, on_both};

on_both! {
    async fn l38_what_is_asked_back_goes_there_and_stays_at_home(engine) {
        let (north, south, alice, bob) = Box::pin(neighbours(engine)).await;
        let post = north.post(&alice, "Soon regretted", Visibility::Public).await;
        let _ = south.awaits(&bob, &post.iri).await;
        // So that it is in the ledger that it arrived.
        north.is_idle().await;
        let scope = Scope::Member(PersonId(alice.id), CommunityId(north.community.id));
        let pattern = Pattern::Domain(south.community.domain.clone());
        let refused = NewRule {
            ask_back: true,
            ..NewRule::about(scope, pattern, Stance::Refused, Source::Person)
        };
        rules::set(&north.app, refused).await.unwrap();
        until("the copy is gone", async || {
            south.sees(&bob, &post.iri).await.is_none().then_some(())
        })
        .await;
        north.is_idle().await;
        assert!(north.sees(&alice, &post.iri).await.is_some(), "the post stays");
    }
}
