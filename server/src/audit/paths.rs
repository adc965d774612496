//! Every path of `docs/boundaries.md`: what an audit can say of it.

/// What an audit can do about a path.
#[derive(Clone, Copy, Debug)]
pub enum Nature {
    /// It is tried. The words say what must come of each try, after "18 of 18".
    Tried(&'static str),
    /// What happens there is up to servers that cooperate.
    Asked(&'static str),
    /// Nobody can hold it.
    Cannot(&'static str),
    /// Comity does not have what could leak.
    Absent(&'static str),
    /// It is there, and an audit does not try it. The words say why.
    Untried(&'static str),
}

/// One path.
#[derive(Clone, Copy, Debug)]
pub struct Path {
    pub number: u8,
    pub title: &'static str,
    pub nature: Nature,
}

const fn tried(number: u8, title: &'static str, proof: &'static str) -> Path {
    Path {
        number,
        title,
        nature: Nature::Tried(proof),
    }
}

const fn asked(number: u8, title: &'static str, why: &'static str) -> Path {
    Path {
        number,
        title,
        nature: Nature::Asked(why),
    }
}

const fn cannot(number: u8, title: &'static str, why: &'static str) -> Path {
    Path {
        number,
        title,
        nature: Nature::Cannot(why),
    }
}

const fn absent(number: u8, title: &'static str, what: &'static str) -> Path {
    Path {
        number,
        title,
        nature: Nature::Absent(what),
    }
}

const fn untried(number: u8, title: &'static str, why: &'static str) -> Path {
    Path {
        number,
        title,
        nature: Nature::Untried(why),
    }
}

/// In the order of the document.
#[rustfmt::skip]
pub const PATHS: [Path; 65] = [
    tried(1, "Follower delivery", "posts were not brought to followers of old whom the rules keep them from"),
    tried(2, "Shared inbox", "deliveries of followers-only posts told the receiving server which of its people follow"),
    tried(3, "A reply carries the post to the replier's followers", "answers were not brought where what they answer may not go"),
    tried(4, "Servers a post reached before", "changes of a post did not follow it to a server refused since; its end went there without a word of it"),
    tried(5, "Boost of a local post", "boosts were not brought where the boosted author's rules keep the post from"),
    absent(6, "Relays", "no relay can be joined"),
    tried(7, "Forwarding of replies", "deliveries were without a signature by which others could pass them on"),
    tried(8, "Mentions and direct messages", "mentions that may not arrive were refused when they were written, and nothing was sent"),
    tried(9, "Scope widening", "answers were seen by nobody who may not see what they answer"),
    tried(10, "Polls", "polls did not count a vote by whom the rules refuse"),
    tried(11, "Forwarded reports", "reports by members did not go on to a server that the rules keep them from"),
    tried(12, "Block activities", "silent blocks told nobody"),
    absent(13, "Move", "moves are neither sent nor followed"),
    tried(14, "Profile updates", "changed profiles were not brought to followers of old whom the rules keep them from"),
    untried(15, "Push, e-mail, webhooks", "an audit has neither a device that is woken nor a mail server; there are no webhooks"),
    tried(16, "Unsigned fetch", "requests without a signature got no word"),
    tried(17, "Signed fetch by whom a rule refuses", "signed requests got no word that the rules keep from them"),
    cannot(18, "Alias key", "a second domain that nobody connects with the first is met as a stranger, and gets what is marked public; addresses that a new server alone is given point out which one hands them on"),
    tried(19, "Instance actor", "requests signed by a server's own actor got nothing that is meant for people"),
    tried(20, "Key fetch and profile stub", "requests for a key got the key and no word of the profile"),
    tried(21, "WebFinger, NodeInfo, host-meta", "answers told no word, and led to nobody who is not there"),
    tried(22, "Outbox, followers, featured", "requests for collections got no word that the rules keep from them"),
    tried(23, "Replies collection", "lists of answers named no answer whose author's rules keep it from who asked"),
    absent(24, "Context collection", "conversations have no collection"),
    absent(25, "Likes and shares", "who likes and who boosts is in no collection"),
    tried(26, "Authorisation stamps", "requests for the yes to a quote got no word, and nothing where the rules keep the quoted post away"),
    tried(27, "Follower synchronisation", "lists of followers named nobody from another server, and went to nobody refused"),
    tried(28, "Redirects and content negotiation", "requests by whom a rule refuses were not led to a page"),
    tried(29, "Error oracles", "answers about what is hidden were, in status, headers and text, those about what does not exist"),
    asked(30, "Boosts by remote people", "what they already hold they can show; whom a rule refuses gets nothing from here"),
    tried(31, "Inbound boosts of refused and limited people", "boosts by somebody who is followed brought nothing in of whom the rules refuse, and showed nothing of whom they limit"),
    asked(32, "Reply crawling", "others may gather answers from servers that hold them; Comity crawls nobody"),
    asked(33, "Invisible brigading", "answers that nobody brings here cannot be seen from here"),
    tried(34, "Quotes", "quotes were not brought where what they quote may not go, and quotes that nobody let showed no word of it"),
    asked(35, "Remote public pages", "how another server shows what it was given is up to it"),
    asked(36, "Bridges", "a bridge is a server, and rules hold for it; where it publishes is up to it"),
    tried(37, "Linked Data signatures and proofs", "documents and deliveries carried no proof that could be passed on"),
    cannot(38, "Caches, archives, backups of others", "a copy that was made stays where it is; its deletion can only be asked for"),
    asked(39, "Servers with known faults", "whether a server shows followers-only posts to followers alone is up to its software; a rule about software can withhold them"),
    tried(40, "Pages", "pages for visitors showed nothing that is not public"),
    absent(41, "RSS and Atom", "there are no feeds"),
    tried(42, "Public timelines without login", "timelines for visitors showed nothing that is not public, and nobody who is kept out"),
    tried(43, "Search", "searches found nothing that the searcher may not see"),
    untried(44, "Media", "an audit plants no files; those of the original are not in its copy"),
    asked(45, "Emoji, avatars, link previews", "who holds the address of an emoji or a portrait loads it; those from elsewhere are fetched only where the rules let them be"),
    tried(46, "Instance lists", "pages for visitors told no reason that is for members or moderators"),
    tried(47, "Subdomains", "requests from below a refused domain got no word"),
    tried(48, "Spellings of a domain", "requests whose key was spelled differently got no word"),
    tried(49, "Handles of another domain", "requests by people whose handles are of a refused domain got no word"),
    tried(50, "Things of another origin", "things that somebody else claims to have made were not taken in"),
    tried(51, "Lookalikes", "people on servers that read like a refused one were pointed out on their profiles"),
    cannot(52, "A new account by the same person", "nobody can tell that it is the same person"),
    absent(53, "Nomadic identity", "identities of more than one server are not understood"),
    tried(54, "Direct delivery to an inbox", "deliveries by or for whom a rule refuses left nothing behind"),
    tried(55, "Likes and answers to what one cannot see", "likes of and answers to what their sender cannot see changed nothing"),
    tried(56, "Reports as harassment", "reports by whom the rules refuse were not taken in"),
    tried(57, "Mentions from strangers", "mentions by whom a rule limits, asks about or refuses notified nobody"),
    tried(58, "Refused people known from before", "pages showed nothing of what was here before the rule that refuses its author"),
    tried(59, "Stale state", "decisions were not outlived by what was queued before them"),
    tried(60, "Undo", "follows came back when the rule that parted them was taken back"),
    tried(61, "Lists of servers", "entries of a list held, and gave way to what was opened by name"),
    absent(62, "Exports", "members cannot export yet; a backup holds everything, and is the operator's"),
    tried(63, "Requests to refused servers", "servers that are refused were asked for nothing, whatever was done"),
    tried(64, "Search by address", "addresses of what is refused, given to the search, brought nothing in"),
    tried(65, "Between people of one server", "pages of members showed no word that is kept from them"),
];

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_path_of_the_document_has_its_line() {
        let document = include_str!("../../../docs/boundaries.md");
        for (path, number) in PATHS.iter().zip(1..) {
            assert_eq!(path.number, number);
            assert!(
                document.contains(&format!("- **L{number:02} ")),
                "L{number:02}"
            );
        }
        assert!(!document.contains("- **L66 "));
    }
}
