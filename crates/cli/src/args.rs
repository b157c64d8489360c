use std::path::PathBuf;

use clap::{Args as ClapArgs, Parser, Subcommand, ValueEnum};

use crate::up::UpArgs;

/// A shopping assistant that works for you: it searches the shops you connected, compares, and buys only what you
/// approve.
#[derive(Debug, Parser)]
#[command(name = "errand", version, propagate_version = true)]
pub(crate) struct Args {
    #[command(flatten)]
    pub(crate) place: PlaceArgs,
    #[command(flatten)]
    pub(crate) look: LookArgs,
    #[command(subcommand)]
    pub(crate) command: Command,
}

/// Where the runtime is.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct PlaceArgs {
    /// Address of the runtime.
    #[arg(
        long,
        global = true,
        env = "ERRAND_URL",
        default_value = "http://127.0.0.1:7420"
    )]
    pub(crate) url: String,
    /// Folder of the runtime's data; the token of this device is read from `device.token` in it.
    #[arg(long, global = true, env = "ERRAND_DATA")]
    pub(crate) data: Option<PathBuf>,
}

/// How it looks.
#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct LookArgs {
    /// When to use colours.
    #[arg(long, global = true, value_enum, default_value_t = ColourArg::Auto)]
    pub(crate) color: ColourArg,
    /// Whole sentences, one on each line: no redrawing, no drawn boxes, signs as words. For screen readers and logs.
    #[arg(long, global = true)]
    pub(crate) plain: bool,
}

/// When to use colours.
#[derive(Debug, Clone, Copy, PartialEq, Eq, ValueEnum)]
pub(crate) enum ColourArg {
    /// On a terminal, unless `NO_COLOR` is set.
    Auto,
    /// Always.
    Always,
    /// Never.
    Never,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    /// Start the runtime, with the built-in shops beside it.
    Up(UpArgs),
    /// Talk with errand.
    Chat(ChatArgs),
    /// Say one sentence and see the answer.
    Say(SayArgs),
    /// Talk with errand aloud: through microphone and loudspeaker, or with sound in files.
    Talk(TalkArgs),
    /// Hearing and speaking on this machine.
    Voice {
        #[command(subcommand)]
        command: VoiceCommand,
    },
    /// Show orders; `errand orders PL-40718`, `errand orders PL-40718 cancel`.
    Orders(OrdersArgs),
    /// Answer an open approval, on a terminal.
    Approve(ApproveArgs),
    /// Show why something was allowed, asked or refused.
    Why(WhyArgs),
    /// Connect, list and disconnect shops.
    Merchant {
        #[command(subcommand)]
        command: MerchantCommand,
    },
    /// The language model behind errand, if there is one.
    Model {
        #[command(subcommand)]
        command: ModelCommand,
    },
    /// What is set up, what is missing, what to type.
    Doctor(JsonArg),
    /// Your limits, rules and preferences.
    Profile(JsonArg),
    /// Which shop knows what; `errand consents withdraw pantry-lane`.
    Consents(ConsentsArgs),
    /// Enrol devices.
    Device {
        #[command(subcommand)]
        command: DeviceCommand,
    },
    /// The desk, where people help: who may come, how it does, and who saw your errands.
    Desk {
        #[command(subcommand)]
        command: DeskCommand,
    },
    /// Conversations that go on.
    Session {
        #[command(subcommand)]
        command: SessionCommand,
    },
}

impl Command {
    /// Whether errors are wanted as JSON.
    pub(crate) fn wants_json(&self) -> bool {
        match self {
            Self::Say(a) => a.json || a.jsonl,
            Self::Orders(a) => a.json,
            Self::Why(a) => a.json,
            Self::Merchant { command } => match command {
                MerchantCommand::Add { json, .. } | MerchantCommand::List { json } => *json,
                MerchantCommand::Remove { .. } => false,
            },
            Self::Doctor(a) | Self::Profile(a) => a.json,
            Self::Consents(a) => a.json,
            Self::Voice { command } => command.wants_json(),
            Self::Talk(a) => a.json,
            Self::Model {
                command: ModelCommand::Test { json, .. },
            }
            | Self::Device {
                command: DeviceCommand::Pair { json, .. },
            }
            | Self::Session {
                command: SessionCommand::List { json },
            }
            | Self::Desk {
                command:
                    DeskCommand::Pair { json, .. }
                    | DeskCommand::List { json }
                    | DeskCommand::Stats { json }
                    | DeskCommand::Seen { json },
            } => *json,
            Self::Desk {
                command: DeskCommand::Remove { .. },
            }
            | Self::Up(_)
            | Self::Chat(_)
            | Self::Approve(_) => false,
        }
    }
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct JsonArg {
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct ChatArgs {
    /// Go on with this conversation.
    #[arg(long, value_name = "ID")]
    pub(crate) session: Option<String>,
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct SayArgs {
    /// What you want, in your words.
    #[arg(required = true, num_args = 1.., value_name = "TEXT")]
    pub(crate) text: Vec<String>,
    /// The answer as one JSON object.
    #[arg(long, conflicts_with = "jsonl")]
    pub(crate) json: bool,
    /// Events of the protocol as they come, one on each line.
    #[arg(long)]
    pub(crate) jsonl: bool,
    /// Go on with this conversation.
    #[arg(long, value_name = "ID")]
    pub(crate) session: Option<String>,
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct OrdersArgs {
    /// An order's number or id, and what to do with it: `cancel`, `return [reason]`, `move <when>`.
    #[arg(value_name = "ORDER, ACTION")]
    pub(crate) words: Vec<String>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct ApproveArgs {
    /// The approval's id: `apr_…`.
    #[arg(value_name = "ID")]
    pub(crate) id: String,
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct WhyArgs {
    /// A decision's id, or words of the thing you ask about.
    #[arg(value_name = "ID OR WORDS")]
    pub(crate) about: Vec<String>,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum MerchantCommand {
    /// Connect a shop by its address.
    Add {
        /// Address of the shop: `https://shop.example`.
        // Not `url`: that is where the runtime is.
        #[arg(id = "shop", value_name = "URL")]
        url: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Connected shops.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Disconnect a shop.
    Remove {
        /// Its name here: `corner-books`.
        id: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ModelCommand {
    /// Try whether the server can do what errand needs: answer, stream, call a tool, give a plan, keep to a limit.
    Test {
        /// Settings file with the table `[model]`.
        #[arg(long, value_name = "FILE", env = "ERRAND_CONFIG")]
        config: Option<PathBuf>,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct TalkArgs {
    /// Go on with this conversation.
    #[arg(long, value_name = "ID")]
    pub(crate) session: Option<String>,
    /// Hear this file instead of the microphone, and the next one after the answer to it; `-`: sound on standard input,
    /// as it comes: mono, 16 bits, little end first, 16,000 samples a second.
    #[arg(long, value_name = "FILE", requires = "out")]
    pub(crate) wav: Vec<PathBuf>,
    /// Write what is said into this file instead of the loudspeaker, on the clock of what is heard.
    #[arg(long, value_name = "FILE", requires = "wav")]
    pub(crate) out: Option<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: SettingsArg,
    /// What happens, one JSON object on each line. An open approval is there with its words, as on any enrolled screen.
    #[arg(long)]
    pub(crate) json: bool,
    /// Hear with this model, which is made for tests and is no recogniser for people.
    #[arg(long, value_name = "FILE", hide = true)]
    pub(crate) test_model: Option<PathBuf>,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum VoiceCommand {
    /// Which engines hear and speak here, why not better ones, and what to do about it.
    Doctor {
        #[command(flatten)]
        settings: SettingsArg,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Fetch a model for speech and try it; without a name: which there are.
    Setup(SetupArgs),
    /// Let errand know your voice: from then on another voice buys nothing by voice, where `speaker_check` is on.
    Enrol(EnrolArgs),
    /// Forget the voice that errand knows: its print is deleted.
    Forget {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Try microphone, recogniser, voice and loudspeaker.
    Test {
        #[command(flatten)]
        settings: SettingsArg,
        /// Seconds to record.
        #[arg(long, default_value_t = 4, value_parser = clap::value_parser!(u8).range(1..=15))]
        seconds: u8,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

impl VoiceCommand {
    fn wants_json(&self) -> bool {
        match self {
            Self::Doctor { json, .. } | Self::Forget { json } | Self::Test { json, .. } => *json,
            Self::Setup(setup) => setup.json,
            Self::Enrol(enrol) => enrol.json,
        }
    }
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct SettingsArg {
    /// Settings file; its table `[voice]` is read.
    #[arg(long, value_name = "FILE", env = "ERRAND_CONFIG")]
    pub(crate) config: Option<PathBuf>,
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct EnrolArgs {
    /// Take this sentence instead of one through the microphone; once for each, three or more.
    #[arg(long, value_name = "FILE")]
    pub(crate) wav: Vec<PathBuf>,
    #[command(flatten)]
    pub(crate) settings: SettingsArg,
    /// As JSON.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct SetupArgs {
    /// Name of the model: `base.en`.
    #[arg(value_name = "NAME")]
    pub(crate) name: Option<String>,
    /// Take this file, which is here already; it is checked all the same.
    #[arg(long, value_name = "FILE")]
    pub(crate) from: Option<PathBuf>,
    /// Digest of that file, as its publisher tells it, for a model that is in no list.
    #[arg(long, value_name = "HEX", requires = "from")]
    pub(crate) sha256: Option<String>,
    /// Where to fetch from: an `https:` address or a `file:` folder.
    #[arg(long, value_name = "URL", conflicts_with = "from")]
    pub(crate) base: Option<String>,
    #[command(flatten)]
    pub(crate) settings: SettingsArg,
    /// As JSON, one line for each step.
    #[arg(long)]
    pub(crate) json: bool,
}

#[derive(Debug, Clone, ClapArgs)]
pub(crate) struct ConsentsArgs {
    /// As JSON.
    #[arg(long, global = true)]
    pub(crate) json: bool,
    #[command(subcommand)]
    pub(crate) command: Option<ConsentsCommand>,
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum ConsentsCommand {
    /// Take back what a shop may know.
    Withdraw {
        /// The shop's name here: `pantry-lane`.
        merchant: String,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum DeviceCommand {
    /// Enrol another device; its token is shown once.
    Pair {
        /// A name for it: `kitchen tablet`.
        #[arg(default_value = "another device")]
        name: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum DeskCommand {
    /// Give somebody access to the desk; the token is shown once. For whoever runs this installation.
    Pair {
        /// The name that people are shown: `Mara`.
        name: String,
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Who may come to the desk.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Take access away.
    Remove {
        /// The name.
        name: String,
    },
    /// How the desk does: conversations without it, waits, what came back, whether it helped.
    Stats {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
    /// Who at the desk saw your errands, and what they did.
    Seen {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[derive(Debug, Clone, Subcommand)]
pub(crate) enum SessionCommand {
    /// Conversations, latest first.
    List {
        /// As JSON.
        #[arg(long)]
        json: bool,
    },
}

#[cfg(test)]
mod tests {
    use clap::Parser;

    use super::*;

    #[test]
    fn the_shop_to_connect_is_not_taken_for_the_runtime() {
        let args = Args::parse_from(["errand", "merchant", "add", "https://shop.example"]);

        assert_eq!(args.place.url, "http://127.0.0.1:7420");
        let Command::Merchant {
            command: MerchantCommand::Add { url, .. },
        } = args.command
        else {
            panic!("another command");
        };
        assert_eq!(url, "https://shop.example");
    }
}
