//! Names that read like others: whoever looks at somebody is told.

use serde_json::json;

use crate::coast::Coast;
use crate::peer;

impl Coast {
    /// Somebody says a word to alice, so that their profile is here.
    async fn meets(&self, server: &str, name: &str) -> String {
        let by = self.peer.iri(server, name);
        let alice = self.alice.account.iri.to_string();
        let create = peer::create(&by, "1", "Hello", None, Some(&alice)).to_string();
        self.signed(&by, http::Method::POST, "/inbox", &create)
            .await
            .is(202);
        self.is_idle().await;
        format!("/@{name}@{}", self.peer.domain(server))
    }

    async fn alice_follows(&mut self, server: &str, name: &str) {
        let handle = format!("@{name}@{}", self.peer.domain(server));
        let domain = comity_vocab::Domain::parse(&self.peer.domain(server)).unwrap();
        let found = comity::accounts::find_by_handle(&self.town.app, name, &domain);
        let id = found.await.unwrap().expect(&handle).id;
        self.alice
            .post(&format!("/accounts/{id}/follow"), &[])
            .await
            .is(303);
        self.is_idle().await;
        let by = self.peer.iri(server, name);
        let follow = self
            .got(server, "Follow")
            .pop()
            .expect("her follow was delivered");
        let accept =
            json!({ "id": format!("{by}#yes"), "type": "Accept", "actor": by, "object": follow });
        self.signed(&by, http::Method::POST, "/inbox", &accept.to_string())
            .await
            .is(202);
        self.is_idle().await;
    }
}

coast_test! {
    async fn l48_a_server_that_reads_like_a_refused_one_is_told_where_the_rule_binds(coast) {
        coast.alice_refuses_kept().await;
        let lookalike = coast.meets("кept", "nora").await; // a Cyrillic к
        coast.alice.get(&lookalike).await.is(200).shows("reads like kept.localhost").shows("which you refuse");
        // That she refuses it is her own matter.
        coast.bob.get(&lookalike).await.is(200).hides("reads like");
        let other = coast.meets("open", "nora").await;
        coast.alice.get(&other).await.is(200).hides("reads like");
    }

    async fn l48_a_server_that_reads_like_one_on_a_refused_list_is_told(coast) {
        let list = [("name", "spam"), ("scope", "mine")];
        let list = coast.alice.post("/boundaries/lists", &list).await.is(303).leads_to().unwrap();
        let kept = coast.peer.domain("kept");
        coast.alice.post(&list, &[("pattern", &*kept)]).await.is(303);
        let lookalike = coast.meets("кept", "nora").await; // a Cyrillic к
        coast.alice.get(&lookalike).await.is(200).hides("reads like");
        let rule = [("pattern", "list:spam"), ("stance", "refused"), ("scope", "mine")];
        coast.alice.post("/boundaries", &rule).await.is(303);
        coast.alice.get(&lookalike).await.is(200).shows("reads like kept.localhost").shows("which you refuse");
        coast.bob.get(&lookalike).await.is(200).hides("reads like");
    }

    async fn l48_a_server_that_reads_like_ours_is_told(coast) {
        let lookalike = coast.meets("harb0ur", "alice").await;
        coast.alice.get(&lookalike).await.is(200).shows("reads like harbour.localhost, which is this community");
        coast.town.anonymous().get(&lookalike).await.is(200).hides("reads like");
    }

    async fn l51_somebody_who_reads_like_whom_one_follows_is_told_until_one_follows_them_too(coast) {
        coast.alice_follows("open", "rita").await;
        let impostor = coast.meets("0pen", "rita").await;
        coast.alice.get(&impostor).await.is(200).shows("They read like @rita@open.localhost").shows("somebody else");
        coast.bob.get(&impostor).await.is(200).hides("read like");
        coast.alice_follows("0pen", "rita").await;
        coast.alice.get(&impostor).await.is(200).hides("read like");
        let rita = format!("/@rita@{}", coast.peer.domain("open"));
        coast.alice.get(&rita).await.is(200).hides("read like");
    }
}
