//! The law of echo: our own sound never interrupts us, and a person always can.

use errand_types::Language;
use errand_voice_core::{
    Aec3, Ear, EarConfig, EarEffect, Earshot, EchoCanceller, FRAME_SAMPLES, Frame, Listener, Phase,
    Profiles, SampleIdx, Turn, TurnEffect, TurnInput,
};

use crate::sim::{Chance, Room, add_floor};
use crate::speech::{COMMANDS, PROMPTS, rms, said, voiced};

/// What happened in a talk.
#[derive(Debug, Default)]
struct Told {
    /// Places at which our sound was ducked, and at which it was held or stopped.
    ducked: Vec<SampleIdx>,
    yielded: Vec<SampleIdx>,
    began: Vec<SampleIdx>,
    erle_db: Vec<f32>,
}

/// What is played and what is heard of two streams of the same length, frame by frame.
fn frames<'a>(played: &'a [f32], heard: &'a [f32]) -> impl Iterator<Item = (Frame, Frame)> + 'a {
    let played = played.chunks_exact(FRAME_SAMPLES);
    let both = played.zip(heard.chunks_exact(FRAME_SAMPLES)).enumerate();
    both.map(|(n, (render, capture))| {
        let first = SampleIdx::from_ms(n as u64 * 10);
        let (mut r, mut c) = (Frame::silence(first), Frame::silence(first));
        r.pcm.copy_from_slice(render);
        c.pcm.copy_from_slice(capture);
        (r, c)
    })
}

/// Plays and hears two streams of the same length through the whole pipeline, without any words.
fn talk(played: &[f32], heard: &[f32]) -> Told {
    let mut listener = Listener::new(
        Box::new(Aec3::default()),
        Box::new(Earshot::default()),
        None,
        Ear::new(EarConfig::default()),
    );
    let mut turn = Turn::new(Language::English, Profiles::default(), true).until_proven();
    let mut told = Told::default();
    turn.step(TurnInput::Phase(Phase::Speaking), SampleIdx::ZERO);
    turn.step(TurnInput::Sounding(true), SampleIdx::ZERO);
    for (r, c) in frames(played, heard) {
        let now = c.end();
        let mut effects = Vec::new();
        for effect in listener.hear(&c, &r) {
            match effect {
                EarEffect::Started { .. } | EarEffect::Rejoined { .. } => told.began.push(now),
                EarEffect::Ended { turn: id, .. } | EarEffect::Dropped { turn: id } => {
                    effects.extend(turn.step(TurnInput::Over { turn: id }, now));
                    let words = TurnInput::Words {
                        turn: id,
                        text: "",
                        is_final: true,
                    };
                    effects.extend(turn.step(words, now));
                }
                _ => {}
            }
        }
        if let Some((id, from, until)) = listener.ear().voice() {
            let voice = TurnInput::Voice {
                turn: id,
                from,
                until,
            };
            effects.extend(turn.step(voice, now));
        }
        for effect in effects {
            match effect {
                TurnEffect::Duck => told.ducked.push(now),
                TurnEffect::Hold | TurnEffect::Stop => told.yielded.push(now),
                _ => {}
            }
        }
        let state = listener.echo();
        told.erle_db.extend(state.erle_db);
        turn.step(TurnInput::Echo(state), now);
    }
    told
}

/// Every prompt in four voices.
fn pool() -> Option<Vec<Vec<f32>>> {
    let mut pool = Vec::new();
    for voice in ["en-us", "en-gb", "en-us+f3", "en-gb-scotland+m3"] {
        pool.extend(said(PROMPTS, voice)?);
    }
    Some(pool)
}

/// Prompts one after another with half a second between them, at least so long.
fn prompts(pool: &[Vec<f32>], seconds: usize, chance: &mut Chance) -> Vec<f32> {
    let mut pcm = Vec::new();
    while pcm.len() < seconds * 16_000 {
        let next = &pool[chance.bits() as usize % pool.len()];
        let gain = 0.1 / rms(next);
        pcm.extend(next.iter().map(|s| (s * gain).clamp(-1.0, 1.0)));
        pcm.extend(std::iter::repeat_n(0.0, 8_000));
    }
    pcm
}

fn room(chance: &mut Chance) -> Room {
    Room {
        delay_ms: chance.within(20.0, 250.0) as usize,
        reverb_ms: chance.within(100.0, 400.0),
        level_db: chance.within(-20.0, 0.0),
        clip: 0.7,
        drift_ppm: 0.0,
    }
}

#[test]
fn ten_minutes_of_our_own_prompts_never_interrupt_us() {
    let mut chance = Chance::new(7);
    let Some(pool) = pool() else {
        return;
    };
    let mut worst = f32::MAX;
    let (mut ducked, mut yielded, mut minutes) = (0, 0, 0);
    while minutes < 10 {
        let mut room = room(&mut chance);
        // As loud as it gets in every second room.
        room.level_db = if minutes % 2 == 0 { 0.0 } else { room.level_db };
        let played = prompts(&pool, 60, &mut chance);
        let mut heard = room.echo(&played, chance.bits());
        add_floor(&mut heard, 0.000_5, chance.bits());
        let told = talk(&played, &heard);
        let erle = told
            .erle_db
            .iter()
            .skip(500)
            .fold((0.0, 0.0), |(sum, n), db| (sum + db, n + 1.0));
        println!(
            "{room:?}: ducked at {:?}, yielded at {:?}, ERLE {:.1} dB",
            told.ducked,
            told.yielded,
            erle.0 / erle.1
        );
        worst = worst.min(erle.0 / erle.1);
        ducked += told.ducked.len();
        yielded += told.yielded.len();
        minutes += 1;
    }
    println!(
        "10 min of prompts: ducked {ducked} times, yielded {yielded} times, least ERLE {worst:.1} dB"
    );

    assert_eq!(yielded, 0);
}

#[test]
fn whoever_speaks_over_a_prompt_is_given_way() {
    let mut chance = Chance::new(11);
    let (Some(pool), Some(commands)) = (pool(), said(COMMANDS, "en-us+m7")) else {
        return;
    };
    let (mut overlaps, mut given, mut waits_ms) = (0, 0, Vec::new());
    for _ in 0..6 {
        let room = room(&mut chance);
        let played = prompts(&pool, 40, &mut chance);
        let echo_rms = 0.1 * 10_f32.powf(room.level_db / 20.0);
        let mut heard = room.echo(&played, chance.bits());
        let mut onsets = Vec::new();
        for n in 0..8 {
            let command = &commands[n % commands.len()];
            let at = (4 + n * 4) * 16_000 + (chance.bits() % 16_000) as usize;
            // The person is about as loud as the echo, and not quieter than a person is.
            let gain = echo_rms.max(0.05) / rms(command);
            for (slot, sample) in heard.iter_mut().skip(at).zip(command) {
                *slot += sample * gain;
            }
            let (first, last) = voiced(command);
            onsets.push((at + first, at + last));
        }
        add_floor(&mut heard, 0.000_5, chance.bits());
        let told = talk(&played, &heard);
        for (from, to) in onsets {
            overlaps += 1;
            let window = (from as u64)..(to as u64 + 4_800);
            let found = told.yielded.iter().find(|at| window.contains(&at.get()));
            if let Some(at) = found {
                given += 1;
                waits_ms.push((at.get() - from as u64) / 16);
            }
        }
    }
    waits_ms.sort_unstable();
    let p = |percent: usize| waits_ms[(waits_ms.len() - 1) * percent / 100];
    println!(
        "{given} of {overlaps} overlaps given way, after {} ms (p50), {} ms (p95) from the first sound",
        p(50),
        p(95)
    );

    // Without any words, at the moment at which it is decided without them: 450 ms of voice and the detector's delay.
    assert!(given * 100 >= overlaps * 95, "{given} of {overlaps}");
    assert!(p(95) <= 900, "{waits_ms:?}");
}

/// Somebody who says one command after another, from 4 s on. Gives where each of them begins and ends.
fn somebody(commands: &[Vec<f32>], heard: &mut [f32], chance: &mut Chance) -> Vec<(usize, usize)> {
    let mut onsets = Vec::new();
    for (n, command) in commands.iter().cycle().enumerate() {
        let at = (4 + n * 4) * 16_000 + (chance.bits() % 16_000) as usize;
        if at + command.len() > heard.len() {
            break;
        }
        let gain = 0.05 / rms(command);
        for (slot, sample) in heard.iter_mut().skip(at).zip(command) {
            *slot += sample * gain;
        }
        let (first, last) = voiced(command);
        onsets.push((at + first, at + last));
    }
    onsets
}

#[test]
fn whoever_speaks_over_a_prompt_where_nothing_of_it_comes_back_is_given_way() {
    let mut chance = Chance::new(13);
    let (Some(pool), Some(commands)) = (pool(), said(COMMANDS, "en-us+m7")) else {
        return;
    };
    // A line of zeros, a quiet one, and a head-set in a room with noise.
    for floor in [0.0, 0.000_5, 0.004] {
        let (mut overlaps, mut given) = (0, 0);
        for _ in 0..4 {
            let played = prompts(&pool, 40, &mut chance);
            let mut heard = vec![0.0; played.len()];
            let onsets = somebody(&commands, &mut heard, &mut chance);
            add_floor(&mut heard, floor, chance.bits());

            let told = talk(&played, &heard);

            for (from, to) in onsets {
                overlaps += 1;
                let window = (from as u64)..(to as u64 + 4_800);
                given += usize::from(told.yielded.iter().any(|at| window.contains(&at.get())));
            }
        }
        println!("noise {floor}: {given} of {overlaps} overlaps given way");
        assert!(
            given * 100 >= overlaps * 95,
            "{floor}: {given} of {overlaps}"
        );
    }
}

#[test]
fn a_microphone_that_is_opened_in_the_middle_of_a_prompt_does_not_stop_it() {
    let mut chance = Chance::new(17);
    let Some(pool) = pool() else {
        return;
    };
    let (mut ducked, mut yielded) = (0, 0);
    for n in 0..12 {
        let mut room = room(&mut chance);
        room.level_db = if n % 2 == 0 { 0.0 } else { room.level_db };
        let played = prompts(&pool, 30, &mut chance);
        let mut heard = room.echo(&played, chance.bits());
        add_floor(&mut heard, 0.000_5, chance.bits());
        // It was muted for eight seconds, in which nothing came back.
        heard[..128_000].fill(0.0);

        let told = talk(&played, &heard);

        println!(
            "{room:?}: ducked at {:?}, yielded at {:?}",
            told.ducked, told.yielded
        );
        ducked += told.ducked.len();
        yielded += told.yielded.len();
    }
    println!("12 microphones opened: ducked {ducked} times, yielded {yielded} times");

    assert_eq!(yielded, 0);
}

/// How much of a person is in a sound that lies so many samples behind theirs.
fn share_of(person: &[f32], heard: &[f32], behind: usize) -> f32 {
    let heard = heard.iter().skip(behind);
    let both: f32 = person.iter().zip(heard).map(|(a, b)| a * b).sum();
    both / person.iter().map(|s| s * s).sum::<f32>()
}

#[test]
fn with_our_echo_only_subtracted_more_is_left_of_a_person_who_speaks_over_a_loud_one() {
    let mut chance = Chance::new(17);
    let (Some(pool), Some(commands)) = (pool(), said(COMMANDS, "en-us+m7")) else {
        return;
    };
    let room = Room {
        level_db: 0.0,
        ..room(&mut chance)
    };
    let played = prompts(&pool, 40, &mut chance);
    let mut person = vec![0.0; played.len()];
    let onsets = somebody(&commands, &mut person, &mut chance);
    let mut heard = room.echo(&played, chance.bits());
    for (slot, sample) in heard.iter_mut().zip(&person) {
        *slot += sample;
    }
    add_floor(&mut heard, 0.000_5, chance.bits());

    let mut canceller = Aec3::default();
    let (mut clean, mut subtracted) = (Vec::new(), Vec::new());
    for (r, c) in frames(&played, &heard) {
        let mut out = Frame::silence(c.first);
        canceller.render(&r);
        canceller.capture(&c, &mut out);
        clean.extend(out.pcm);
        subtracted.extend(
            canceller
                .subtracted()
                .map_or([0.0; FRAME_SAMPLES], |f| f.pcm),
        );
    }

    let (mut of_clean, mut of_subtracted) = (0.0, 0.0);
    for (from, to) in &onsets {
        let person = &person[*from..*to];
        of_clean += share_of(person, &clean[*from..], 128) / onsets.len() as f32;
        of_subtracted += share_of(person, &subtracted[*from..], 128) / onsets.len() as f32;
    }
    println!(
        "of a person {of_clean:.2} is left in the output, {of_subtracted:.2} in what is only subtracted"
    );
    assert!(of_subtracted > of_clean + 0.1, "{of_subtracted} {of_clean}");
    // Both lie as far behind.
    for behind in [64, 192] {
        let (from, to) = onsets[1];
        let other = share_of(&person[from..to], &subtracted[from..], behind);
        let there = share_of(&person[from..to], &subtracted[from..], 128);
        assert!(other < there, "{behind}: {other} {there}");
    }
    let quiet = 3 * 16_000..4 * 16_000;
    assert!(rms(&subtracted[quiet.clone()]) > rms(&clean[quiet]));
}
