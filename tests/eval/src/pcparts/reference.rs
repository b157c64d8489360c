//! A second solver for builds, written from the rules of the set and sharing nothing with the one that is judged.
//!
//! It joins the rows the plain way: the cheapest board with memory for each socket, the cheapest card with a case for
//! each power draw, and then every processor with every card.

use std::collections::{BTreeMap, HashMap};

use anyhow::Context as _;
use serde_json::Value;

use super::rows::{Rows, at, price, text};

/// One wish of a problem.
#[derive(Debug, Clone, PartialEq)]
pub(super) enum Wanted {
    /// In cents.
    Budget(i64),
    CpuBrand(String),
    NotBrand(String),
    FormFactor(String),
    Cores(u32),
    GpuMemory(u32),
    Memory(u32),
    Storage(u32),
}

/// A row with a price.
#[derive(Debug, Clone, Copy)]
struct Priced<'r> {
    row: &'r Value,
    cents: i64,
}

impl Priced<'_> {
    fn number(&self, path: &str) -> Option<f64> {
        at(self.row, path)?.as_f64()
    }

    fn list(&self, path: &str) -> Vec<&str> {
        let list = at(self.row, path).and_then(Value::as_array);
        list.into_iter()
            .flatten()
            .filter_map(Value::as_str)
            .collect()
    }

    fn text(&self, path: &str) -> Option<&str> {
        text(self.row, path)
    }

    fn is(&self, path: &str) -> bool {
        at(self.row, path).and_then(Value::as_bool) == Some(true)
    }
}

pub(super) struct Reference<'r> {
    rows: HashMap<&'static str, Vec<Priced<'r>>>,
}

impl<'r> Reference<'r> {
    pub(super) fn new(rows: &'r Rows) -> anyhow::Result<Self> {
        let mut priced: HashMap<&'static str, Vec<Priced<'r>>> = HashMap::new();
        for (slot, rows) in rows {
            let all = priced.entry(slot).or_default();
            for row in rows {
                if let Some(price) = price(row)? {
                    let cents = price.minor();
                    all.push(Priced { row, cents });
                }
            }
            all.sort_by_key(|part| part.cents);
        }
        Ok(Self { rows: priced })
    }

    /// Rows of a slot that meet the wishes and the rules for one part, the cheapest first.
    fn of(&self, slot: &str, wanted: &[&Wanted]) -> Vec<Priced<'r>> {
        let rows = self.rows.get(slot).into_iter().flatten();
        rows.filter(|part| is_part(slot, part) && meets(slot, part, wanted))
            .copied()
            .collect()
    }

    /// Cents of the cheapest build under the wishes; `None`: there is none, or none within the limit.
    pub(super) fn cheapest(&self, wanted: &[&Wanted]) -> Option<i64> {
        let cases = self.of("case", wanted);
        let memory = self.of("ram", wanted);
        let coolers = self.of("cooler", wanted);
        let supplies = self.of("psu", wanted);
        let drive = self.of("storage", wanted).first()?.cents;
        // By form factor, since a case must take the board and hold the card at once.
        let mut boards: BTreeMap<&str, BTreeMap<&str, i64>> = BTreeMap::new();
        let all_boards = self.of("motherboard", wanted);
        for board in &all_boards {
            let (Some(form), Some(socket)) = (board.text("form_factor"), board.text("socket"))
            else {
                continue;
            };
            let Some(modules) = memory.iter().find(|ram| is_memory_of(ram, board)) else {
                continue;
            };
            let both = board.cents + modules.cents;
            let least = boards
                .entry(form)
                .or_default()
                .entry(socket)
                .or_insert(both);
            *least = both.min(*least);
        }
        let cards = self.of("gpu", wanted);
        let processors = self.of("cpu", wanted);
        let mut best: Option<i64> = None;
        for (form, sockets) in &boards {
            let fitting: Vec<&Priced<'_>> = cases
                .iter()
                .filter(|case| {
                    case.list("supported_motherboard_form_factors")
                        .contains(form)
                })
                .collect();
            let mut by_draw: Vec<(f64, i64)> = Vec::new();
            for card in &cards {
                let (Some(length), Some(draw)) = (card.number("length"), card.number("tdp")) else {
                    continue;
                };
                let is_long = |case: &&&Priced<'_>| {
                    case.number("max_video_card_length")
                        .is_some_and(|room| length <= room)
                };
                if let Some(case) = fitting.iter().find(is_long) {
                    by_draw.push((draw, card.cents + case.cents));
                }
            }
            for cpu in &processors {
                let (Some(socket), Some(draw)) =
                    (cpu.text("socket"), cpu.number("specifications.tdp"))
                else {
                    continue;
                };
                let Some(board) = sockets.get(socket) else {
                    continue;
                };
                let Some(cooler) = cooler_of(cpu, socket, &coolers) else {
                    continue;
                };
                for (card_draw, card) in &by_draw {
                    let needed = draw + card_draw + 150.0;
                    let supply = supplies
                        .iter()
                        .find(|psu| psu.number("wattage").is_some_and(|w| w >= needed));
                    let Some(supply) = supply else { continue };
                    let sum = cpu.cents + cooler + board + card + supply.cents + drive;
                    best = Some(best.map_or(sum, |best| best.min(sum)));
                }
            }
        }
        let limits = wanted.iter().filter_map(|w| match w {
            Wanted::Budget(cents) => Some(*cents),
            _ => None,
        });
        let limit = limits.min();
        best.filter(|sum| limit.is_none_or(|limit| *sum <= limit))
    }

    /// What these parts cost, when they are a build under the wishes.
    pub(super) fn check(&self, parts: &[(&str, &str)], wanted: &[Wanted]) -> anyhow::Result<i64> {
        let wanted: Vec<&Wanted> = wanted.iter().collect();
        let part = |slot: &str| -> anyhow::Result<Option<Priced<'r>>> {
            let Some((_, id)) = parts.iter().find(|(s, _)| *s == slot) else {
                return Ok(None);
            };
            let all = self.of(slot, &wanted);
            let found = all.into_iter().find(|p| p.text("opendb_id") == Some(id));
            Ok(Some(found.with_context(|| {
                format!("`{id}` is no {slot} for these wishes")
            })?))
        };
        let need = |slot: &str| part(slot)?.with_context(|| format!("no {slot}"));
        let (cpu, board, ram) = (need("cpu")?, need("motherboard")?, need("ram")?);
        let (gpu, psu, case) = (need("gpu")?, need("psu")?, need("case")?);
        let (drive, cooler) = (need("storage")?, part("cooler")?);
        anyhow::ensure!(cpu.text("socket") == board.text("socket"), "sockets differ");
        anyhow::ensure!(is_memory_of(&ram, &board), "the memory does not fit");
        let form = board.text("form_factor").unwrap_or_default();
        let forms = case.list("supported_motherboard_form_factors");
        anyhow::ensure!(forms.contains(&form), "the board does not fit");
        let (length, room) = (gpu.number("length"), case.number("max_video_card_length"));
        anyhow::ensure!(length.is_some() && length <= room, "the card does not fit");
        let draws = [cpu.number("specifications.tdp"), gpu.number("tdp")];
        let drawn: Option<f64> = draws.into_iter().sum();
        let needed = drawn.context("the power draw is not known")? + 150.0;
        let given = psu.number("wattage").unwrap_or(0.0);
        anyhow::ensure!(given >= needed, "too little power");
        match &cooler {
            None => anyhow::ensure!(cpu.is("specifications.includesCooler"), "no cooler"),
            Some(cooler) => {
                let socket = cpu.text("socket").unwrap_or_default();
                anyhow::ensure!(is_cooler_of(cooler, socket), "the cooler does not fit");
            }
        }
        let all = [
            Some(cpu),
            Some(board),
            Some(ram),
            Some(gpu),
            Some(psu),
            Some(case),
        ];
        let all = all.into_iter().chain([Some(drive), cooler]).flatten();
        Ok(all.map(|part| part.cents).sum())
    }
}

fn is_part(slot: &str, part: &Priced<'_>) -> bool {
    match slot {
        "ram" => {
            let name = part
                .text("metadata.name")
                .unwrap_or_default()
                .to_lowercase();
            part.text("ecc") == Some("Non-ECC")
                && part.text("registered") == Some("Unbuffered")
                && !name.contains("registered")
        }
        "psu" => part.text("form_factor") == Some("ATX"),
        "storage" => part.is("nvme"),
        _ => true,
    }
}

fn meets(slot: &str, part: &Priced<'_>, wanted: &[&Wanted]) -> bool {
    let least = |path: &str, least: u32| part.number(path).is_some_and(|n| n >= f64::from(least));
    wanted.iter().all(|wanted| match (slot, wanted) {
        (_, Wanted::NotBrand(brand)) => part
            .text("metadata.manufacturer")
            .is_none_or(|maker| !maker.eq_ignore_ascii_case(brand)),
        ("cpu", Wanted::CpuBrand(brand)) => part.text("metadata.manufacturer") == Some(brand),
        ("motherboard", Wanted::FormFactor(form)) => part.text("form_factor") == Some(form),
        ("cpu", Wanted::Cores(cores)) => least("cores.total", *cores),
        ("gpu", Wanted::GpuMemory(gb)) => least("memory", *gb),
        ("ram", Wanted::Memory(gb)) | ("storage", Wanted::Storage(gb)) => least("capacity", *gb),
        _ => true,
    })
}

fn is_memory_of(ram: &Priced<'_>, board: &Priced<'_>) -> bool {
    let at_most = |a: Option<f64>, b: Option<f64>| a.is_some() && a <= b;
    ram.text("form_factor") == Some("288-pin DIMM")
        && ram.text("ram_type").is_some()
        && ram.text("ram_type") == board.text("memory.ram_type")
        && at_most(ram.number("modules.quantity"), board.number("memory.slots"))
        && at_most(ram.number("capacity"), board.number("memory.max"))
}

/// A later socket of a family, marked by a plus, keeps the holes of the earlier one.
fn is_cooler_of(cooler: &Priced<'_>, socket: &str) -> bool {
    let sockets = cooler.list("cpu_sockets");
    sockets.contains(&socket) || sockets.contains(&socket.trim_end_matches('+'))
}

fn cooler_of(cpu: &Priced<'_>, socket: &str, coolers: &[Priced<'_>]) -> Option<i64> {
    if cpu.is("specifications.includesCooler") {
        return Some(0);
    }
    let cooler = coolers.iter().find(|cooler| is_cooler_of(cooler, socket));
    cooler.map(|cooler| cooler.cents)
}
