//! Builds under wishes: the optimum to the cent, or a smallest conflict that a second solver confirms.

use std::path::Path;

use anyhow::Context as _;
use errand_catalog::assembly::{Best, Build, Clash, NoBuild, Op, Want, Wish};
use errand_types::Money;
use serde::Deserialize;
use serde_json::{Value, json};

use super::reference::{Reference, Wanted};
use super::rows::{Rows, Shelf, dollars};
use super::{cpu, spread};
use crate::data;

#[derive(Debug, Deserialize)]
struct Problem {
    id: String,
    budget_usd: Value,
    cpu_brand: Option<String>,
    exclude_brands: Vec<String>,
    feasible: bool,
    form_factor: String,
    min_cores: u32,
    min_gpu_gb: u32,
    min_ram_gb: u32,
    min_storage_gb: u32,
    optimum_usd: Value,
}

pub(super) fn run(dir: &Path, shelf: &Shelf<'_>, rows: &Rows) -> anyhow::Result<Value> {
    let reference = Reference::new(rows)?;
    let mut wrong = Vec::new();
    let (mut right, mut all, mut infeasible, mut confirmed) = (0, 0, 0, 0);
    let mut times = Vec::new();
    for path in data::some_files(dir, "build_problems_")? {
        for problem in data::rows::<Problem>(&path)? {
            let wanted = wanted(&problem)?;
            let wishes = wishes(shelf, &wanted)?;
            let start = cpu();
            let found = shelf.stock.build(&wishes, Best::Cheapest);
            times.push(cpu().saturating_sub(start));
            all += 1;
            infeasible += usize::from(!problem.feasible);
            let outcome = match &found {
                Ok(build) => judge_build(&problem, build, &reference, shelf, &wanted),
                Err(NoBuild::Clash(clash)) => {
                    let judged = judge_clash(&problem, clash, &reference, &wanted);
                    confirmed += usize::from(judged.is_ok());
                    judged
                }
                Err(other) => Err(anyhow::anyhow!("{other}")),
            };
            match outcome {
                Ok(()) => right += 1,
                Err(why) => wrong.push(json!({ "id": problem.id, "why": format!("{why:#}") })),
            }
        }
    }
    Ok(json!({
        "right": right,
        "of": all,
        "infeasible": infeasible,
        "conflicts_confirmed": confirmed,
        "cpu_ms": spread(times),
        "wrong": wrong,
    }))
}

/// The wishes of a problem, the price limit first.
fn wanted(problem: &Problem) -> anyhow::Result<Vec<Wanted>> {
    let mut wanted = vec![Wanted::Budget(dollars(&problem.budget_usd)?.minor())];
    wanted.extend(problem.cpu_brand.clone().map(Wanted::CpuBrand));
    let excluded = problem.exclude_brands.iter().cloned();
    wanted.extend(excluded.map(Wanted::NotBrand));
    wanted.extend([
        Wanted::FormFactor(problem.form_factor.clone()),
        Wanted::Cores(problem.min_cores),
        Wanted::GpuMemory(problem.min_gpu_gb),
        Wanted::Memory(problem.min_ram_gb),
        Wanted::Storage(problem.min_storage_gb),
    ]);
    Ok(wanted)
}

fn wishes(shelf: &Shelf<'_>, wanted: &[Wanted]) -> anyhow::Result<Vec<Wish>> {
    let read = |of: &str, is: Op, value: String| {
        let want = Want {
            of: of.to_owned(),
            is,
            value,
        };
        Wish::read(shelf.stock.domain(), &want)
    };
    let wishes = wanted.iter().map(|wanted| {
        Ok(match wanted {
            Wanted::Budget(minor) => {
                Wish::budget(Money::checked(*minor, errand_types::Currency::USD)?)
            }
            Wanted::CpuBrand(brand) => read("cpu", Op::Brand, brand.clone())?,
            Wanted::NotBrand(brand) => read("", Op::NotBrand, brand.clone())?,
            Wanted::FormFactor(form) => read("motherboard.form_factor", Op::Is, form.clone())?,
            Wanted::Cores(least) => read("cpu.cores", Op::AtLeast, least.to_string())?,
            Wanted::GpuMemory(least) => read("gpu.memory", Op::AtLeast, least.to_string())?,
            Wanted::Memory(least) => read("ram.capacity", Op::AtLeast, least.to_string())?,
            Wanted::Storage(least) => read("storage.capacity", Op::AtLeast, least.to_string())?,
        })
    });
    wishes.collect()
}

fn judge_build(
    problem: &Problem,
    build: &Build,
    reference: &Reference<'_>,
    shelf: &Shelf<'_>,
    wanted: &[Wanted],
) -> anyhow::Result<()> {
    let ids = build.parts.iter().filter_map(|part| {
        let (slot, id, _) = shelf.stock.named(*part)?;
        Some((slot, id))
    });
    let ids: Vec<(&str, &str)> = ids.collect();
    let price = reference.check(&ids, wanted)?;
    anyhow::ensure!(price == build.price.minor(), "the parts cost {price} cents");
    anyhow::ensure!(
        problem.feasible,
        "there is none, but {} was found",
        build.price
    );
    let optimum = dollars(&problem.optimum_usd)?;
    anyhow::ensure!(
        build.price == optimum,
        "{} instead of {optimum}",
        build.price
    );
    anyhow::ensure!(build.exact, "not known to be the optimum");
    Ok(())
}

/// The conflict must be one, every wish of it needed, no smaller one be there, and the price without the limit right.
fn judge_clash(
    problem: &Problem,
    clash: &Clash,
    reference: &Reference<'_>,
    wanted: &[Wanted],
) -> anyhow::Result<()> {
    anyhow::ensure!(!problem.feasible, "there is one: {clash}");
    anyhow::ensure!(clash.exact, "not known to be the smallest: {clash}");
    let named: Option<Vec<&Wanted>> = clash.wishes.iter().map(|at| wanted.get(*at)).collect();
    let named = named.context("a wish that is not there")?;
    anyhow::ensure!(
        reference.cheapest(&named).is_none(),
        "these can hold together: {clash}"
    );
    // A set with a proper part that conflicts is no smallest one, so all smaller sets are enough to look at.
    let all: Vec<&Wanted> = wanted.iter().collect();
    for smaller in subsets(&all, named.len().saturating_sub(1)) {
        anyhow::ensure!(
            reference.cheapest(&smaller).is_some(),
            "there is a smaller conflict: {smaller:?}"
        );
    }
    for way in &clash.give_up {
        let kept = wanted.iter().enumerate();
        let kept: Vec<&Wanted> = kept
            .filter(|(at, _)| !way.wishes.contains(at))
            .map(|(_, wanted)| wanted)
            .collect();
        let price = reference.cheapest(&kept);
        anyhow::ensure!(
            price == Some(way.price.minor()),
            "`{}` should be {price:?} cents",
            way.text
        );
    }
    let without_limit = clash.give_up.iter().find(|way| way.wishes == [0]);
    let told = without_limit.map(|way| way.price.minor());
    let optimum = (!problem.optimum_usd.is_null()).then(|| dollars(&problem.optimum_usd));
    let optimum = optimum.transpose()?.map(Money::minor);
    anyhow::ensure!(
        told == optimum,
        "without the limit {told:?} instead of {optimum:?} cents"
    );
    Ok(())
}

/// All sets of exactly `size` of these.
fn subsets<'w>(all: &[&'w Wanted], size: usize) -> Vec<Vec<&'w Wanted>> {
    if size == 0 {
        return vec![Vec::new()];
    }
    let Some((first, rest)) = all.split_first() else {
        return Vec::new();
    };
    let mut with = subsets(rest, size - 1);
    for set in &mut with {
        set.push(first);
    }
    with.extend(subsets(rest, size));
    with
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn subsets_are_all_of_their_size() {
        let wanted = [Wanted::Cores(1), Wanted::Cores(2), Wanted::Cores(3)];
        let all: Vec<&Wanted> = wanted.iter().collect();

        assert_eq!(subsets(&all, 0).len(), 1);
        assert_eq!(subsets(&all, 2).len(), 3);
        assert_eq!(subsets(&all, 4).len(), 0);
    }
}
