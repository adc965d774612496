//! What a rule would do, told before it is set, and what comes back when it is taken back.

use comity::members::Role;
use comity::rules::command::{RuleCommand, command};

use crate::town::{Member, Town};
use crate::town_test;

/// Harbour's ines (admin), alice and bob; tom and uma on the island. Alice and bob follow tom, who follows alice and
/// answered her; uma follows bob.
async fn neighbours(town: &Town) -> (Member, Member, Member) {
    let island = town.found("island.example", "Island").await;
    let ines = town.admin("ines").await;
    let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
    let mut tom = town.member_of(&island, "tom", Role::Member).await;
    let mut uma = town.member_of(&island, "uma", Role::Member).await;
    town.follow(&mut alice, &tom).await;
    town.follow(&mut bob, &tom).await;
    town.follow(&mut tom, &alice).await;
    town.follow(&mut uma, &bob).await;
    let root = town.post(&mut alice, "Who comes along?", "public").await;
    town.reply(&mut tom, &root, "I do", "public").await;
    tom.does(&format!("/statuses/{}/reblog", root.id)).await;
    (ines, alice, bob)
}

fn form<'a>(
    stance: &'a str,
    scope: &'a str,
    step: &'a str,
    shown: &'a str,
) -> [(&'a str, &'a str); 6] {
    [
        ("pattern", "island.example"),
        ("stance", stance),
        ("scope", scope),
        ("reason", "loud"),
        ("step", step),
        ("shown", shown),
    ]
}

#[derive(clap::Parser)]
struct Typed {
    #[command(subcommand)]
    rule: RuleCommand,
}

/// What the command line says.
async fn says(town: &Town, typed: &str) -> String {
    use clap::Parser as _;
    let typed = Typed::try_parse_from(["comity"].into_iter().chain(typed.split(' '))).unwrap();
    command(&town.app, typed.rule).await.unwrap()
}

town_test! {
    async fn a_member_is_told_whom_their_own_rule_would_part_them_from_and_nothing_is_set(town) {
        let (_, mut alice, mut bob) = neighbours(&town).await;
        let page = alice.post("/boundaries", &form("refused", "mine", "show", "")).await.is(200);
        let page = page.shows("1 person you follow would be suspended: @tom@island.example.")
            .shows("1 person who follows you would be suspended: @tom@island.example.")
            .shows("1 answer to you would be hidden, in one conversation.")
            .shows("1 boost of a post of you would be hidden.")
            .shows("Nothing is set yet").hides("uma");
        assert!(page.body.contains("value=\"loud\""), "what was typed stays");
        alice.get("/boundaries").await.is(200).shows("You have set none");
        // What was shown is set at once; so is a rule of one's own that nobody asked about.
        alice.post("/boundaries", &form("refused", "mine", "set", "")).await.leads("/boundaries");
        let rules = alice.get("/boundaries").await;
        let id = rules.number_after("action=\"/boundaries/").unwrap();
        let back = alice.post(&format!("/boundaries/{id}/remove"), &[("step", "show")]).await.is(200);
        back.shows("1 person you follow would work again: @tom@island.example.").shows("2 answers and boosts would be shown again as they were.").shows("Take it back");
        alice.get("/boundaries").await.shows("island.example");
        bob.post(&format!("/boundaries/{id}/remove"), &[("step", "show")]).await.is(404);
    }

    async fn refusing_a_server_in_everybodys_name_is_shown_before_it_is_set(town) {
        let (mut ines, mut alice, _) = neighbours(&town).await;
        let page = ines.post("/boundaries", &form("refused", "community", "set", "")).await.is(200);
        let page = page.shows("2 follows of people there would be suspended: @tom@island.example (2 members).")
            .shows("2 follows by people there would be suspended: @tom@island.example, @uma@island.example.")
            .shows("That concerns 2 members of Harbour, each of whom is told.");
        // Who of the members follows whom is theirs to know.
        let page = page.hides("@alice").hides("@bob");
        let shown = page.hidden("shown").unwrap();
        ines.get("/boundaries").await.hides("island.example");
        // Of another rule than was shown, it is shown again.
        ines.post("/boundaries", &[("pattern", "=island.example"), ("stance", "refused"), ("scope", "community"), ("step", "set"), ("shown", &shown)]).await.is(200);
        ines.post("/boundaries", &form("refused", "community", "set", &shown)).await.leads("/boundaries");
        ines.get("/boundaries").await.shows("island.example");
        // Members set nothing for others, and are told nothing of what it would do.
        alice.post("/boundaries", &form("refused", "community", "show", "")).await.is(403);
        // What a wider rule parts already, a narrower one does not.
        alice.post("/boundaries", &form("refused", "mine", "show", "")).await.is(200).shows("Nothing of what is here now would change.");
    }

    async fn the_command_line_prints_the_same_and_changes_nothing(town) {
        let _ = neighbours(&town).await;
        let told = says(&town, "set island.example refused --community harbour.example --dry-run").await;
        assert!(told.contains("2 follows of people there would be suspended: @tom@island.example (2 members)."), "{told}");
        assert!(told.ends_with("Nothing is changed: this was a dry run."), "{told}");
        assert_eq!(says(&town, "list --community harbour.example").await, "Harbour has no rules.");
        let set = says(&town, "set island.example refused --community harbour.example").await;
        let number = set.rsplit(' ').next().unwrap().trim_end_matches('.').to_owned();
        let back = says(&town, &format!("end {number} --community harbour.example --dry-run")).await;
        assert!(back.contains("2 follows of people there would work again"), "{back}");
        assert!(says(&town, "list --community harbour.example").await.contains("refused  island.example"));
        let own = says(&town, "set island.example refused --community harbour.example --member bob --dry-run").await;
        assert!(own.contains("Nothing of what is here now would change."), "{own}");
    }
}
