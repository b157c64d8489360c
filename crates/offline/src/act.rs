use serde::Deserialize;

/// What a sentence asks for; the names are those of the grammar file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Verb {
    /// Look, with no word of buying.
    Find,
    /// Have, get: wants it bought in the end.
    Need,
    /// Buy something that is not on the table yet.
    Order,
    Compare,
    Difference,
    Best,
    Choose,
    ChooseNumber,
    Other,
    Buy,
    BuyRef,
    Deliver,
    /// A time and nothing else.
    TimeOnly,
    Add,
    AddItem,
    Remove,
    /// There is enough of it at home.
    AtHome,
    /// So many of it less.
    Fewer,
    Quantity,
    CartClear,
    CartShow,
    CartUndo,
    More,
    Cheaper,
    BetterRated,
    Refine,
    RefineNot,
    /// Something that was wanted of it is not wanted any more.
    Relax,
    Why,
    WhyOut,
    Details,
    OrderList,
    OrderStatus,
    OrderCancel,
    OrderReturn,
    OrderMove,
    /// Not then but later, for something ordered.
    MoveAfter,
    /// At the first moment there is.
    DeliverSoon,
    /// Remind of buying something, every so often or when it runs out.
    Remind,
    /// Not now, but in a while.
    RemindLater,
    RemindStop,
    RemindShow,
    /// Everything for a dish.
    Recipe,
    Again,
    RuleAvoid,
    RuleAvoidStrict,
    RuleRequire,
    RuleRemove,
    LimitPurchase,
    LimitDay,
    LimitMonth,
    /// One purchase by voice.
    LimitVoice,
    /// No purchase by voice.
    VoiceOff,
    LimitSome,
    ProfileShow,
    Prefer,
    Block,
    ConsentShow,
    /// Who at the desk saw this.
    DeskShow,
    ConsentWithdraw,
    Configure,
    Code,
    Stop,
    Human,
    Help,
    Tour,
    Thanks,
    /// Whether sound is kept.
    Recordings,
    Hello,
    Bye,
    OffTopic,
    Yes,
    No,
}

/// What a sentence says beside its act by how it is put; the names are those of the grammar file.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(crate) enum Note {
    /// Two things by name that shall be held against each other.
    Pair,
    /// Every reference is meant, and not only the last.
    Both,
    /// Of two numbers the last is meant.
    LastNumber,
    /// The free words are a brand.
    Brand,
    /// The free words say why, and not what.
    ReasonOnly,
    /// The whole sentence says why.
    Tells,
}
