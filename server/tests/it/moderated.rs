//! First contacts of a community: answered by members, by moderators, or by either, and read by nobody but members.

use comity::communities::{Answers, Settings, change_settings};
use comity::members::Role;
use comity_vocab::Iri;
use http::Method;

use crate::coast::Coast;
use crate::peer;
use crate::town::{Answer, Member};

impl Coast {
    /// A moderator, whose community asks about the server *open* and is answered by these.
    pub async fn is_answered_by(&self, answers: Answers) -> Member {
        let here = self.town.community();
        let mut marta = self.town.member_of(&here, "marta", Role::Moderator).await;
        let open = self.peer.domain("open");
        let rule = [
            ("pattern", open.as_str()),
            ("stance", "ask"),
            ("scope", "community"),
        ];
        marta.post("/boundaries", &rule).await.is(303);
        let settings = Settings {
            answers,
            ..Settings::of(&here)
        };
        change_settings(&self.town.app, here.id, settings)
            .await
            .unwrap();
        marta
    }

    /// Somebody whom nobody knows names alice and bob, each in a post of its own; says who they are to us.
    async fn stranger_says(&self, name: &str, words: &str) -> i64 {
        let by = self.peer.iri("open", name);
        for (number, to) in [("1", &self.alice), ("2", &self.bob)] {
            let said = peer::create(&by, number, words, None, Some(to.account.iri.as_str()));
            let body = said.to_string();
            self.signed(&by, Method::POST, "/inbox", &body)
                .await
                .is(202);
        }
        self.is_idle().await;
        let iri = Iri::parse(&by).unwrap();
        let found = comity::accounts::find_by_iri(&self.town.app, &iri)
            .await
            .unwrap();
        found.unwrap().id
    }
}

async fn queue(marta: &mut Member) -> Answer {
    marta.get("/contacts/community").await.is(200)
}

coast_test! {
    async fn members_answer_for_themselves_unless_their_community_says_otherwise(coast) {
        let mut marta = coast.is_answered_by(Answers::Members).await;
        let nora = coast.stranger_says("nora", "Let me in").await;
        // Who looks after the community sees who waits, and no word of theirs.
        let page = queue(&mut marta).await.shows("@nora@open").shows("Posts that wait: 2; members they wait for: 2.").hides("Let me in");
        page.shows("Members answer for themselves.").hides("formaction");
        for act in ["welcome", "send-away", "open"] {
            let fields = [("reason", "known"), ("whom", "server")];
            marta.post(&format!("/contacts/community/{nora}/{act}"), &fields).await.is(403);
            coast.bob.post(&format!("/contacts/community/{nora}/{act}"), &fields).await.is(404);
        }
        coast.bob.get("/contacts/community").await.is(404);
        coast.alice.post(&format!("/contacts/people/{nora}/welcome"), &[]).await.is(303);
        coast.alice.get("/notifications").await.is(200).shows("Let me in");
        coast.bob.get("/notifications").await.is(200).hides("Let me in");
        queue(&mut marta).await.shows("Posts that wait: 1; members they wait for: 1.");
    }

    async fn moderators_answer_for_all_where_it_is_set_so(coast) {
        let mut marta = coast.is_answered_by(Answers::Moderators).await;
        let nora = coast.stranger_says("nora", "Let me in").await;
        let page = coast.alice.get("/contacts").await.is(200).shows("Let me in").shows("The moderators of Harbour say yes.");
        page.hides("Yes, from now on").hides("Let this one in");
        coast.alice.post(&format!("/contacts/people/{nora}/welcome"), &[]).await.is(403).shows("moderators of Harbour");
        let iri = Iri::parse(&format!("{}/statuses/1", coast.peer.iri("open", "nora"))).unwrap();
        let post = comity::statuses::find_by_iri(&coast.town.app, &iri).await.unwrap().unwrap();
        coast.alice.post(&format!("/contacts/{post}/let-in"), &[]).await.is(403);
        queue(&mut marta).await.shows("Moderators answer for all.").hides("Let me in");
        marta.post(&format!("/contacts/community/{nora}/welcome"), &[]).await.leads("/contacts/community");
        coast.is_idle().await;
        for member in [&mut coast.alice, &mut coast.bob] {
            member.get("/notifications").await.is(200).shows("Let me in");
        }
        queue(&mut marta).await.shows("Nobody waits").shows("Harbour said yes to").shows("@nora").shows("by marta");
        // A yes can be taken back, by moderators alone.
        let back = format!("/contacts/community/{nora}/unwelcome");
        coast.alice.post(&back, &[]).await.is(404);
        marta.post(&back, &[]).await.leads("/contacts/community");
        queue(&mut marta).await.hides("@nora");

        // A no is for what waits now.
        let olga = coast.stranger_says("olga", "Buy this").await;
        marta.post(&format!("/contacts/community/{olga}/send-away"), &[]).await.leads("/contacts/community");
        queue(&mut marta).await.hides("@olga");
        coast.alice.get("/contacts").await.is(200).hides("Buy this");
        coast.alice.get("/notifications").await.is(200).hides("Buy this");
    }

    async fn always_is_a_rule_with_a_reason_that_everybody_reads(coast) {
        let mut marta = coast.is_answered_by(Answers::Either).await;
        let open = coast.peer.domain("open");
        let olga = coast.stranger_says("olga", "Me as well").await;
        let act = format!("/contacts/community/{olga}/open");
        marta.post(&act, &[("whom", "person"), ("reason", "known")]).await.is(422).shows("asks about them by name");
        let rule = marta.get("/boundaries").await.is(200).number_after("action=\"/boundaries/").unwrap();
        marta.post(&format!("/boundaries/{rule}/remove"), &[]).await.is(303);
        let here = coast.town.community();
        let settings = Settings { mode: comity_policy::Mode::Cautious, ..Settings::of(&here) };
        change_settings(&coast.town.app, here.id, settings).await.unwrap();
        // Bob asks about them himself as well: what the community opens does not open his door.
        coast.bob.post("/boundaries", &[("pattern", &open), ("stance", "ask"), ("scope", "mine")]).await.is(303);
        let nora = coast.stranger_says("nora", "Let me in").await;
        let noras = format!("/contacts/community/{nora}/open");
        marta.post(&noras, &[("whom", "person"), ("reason", " ")]).await.is(422).shows("say why, for everybody to read");
        marta.post(&noras, &[("whom", "person"), ("reason", "We met her at the pier")]).await.leads("/contacts/community");
        coast.is_idle().await;
        coast.alice.get("/boundaries").await.is(200).shows("We met her at the pier");
        coast.alice.get("/notifications").await.is(200).shows("Let me in").hides("Me as well");
        coast.bob.get("/notifications").await.is(200).hides("Let me in");
        marta.post(&act, &[("whom", "server"), ("reason", "A good server")]).await.leads("/contacts/community");
        coast.alice.get("/notifications").await.is(200).shows("Me as well");
        queue(&mut marta).await.hides("@nora").hides("@olga");
    }

    async fn whoever_is_marked_stays_marked_when_the_community_opens_to_them(coast) {
        let here = coast.town.community();
        let mut marta = coast.town.member_of(&here, "marta", Role::Moderator).await;
        let settings = Settings { answers: Answers::Either, mode: comity_policy::Mode::Cautious, ..Settings::of(&here) };
        change_settings(&coast.town.app, here.id, settings).await.unwrap();
        let nora = coast.stranger_says("nora", "Let me in").await;
        let mark = [("action", "mark"), ("reason", "Gulls"), ("back", "/community")];
        marta.post(&format!("/moderation/accounts/{nora}"), &mark).await.is(303);
        queue(&mut marta).await.shows("@nora@open");
        let open = [("whom", "person"), ("reason", "We met her at the pier")];
        marta.post(&format!("/contacts/community/{nora}/open"), &open).await.leads("/contacts/community");
        queue(&mut marta).await.hides("@nora");
        let rules = comity::rules::in_force(&coast.town.app, comity::rules::of_community(&here));
        let met: Vec<_> = rules.iter().map(|rule| (rule.stance, rule.conditions)).collect();
        assert_eq!(met, [(comity_policy::Stance::Open, comity_policy::Conditions::MARK_SENSITIVE)]);
    }

    async fn what_waits_for_a_members_own_rule_is_nothing_to_moderators(coast) {
        let here = coast.town.community();
        let mut marta = coast.town.member_of(&here, "marta", Role::Moderator).await;
        let settings = Settings { answers: Answers::Moderators, ..Settings::of(&here) };
        change_settings(&coast.town.app, here.id, settings).await.unwrap();
        let open = coast.peer.domain("open");
        coast.alice.post("/boundaries", &[("pattern", &open), ("stance", "ask"), ("scope", "mine")]).await.is(303);
        let nora = coast.stranger_says("nora", "Let me in").await;
        queue(&mut marta).await.hides("@nora");
        marta.post(&format!("/contacts/community/{nora}/welcome"), &[]).await.leads("/contacts/community");
        coast.alice.get("/notifications").await.is(200).hides("Let me in");
        coast.alice.get("/contacts").await.is(200).shows("Yes, from now on");
        coast.alice.post(&format!("/contacts/people/{nora}/welcome"), &[]).await.is(303);
        coast.alice.get("/notifications").await.is(200).shows("Let me in");
    }
}
