//! Who lives in the three towns, and how the towns stand to each other. All of them are invented.

use comity_policy::Stance;

use crate::communities::SignUp;

/// Everybody's password.
pub(super) const PASSWORD: &str = "winter-timetable";

/// The server that the others have rules about; a rule on a domain covers every port.
pub(super) const BIGCORP: &str = "bigcorp.localhost";

/// A community before it is founded.
pub(super) struct TownPlan {
    pub name: &'static str,
    pub host: &'static str,
    pub description: &'static str,
    pub rules_text: &'static str,
    pub sign_up: SignUp,
    /// How it meets Bigcorp, and why.
    pub about_bigcorp: Option<(Stance, &'static str)>,
}

/// In the order of their ports.
pub(super) const TOWNS: [TownPlan; 3] = [
    TownPlan {
        name: "Harbour",
        host: "harbour.localhost",
        description: "A town on the lee side of the island, with one ferry, one bakery and many opinions. \
                      Whoever lives here or misses it is welcome.",
        rules_text: "Speak as you would on the pier.\nWrite in the language you dream in.\nNo advertising.",
        sign_up: SignUp::Open,
        about_bigcorp: Some((
            Stance::Refused,
            "It sells its members' attention, and it would not stop reading along.",
        )),
    },
    TownPlan {
        name: "Meadow",
        host: "meadow.localhost",
        description: "Gardens, choirs and night owls on the windward side.",
        rules_text: "Be kind first and right second.\nPut a warning before what turns stomachs.",
        sign_up: SignUp::Closed,
        about_bigcorp: Some((
            Stance::Limited,
            "Its people advertise under our posts. Whoever follows them may read that.",
        )),
    },
    TownPlan {
        name: "Bigcorp",
        host: BIGCORP,
        description: "Where everyone is already.",
        rules_text: "Engage daily.",
        sign_up: SignUp::Open,
        about_bigcorp: None,
    },
];

/// Somebody before they join.
pub(super) struct Person {
    pub town: &'static str,
    pub username: &'static str,
    pub name: &'static str,
    pub admin: bool,
    /// For the header.
    pub languages: &'static str,
    pub bio: &'static str,
    /// Why they refuse Bigcorp for themselves, if they do.
    pub refuses_bigcorp: Option<&'static str>,
}

/// In the order in which [`Cast`](super::story::Cast) names them.
pub(super) const PEOPLE: [Person; 8] = [
    Person {
        town: "Harbour",
        username: "ines",
        name: "Ines Okafor",
        admin: true,
        languages: "English, Portuguese",
        bio: "Clerk of the island council. I write down what we decide, and sometimes what we meant. \
              Falo português com as gaivotas.",
        refuses_bigcorp: None,
    },
    Person {
        town: "Harbour",
        username: "abel",
        name: "Abel Brandt",
        admin: false,
        languages: "German",
        bio: "Steuert das Schulboot, repariert das Schulboot, streicht das Schulboot.",
        refuses_bigcorp: None,
    },
    Person {
        town: "Harbour",
        username: "yusuf",
        name: "يوسف حداد",
        admin: false,
        languages: "Arabic",
        bio: "خبّاز. أستيقظ قبل النوارس.",
        refuses_bigcorp: None,
    },
    Person {
        town: "Meadow",
        username: "maren",
        name: "Maren Kjølstad ⛵️",
        admin: true,
        languages: "Norwegian, English",
        bio: "Andrealt i koret, fire katter, en seilbåt som lekker litt. Norsk and English.",
        refuses_bigcorp: None,
    },
    Person {
        town: "Meadow",
        username: "sakura",
        name: "初音 さくら",
        admin: false,
        languages: "Japanese",
        bio: "みかん農家の三代目です。日曜日は祖母に会いに船に乗ります。",
        refuses_bigcorp: None,
    },
    Person {
        town: "Meadow",
        username: "leela",
        name: "लीला शर्मा",
        admin: false,
        languages: "Hindi; refuses Bigcorp for herself",
        bio: "माँ, अध्यापिका और शाम की चाय की शौकीन।",
        refuses_bigcorp: Some(
            "I do not want to be sold anything under my own posts. I asked twice.",
        ),
    },
    Person {
        town: "Bigcorp",
        username: "chip",
        name: "Chip Sterling",
        admin: true,
        languages: "English",
        bio: "Chief Delight Officer. Ask me about Bigcorp Glide!",
        refuses_bigcorp: None,
    },
    Person {
        town: "Bigcorp",
        username: "brooke",
        name: "Brooke at Bigcorp",
        admin: false,
        languages: "English",
        bio: "Growth, mostly.",
        refuses_bigcorp: None,
    },
];
