//! What the people of the demo write. All of it is invented.

pub(super) const FERRY: &str = "The winter timetable is out. From Monday the ferry leaves Harbour at 7:10, 12:40 and 17:30; on \
Sundays there is one boat, at noon. The nine o'clock boat in the evening rests until March.

The council wants to hear from us before Thursday. Who would miss the late boat, and what for? #ferry";

pub(super) const FERRY_CORRECTED: &str = "The winter timetable is out. From Monday the ferry leaves Harbour at 7:10, 12:40 and \
17:30; on Sundays there is one boat, at half past twelve (not at noon, as I first wrote; sorry!). The nine o'clock \
boat in the evening rests until March.

The council wants to hear from us before Thursday. Who would miss the late boat, and what for? #ferry";

pub(super) const CHOIR: &str = "Jeg kommer til å savne den sene båten. Koret øver til halv ni på onsdager, og uten ni-båten må vi \
som bor på denne siden gå midt i siste sats. Det er der vi altene har vårt ene store øyeblikk.";

pub(super) const BAKERY: &str = "أعمل في المخبز، والقارب الأول يصل بعد أن نبدأ العجن. لو انطلق قبل السابعة بقليل لما اضطررت إلى \
المبيت عند أخي كل ليلة جمعة.";

pub(super) const EARLIER: &str = "That is exactly what they need to hear, Yusuf. Would 6:40 be early enough? I will put it on the \
list for Thursday.";

pub(super) const BREAD: &str = "الساعة السادسة وأربعون دقيقة موعد ممتاز، شكرًا يا إيناس. ومن يأتي على ذلك القارب يجد خبزًا ساخنًا في \
انتظاره.";

pub(super) const GRANDMOTHER: &str = "冬の時刻表、ありがとうございます。日曜日が一便だけになると、祖母に会いに行っても、\
その日のうちに帰れません。夕方にもう一便あればうれしいです。";

pub(super) const SCHOOL_BOAT: &str = "Sonntags liegt das Schulboot ohnehin nur herum. Ich könnte um vier Uhr eine Runde drehen, \
wenn der Rat den Diesel bezahlt. Zwölf Plätze, warme Decken inbegriffen.";

pub(super) const ORANGES: &str =
    "本当ですか。祖母もきっと喜びます。お礼に、みかんを一箱持っていきますね。🍊";

pub(super) const SEASICK_WARNING: &str = "Sjøsyke, nokså malerisk";

pub(super) const SEASICK: &str = "Bare så alle vet det: Skolebåten ruller mer enn ferja. Jeg har sett en hel fjerdeklasse bli \
grønn i ansiktet mellom moloen og fyret. Ta med ingefær, og sitt bakerst.";

pub(super) const DAUGHTER: &str = "मेरी बेटी हर शाम संगीत की कक्षा से आख़िरी नाव पकड़कर घर लौटती है। अगर नौ बजे वाली नाव नहीं चलेगी, तो उसे \
मार्च तक सीखना छोड़ना पड़ेगा।";

pub(super) const BED: &str = "Leela, please send the council exactly these words. And until then: on choir nights she can stay \
with us. There is a bed, and there are too many cats.";

pub(super) const CATS: &str = "धन्यवाद, मारेन! बिल्लियों की बात सुनकर तो वह आज ही आना चाहती है।";

pub(super) const OFFER: &str = "Missed the boat? Never again! 🚀 Bigcorp Glide takes you across whenever you like, with dynamic \
prices from just 39 a seat. Choirs love us! Reply YES and your first crossing is 10 % off. #BigcorpGlide";

pub(super) const SUMMARY: &str = "Obrigada a todos. Na quinta-feira levo três pedidos ao conselho: o primeiro barco às 6h40, um \
barco aos domingos à tarde e o barco das nove às quartas-feiras. Quem quiser falar, venha; há café e bolo de laranja.";

pub(super) const NERVOUS: &str = "Only for you who know me: I am nervous about Thursday. If you sit in the first row, please nod \
now and then.";

pub(super) const PAINT: &str = "Nur für uns in Harbour: Am Samstag streichen wir das Schulboot. Pinsel sind da, Kuchen fehlt noch.";
