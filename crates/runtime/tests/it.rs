//! The agents that come with errand: their files are sound, and the offline planner picks the tools that their cases
//! name.

#[cfg(test)]
mod agents {
    use std::collections::BTreeSet;
    use std::path::{Path, PathBuf};

    use errand_model::{CartItem, OrderBrief, Proposal, Scene, ShopName, Shown};
    use errand_offline::{Lexicon, OfflineModel};
    use errand_runtime::{AgentSource, load_agents};
    use errand_types::{
        Choice, ConfigOption, ConfigValue, Configuration, Currency, ForeignId, MerchantId, Money,
        Need, OfferRef, OrderId, OrderState, Rating, Text, ToolCall,
    };
    use serde::Deserialize;

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Cases {
        case: Vec<Case>,
    }

    #[derive(Debug, Deserialize)]
    #[serde(deny_unknown_fields)]
    struct Case {
        utterance: String,
        scene: String,
        must: Vec<String>,
        never: Vec<String>,
        #[serde(default = "yes")]
        offline: bool,
    }

    fn yes() -> bool {
        true
    }

    fn folders() -> Vec<PathBuf> {
        let root = Path::new(env!("CARGO_MANIFEST_DIR")).join("../../agents");
        let mut folders: Vec<PathBuf> = std::fs::read_dir(root)
            .unwrap()
            .map(|entry| entry.unwrap().path())
            .filter(|path| path.is_dir())
            .collect();
        folders.sort();
        folders
    }

    fn name(folder: &Path) -> String {
        folder.file_name().unwrap().to_string_lossy().into_owned()
    }

    fn read(folder: &Path, file: &str) -> String {
        std::fs::read_to_string(folder.join(file)).unwrap()
    }

    #[test]
    fn every_agent_of_the_house_loads_and_only_one_may_spend() {
        let sources: Vec<AgentSource> = folders()
            .iter()
            .map(|folder| AgentSource {
                folder: name(folder),
                path: format!("agents/{}/agent.toml", name(folder)),
                toml: read(folder, "agent.toml"),
            })
            .collect();

        let agents = load_agents(&sources).unwrap();

        let spenders: Vec<&str> = agents
            .iter()
            .filter(|a| a.may_spend)
            .map(|a| a.name.as_str())
            .collect();
        assert_eq!(spenders, ["buyer"]);
        let tools: BTreeSet<&str> = agents
            .iter()
            .flat_map(|a| a.tools.iter().map(Text::as_str))
            .collect();
        let orphans: Vec<&&str> = ToolCall::NAMES
            .iter()
            .filter(|t| !tools.contains(**t))
            .collect();
        assert!(orphans.is_empty(), "no agent has these tools: {orphans:?}");
        for folder in folders() {
            assert!(
                read(&folder, "prompt.md").len() > 100,
                "{} has no prompt",
                name(&folder)
            );
        }
    }

    #[test]
    fn the_offline_planner_picks_the_tools_that_the_agents_cases_name() {
        let model = OfflineModel::new(&lexicon()).unwrap();
        let mut wrong = Vec::new();
        let mut played = 0;
        for folder in folders() {
            let cases: Cases = toml::from_str(&read(&folder, "cases.toml")).unwrap();
            assert!(cases.case.len() >= 8, "{} has too few cases", name(&folder));
            for case in cases.case {
                played += usize::from(case.offline);
                let used = tools(&model.read(&case.utterance, &scene(&case.scene)).proposal);
                let misses =
                    case.offline && case.must.iter().any(|tool| !used.contains(tool.as_str()));
                let trespasses = case.never.iter().any(|tool| used.contains(tool.as_str()));
                if misses || trespasses {
                    wrong.push(format!(
                        "{}: \"{}\" ({}) used {used:?}, must {:?}, never {:?}",
                        name(&folder),
                        case.utterance,
                        case.scene,
                        case.must,
                        case.never
                    ));
                }
            }
        }
        assert!(
            played >= 50,
            "only {played} cases are the offline planner's"
        );
        assert!(
            wrong.is_empty(),
            "{} of {played} cases:\n{}",
            wrong.len(),
            wrong.join("\n")
        );
    }

    fn tools(proposal: &Proposal) -> BTreeSet<&'static str> {
        match proposal {
            Proposal::Plan(draft) => draft.steps.iter().map(|s| s.call.name()).collect(),
            Proposal::Calls(calls) => calls.iter().map(ToolCall::name).collect(),
            Proposal::Ask(_) | Proposal::Say(_) => BTreeSet::new(),
        }
    }

    fn lexicon() -> Lexicon {
        let pairs = [
            ("fair trade", "cert:fairtrade-intl"),
            ("organic", "cert:eu-organic"),
            ("leather", "contains:leather"),
            ("palm oil", "contains:palm-oil"),
            ("nuts", "allergen:nuts"),
        ];
        let kinds = [
            "coffee",
            "coffee beans",
            "desk",
            "desk lamp",
            "lamp",
            "towels",
            "laptop",
            "milk",
            "headphones",
            "bread",
        ];
        Lexicon {
            labels: pairs
                .iter()
                .map(|(a, b)| ((*a).to_owned(), (*b).to_owned()))
                .collect(),
            categories: kinds.iter().map(|k| (*k).to_owned()).collect(),
            brands: Vec::new(),
        }
    }

    fn offer(n: &str) -> OfferRef {
        OfferRef {
            merchant: MerchantId::parse("pantry-lane").unwrap(),
            product: ForeignId::parse(&format!("p-{n}")).unwrap(),
            variant: ForeignId::parse(n).unwrap(),
        }
    }

    fn usd(minor: i64) -> Money {
        Money::new(minor, Currency::USD)
    }

    fn scene(name: &str) -> Scene {
        let mut scene = Scene {
            agent: Text::clip("concierge"),
            tools: ToolCall::NAMES.iter().map(|t| Text::clip(t)).collect(),
            now: "2026-11-24T15:00:00Z".parse().unwrap(),
            zone: Text::clip("America/New_York"),
            currency: Currency::USD,
            language: errand_types::Language::English,
            shops: [
                ("pantry-lane", "Pantry Lane"),
                ("volt-wire", "Volt & Wire"),
                ("hearth-thread", "Hearth & Thread"),
            ]
            .iter()
            .map(|(id, shop)| ShopName {
                id: MerchantId::parse(id).unwrap(),
                name: Text::clip(shop),
            })
            .collect(),
            need: None,
            shown: Vec::new(),
            focus: None,
            configuring: None,
            assembly: None,
            cart: Vec::new(),
            wish: None,
            open: None,
            orders: Vec::new(),
            lost: 0,
        };
        match name {
            "start" => {}
            "shown" => show(&mut scene),
            "configuring" => configure(&mut scene),
            "cart" => {
                show(&mut scene);
                scene.cart = vec![
                    CartItem {
                        words: Vec::new(),
                        offer: offer("b"),
                        title: Text::clip("Marcala Medium"),
                        quantity: 2,
                    },
                    CartItem {
                        words: Vec::new(),
                        offer: offer("t"),
                        title: Text::clip("Linen Towel, grey"),
                        quantity: 1,
                    },
                ];
            }
            "ordered" => {
                scene.orders = vec![OrderBrief {
                    words: Vec::new(),
                    id: OrderId::from_tail("1").unwrap(),
                    number: Text::clip("PL-40718"),
                    what: Text::clip("2 × Marcala Medium"),
                    merchant: MerchantId::parse("pantry-lane").unwrap(),
                    state: OrderState::Placed,
                    lines: vec![(offer("b"), 2)],
                }];
            }
            other => panic!("there is no scene `{other}`"),
        }
        scene
    }

    fn show(scene: &mut Scene) {
        let coffees = [
            ("a", "Sidamo Whole Bean", 1240, 460),
            ("b", "Marcala Medium", 1120, 480),
            ("c", "Cajamarca Dark", 980, 430),
        ];
        scene.shown = coffees
            .iter()
            .map(|(n, title, minor, stars)| Shown {
                offer: offer(n),
                title: Text::clip(title),
                brand: None,
                price: usd(*minor),
                rating: Some(Rating {
                    hundredths: *stars,
                    count: 100,
                }),
                words: vec![Text::clip("whole bean")],
                delivery: None,
                configurable: false,
            })
            .collect();
        scene.focus = Some(offer("a"));
        scene.need = Some(Need {
            what: Text::clip("coffee beans"),
            ..Need::default()
        });
    }

    fn configure(scene: &mut Scene) {
        let option = |name: &str, values: &[&str]| ConfigOption {
            name: Text::clip(name),
            values: values
                .iter()
                .map(|v| ConfigValue {
                    label: Text::clip(v),
                    delta: usd(0),
                })
                .collect(),
        };
        let options = vec![
            option("Width", &["120 cm", "140 cm", "160 cm"]),
            option("Top", &["Oak", "Birch", "White", "Black"]),
            option("Legs", &["Fixed", "Height-adjustable"]),
        ];
        let choices =
            [("Width", "120 cm"), ("Top", "Oak"), ("Legs", "Fixed")].map(|(option, value)| {
                Choice {
                    option: Text::clip(option),
                    value: Text::clip(value),
                }
            });
        scene.configuring = Some((
            offer("d"),
            Configuration {
                options,
                rules: Vec::new(),
            },
            choices.to_vec(),
        ));
        scene.shown = vec![Shown {
            offer: offer("d"),
            title: Text::clip("Halden Desk"),
            brand: None,
            price: usd(28_900),
            rating: None,
            words: Vec::new(),
            delivery: None,
            configurable: true,
        }];
        scene.focus = Some(offer("d"));
    }
}
