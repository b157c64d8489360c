//! What is said in the generated sets. Written for this; the rules of nods were made while looking at what is said over us here, nothing else was.

/// Requests and answers of a shopping talk, as people say them.
pub(crate) const REQUESTS: &[&str] = &[
    "i need two bags of coffee under fifteen dollars",
    "add oat milk to my cart",
    "tell me more about the second one",
    "remove the dark chocolate from my cart",
    "what is in my cart",
    "show me the cheaper ones",
    "order more coffee beans",
    "find me a desk lamp for less than forty dollars",
    "i would like a box of green tea",
    "where is my order",
    "put back the olive oil",
    "get me some bread by friday morning",
    "compare the first one",
    "how much is it",
    "none of these",
    "i want three bottles of dish soap",
];

/// How errand is called.
pub(crate) const CALLS: &[&str] = &["hey basket", "hey, basket"];

/// What sounds like it.
pub(crate) const CONFUSERS: &[&str] = &[
    "hey jacket",
    "hey biscuit",
    "hey basil",
    "a basket",
    "hey bastard",
    "hey gasket",
    "the basket",
    "hey casket",
    "okay basket",
    "hey",
    "basket",
    "my basket",
    "hey blanket",
    "hey there",
    "put it in the basket",
    "hey bucket",
];

/// The names of goods that a recogniser is told of, as the catalog would.
pub(crate) const GOODS: &[&str] = &[
    "coffee",
    "coffee beans",
    "oat milk",
    "dark chocolate",
    "desk lamp",
    "green tea",
    "olive oil",
    "bread",
    "dish soap",
    "paper towels",
    "batteries",
    "pasta",
    "tomatoes",
    "honey",
    "black tea",
    "rice",
    "headphones",
    "notebook",
    "candles",
    "soap",
];

/// What we say in a long breath; each with many sentences, so that nobody who interrupts meets a pause of ours.
pub(crate) const PROMPTS: &[&str] = &[
    "I found three that fit, and I would take the Kaldera Bright Beans from Pantry Lane. They cost eleven dollars and eighty cents for a bag of one pound, and they come on Saturday between eight and ten in the morning. \
     The second is Sidamo for twelve dollars and forty cents a bag, rated four point six by two hundred people. The third is a dollar over your limit, so I left it out of the list that you hear now.",
    "Your order was packed this morning and leaves the house tomorrow before noon. You can still cancel it for free until twelve, and I would tell you in time if anything about it changes on the way. \
     In the parcel are two bags of coffee, one desk lamp with a wooden foot, and a pack of towels made of cotton. Together that was seventy-one dollars and five cents, paid with the card that ends in four two.",
    "Pantry Lane does not answer at the moment, and nothing was bought. I can try again in ten minutes, or I can look at what the other two shops have on their shelves for about the same price. \
     Hearth and Thread has a bag for thirteen dollars that comes on Friday in the evening. Volt and Wire has none of it, and most of the rest is not confirmed by the rule about fair trade that you gave me in spring.",
];

/// Said over us to get the floor.
pub(crate) const INTERRUPTIONS: &[&str] = &[
    "stop",
    "wait",
    "no thanks",
    "the second one please",
    "cancel it",
    "what about something cheaper",
    "add two bags of coffee to my cart",
    "show me the cheaper ones",
    "hold on",
    "how much is it",
    "i want the first one",
    "remove it from my cart",
    "order the cheapest one",
    "what is in my cart",
    "start over",
    "tell me more about the third one",
];

/// The same in a word or two, which is over before much can be told of it. What becomes of these has no target.
pub(crate) const SHORT_REQUESTS: &[&str] = &[
    "next",
    "louder",
    "help",
    "repeat",
    "go back",
    "the second one",
    "find coffee",
    "more",
    "slower",
    "what else",
    "buy it",
    "undo",
    "the cheaper one",
    "not that",
    "the first",
    "no",
    "tell me more",
    "which one",
    "oat milk",
    "twenty",
    "yes please",
    "two of them",
    "skip it",
    "again",
    "why",
];

/// Said over us to say that one listens. Voices spell "mhm" and "hmm", so that these are written as they sound.
pub(crate) const BACKCHANNELS: &[&str] = &[
    "um hum",
    "uh huh",
    "okay",
    "right",
    "yeah",
    "I see",
    "sure",
    "got it",
    "all right",
    "oh",
    "ah okay",
    "yeah right",
    "fine",
    "hum",
    "great",
    "really",
];

/// Said beside us to somebody else.
pub(crate) const ASIDES: &[&str] = &[
    "did you feed the dog today",
    "the door is open again",
    "dinner is nearly ready",
    "where did you leave my keys",
    "turn the light on please",
    "he said he would call later",
];
