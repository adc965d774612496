//! Lists: kept by a community and by a member, named in rules, taken in from files and written out.

use comity::members::Role;

use crate::acts::profile;
use crate::town::Browser;
use crate::town_test;

/// Makes a list and gives its address.
async fn make(browser: &mut Browser, name: &str, scope: &str) -> String {
    let made = browser
        .post("/boundaries/lists", &[("name", name), ("scope", scope)])
        .await
        .is(303);
    made.leads_to().unwrap()
}

async fn put(browser: &mut Browser, list: &str, pattern: &str) {
    let entry = [("pattern", pattern), ("comment", "heard of")];
    browser.post(list, &entry).await.leads(list);
}

async fn set(browser: &mut Browser, pattern: &str, stance: &str, scope: &str) {
    let rule = [("pattern", pattern), ("stance", stance), ("scope", scope)];
    browser
        .post("/boundaries", &rule)
        .await
        .leads("/boundaries");
}

/// To them there is no such list, whatever they do.
async fn finds_nothing(reader: &mut Browser, list: &str) {
    for path in [list.to_owned(), format!("{list}/export")] {
        let page = reader.get(&path).await.is(404);
        page.hides("bigcorp.example").hides("loud.example");
    }
    let fields = [
        ("pattern", "bigcorp.example"),
        ("name", "mine"),
        ("text", "reef.example"),
        ("source", "x"),
        ("confirmed", "yes"),
    ];
    for act in [
        "", "/remove", "/rename", "/delete", "/import", "/sources", "/draft",
    ] {
        reader.post(&format!("{list}{act}"), &fields).await.is(404);
    }
}

async fn cannot_name(setter: &mut Browser, pattern: &str, scope: &str) {
    let rule = [
        ("pattern", pattern),
        ("stance", "refused"),
        ("scope", scope),
    ];
    let page = setter.post("/boundaries", &rule).await.is(422);
    page.shows("Names a list that");
}

fn names(numbers: std::ops::RangeInclusive<u16>) -> String {
    let names: Vec<_> = numbers.map(|number| format!("s{number}.example")).collect();
    names.join("\n")
}

const TABLE: &str = "#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\r\n\
    bigcorp.example,suspend,false,false,\"sells, and tells\",false\r\n\
    island.example,suspend,false,false,,false\r\n\
    loud.example,silence,false,false,,false\r\n\
    hid***.example,suspend,false,false,,true\r\n\
    harbour.example,suspend,false,false,,false\r\n";

town_test! {
    async fn a_rule_about_a_list_refuses_whom_the_list_names_until_they_are_taken_off(town) {
        let island = town.found("island.example", "Island").await;
        let mut ines = town.admin("ines").await;
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let page = profile(&alice.account, &island);
        let list = make(&mut ines, "Leaky", "community").await;
        set(&mut ines, "list:leaky", "refused", "community").await;
        tom.get(&page).await.is(200);

        put(&mut ines, &list, "island.example").await;
        tom.get(&page).await.is(404);
        let follow = format!("/accounts/{}/follow", tom.account.id);
        alice.post(&follow, &[]).await.is(403).shows("Harbour refuses everybody on the list “leaky”");
        // Everybody hears which rule and whom the list names; who put them there is its keepers' to know.
        bob.get("/boundaries").await.is(200).shows("Everybody on the list “leaky”");
        let why = "/why?about=www.island.example";
        bob.get(why).await.is(200).shows("everybody on the list “leaky”").shows("The list names island.example.").hides("heard of");
        ines.get(why).await.is(200).shows("names island.example: Added on 5 May 2026 by ines, by hand; heard of");
        ines.get(&list).await.is(200).shows("1 entry, refused by a rule").shows("Added on 5 May 2026 by ines, by hand").shows("heard of");

        ines.post(&format!("{list}/remove"), &[("pattern", "island.example")]).await.leads(&list);
        tom.get(&page).await.is(200);
        alice.get(why).await.is(200).shows("Nothing stands against it");
        // Nobody is hurt by pressing twice.
        ines.post(&format!("{list}/remove"), &[("pattern", "island.example")]).await.leads(&list);
    }

    async fn a_member_keeps_lists_for_themself_alone(town) {
        let island = town.found("island.example", "Island").await;
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let mut uma = town.member_of(&island, "uma", Role::Member).await;
        let list = make(&mut alice, "loud", "mine").await;
        put(&mut alice, &list, "@tom@island.example").await;
        set(&mut alice, "list:loud", "refused", "mine").await;
        tom.get(&profile(&alice.account, &island)).await.is(404);
        uma.get(&profile(&alice.account, &island)).await.is(200);
        tom.get(&profile(&bob.account, &island)).await.is(200);
        bob.get("/boundaries").await.is(200).hides("loud");
        tom.get("/why?about=%40alice%40harbour.example").await.is(200).hides("loud");
    }

    async fn lists_of_others_are_neither_seen_nor_named_nor_changed(town) {
        let island = town.found("island.example", "Island").await;
        let mut ines = town.admin("ines").await;
        let (mut alice, mut bob) = (town.member("alice").await, town.member("bob").await);
        let mut isa = town.member_of(&island, "isa", Role::Admin).await;
        let theirs = make(&mut ines, "shared", "community").await;
        let own = make(&mut alice, "secret", "mine").await;
        put(&mut alice, &own, "bigcorp.example").await;
        put(&mut ines, &theirs, "loud.example").await;

        for reader in [&mut bob, &mut ines, &mut isa] {
            finds_nothing(reader, &own).await;
            reader.get("/boundaries/lists").await.is(200).hides("secret");
        }
        for reader in [&mut bob, &mut isa] {
            finds_nothing(reader, &theirs).await;
        }
        // Of the community's, members see neither the list nor its entries, and only moderators make one.
        bob.get(&theirs).await.is(404);
        bob.get("/boundaries/lists").await.is(200).hides("shared");
        bob.post("/boundaries/lists", &[("name", "ours"), ("scope", "community")]).await.is(403);
        town.anonymous().get(&theirs).await.is(303);

        let number = |list: &str| format!("list:{}", list.rsplit('/').next().unwrap());
        for pattern in ["list:secret", &number(&own)] {
            cannot_name(&mut bob, pattern, "mine").await;
            cannot_name(&mut ines, pattern, "community").await;
        }
        for pattern in ["list:shared", &number(&theirs), "list:9999"] {
            cannot_name(&mut alice, pattern, "mine").await;
            cannot_name(&mut isa, pattern, "community").await;
        }
        // Two owners may choose the same name.
        make(&mut bob, "secret", "mine").await;
        bob.post("/boundaries/lists", &[("name", "SECRET"), ("scope", "mine")]).await.is(422).shows("The name secret is that of another list here");
    }

    async fn l61_a_file_changes_nothing_until_it_is_confirmed_and_never_takes_anybody_off(town) {
        let island = town.found("island.example", "Island").await;
        let mut ines = town.admin("ines").await;
        let alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let page = profile(&alice.account, &island);
        let list = make(&mut ines, "leaky", "community").await;
        let import = format!("{list}/import");
        set(&mut ines, "list:leaky", "refused", "community").await;
        let file = [("text", TABLE), ("source", "blocks.csv"), ("severity", "suspend")];

        let shown = ines.post(&import, &file).await.is(200).shows("Nothing has changed yet").shows("2 to be put on the list, 0 on it already");
        let shown = shown.shows("sells, and tells").shows("Lines that say silence: 1.").shows("Line 5: hid***.example is obfuscated");
        shown.shows("Line 6: harbour.example").shows("is Harbour itself");
        ines.get(&list).await.is(200).shows("0 entries").hides("sells, and tells");
        tom.get(&page).await.is(200);

        let confirmed = [&file[..], &[("confirmed", "yes")]].concat();
        ines.post(&import, &confirmed).await.leads(&list);
        ines.get(&list).await.is(200).shows("2 entries").shows("sells, and tells").shows("Added on 5 May 2026 by ines, from blocks.csv");
        tom.get(&page).await.is(404);
        ines.post(&import, &file).await.is(200).shows("0 to be put on the list, 2 on it already").hides("name=\"confirmed\"");

        // The next file of that name lacks the island: that is told, and lets nobody in.
        let later = [("text", "#domain,#severity\nbigcorp.example,suspend\n"), ("source", "blocks.csv"), ("severity", "suspend")];
        ines.post(&import, &later).await.is(200).shows("No longer in it").shows("island.example");
        ines.get(&list).await.is(200).hides("Retracted there");
        town.wait_s(86_400);
        ines.post(&import, &[&later[..], &[("confirmed", "yes")]].concat()).await.leads(&list);
        ines.get(&list).await.is(200).shows("Retracted there").shows("since 6 May 2026");
        tom.get(&page).await.is(404);
        // A file of another name says nothing of these; and what is there again is not retracted any more.
        let other = [("text", "reef.example\n"), ("source", "other.txt"), ("severity", "suspend")];
        ines.post(&import, &other).await.is(200).hides("No longer in it");
        ines.post(&import, &confirmed).await.leads(&list);
        ines.get(&list).await.is(200).hides("Retracted there");
        ines.post(&format!("{list}/remove"), &[("pattern", "island.example")]).await.leads(&list);
        tom.get(&page).await.is(200);
    }

    async fn what_was_opened_by_name_beats_a_list_of_the_same_scope_only(town) {
        let island = town.found("island.example", "Island").await;
        let mut ines = town.admin("ines").await;
        let mut alice = town.member("alice").await;
        let mut tom = town.member_of(&island, "tom", Role::Member).await;
        let page = profile(&alice.account, &island);
        let list = make(&mut ines, "leaky", "community").await;
        put(&mut ines, &list, "island.example").await;
        set(&mut ines, "list:leaky", "refused", "community").await;
        set(&mut alice, "island.example", "open", "mine").await;
        tom.get(&page).await.is(404);

        set(&mut ines, "island.example", "open", "community").await;
        tom.get(&page).await.is(200);
        let why = ines.get("/why?about=island.example").await.is(200).shows("Set aside");
        why.shows("Everybody on the list “leaky”").shows("Added on 5 May 2026 by ines");
        // A plain rule is beaten by nothing.
        set(&mut ines, "island.example", "refused", "community").await;
        tom.get(&page).await.is(404);
    }

    async fn a_list_that_a_rule_names_is_renamed_and_not_deleted(town) {
        let mut ines = town.admin("ines").await;
        let list = make(&mut ines, "leaky", "community").await;
        put(&mut ines, &list, "island.example").await;
        set(&mut ines, "list:leaky", "limited", "community").await;
        ines.post(&format!("{list}/delete"), &[]).await.is(422).shows("names this list; take that rule back first");
        ines.post(&format!("{list}/rename"), &[("name", "two words")]).await.is(422).shows("The name must begin with a letter");
        ines.post(&format!("{list}/rename"), &[("name", "noisy")]).await.leads(&list);
        let page = ines.get("/boundaries").await.is(200).shows("Everybody on the list “noisy”");
        let rule = page.number_after("action=\"/boundaries/").unwrap();
        ines.get("/why?about=island.example").await.is(200).shows("“noisy”");
        ines.post(&format!("/boundaries/{rule}/remove"), &[]).await.is(303);
        ines.post(&format!("{list}/delete"), &[]).await.leads("/boundaries/lists");
        ines.get(&list).await.is(404);
        ines.get("/boundaries/lists").await.is(200).shows("Harbour keeps none");
    }

    async fn a_list_is_saved_as_mastodons_table_and_met_there_as_its_rule_says(town) {
        let mut ines = town.admin("ines").await;
        let list = make(&mut ines, "leaky", "community").await;
        for (pattern, comment) in [("bigcorp.example", "=1+1"), ("=one.example", ""), ("https://a.example/users/b", "")] {
            ines.post(&list, &[("pattern", pattern), ("comment", comment)]).await.leads(&list);
        }
        let table = |rows: &str| format!("#domain,#severity,#reject_media,#reject_reports,#public_comment,#obfuscate\n{rows}\n");
        let export = format!("{list}/export");
        assert_eq!(ines.get(&export).await.is(200).body, table("bigcorp.example,noop,false,false,'=1+1,false"));
        set(&mut ines, "list:leaky", "refused", "community").await;
        let saved = ines.get(&export).await.is(200);
        assert_eq!(saved.body, table("bigcorp.example,suspend,false,false,'=1+1,false"));
        assert!(saved.headers["content-type"].to_str().unwrap().starts_with("text/csv"));
        set(&mut ines, "list:leaky", "limited", "community").await;
        assert_eq!(ines.get(&export).await.is(200).body, table("bigcorp.example,silence,false,false,'=1+1,false"));
    }

    async fn what_cannot_be_on_a_list_is_told_at_its_field(town) {
        let mut ines = town.admin("ines").await;
        let list = make(&mut ines, "leaky", "community").await;
        make(&mut ines, "other", "community").await;
        for pattern in ["*", "list:other", "software:gab", "first-seen:3", "not a server", "", "harbour.example"] {
            ines.post(&list, &[("pattern", pattern)]).await.is(422);
        }
        for (text, source, why) in [("a.example", " ", "say where this comes from"), ("a\0b", "x.csv", "(NUL)")] {
            ines.post(&format!("{list}/import"), &[("text", text), ("source", source)]).await.is(422).shows(why);
        }
        ines.get(&list).await.is(200).shows("0 entries").shows("Nobody.");
        // More than a member may have is refused as a whole.
        let mut alice = town.member("alice").await;
        let own = make(&mut alice, "long", "mine").await;
        let many = names(0..=5_000);
        let file = [("text", many.as_str()), ("source", "long.txt"), ("confirmed", "yes")];
        alice.post(&format!("{own}/import"), &file).await.is(422).shows("5000");
        alice.get(&own).await.is(200).shows("0 entries");
        // A page holds a hundred of them.
        let some = names(100..=219);
        let file = [("text", some.as_str()), ("source", "long.txt"), ("confirmed", "yes")];
        alice.post(&format!("{own}/import"), &file).await.leads(&own);
        alice.get(&own).await.is(200).shows("s199.example").hides("s200.example").shows("More");
        alice.get(&format!("{own}?after=s199.example")).await.is(200).shows("s200.example").hides("s199.example<");
    }
}
