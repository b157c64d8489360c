use std::fs;
use std::io::Read;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use errand_voice_device::{Change, DeviceChoice, Loudspeaker, Microphone, Supervised};

const RATE: usize = 48_000;
/// Correlation is measured at a 48th of the rate; the test sound lies far below that.
const STEP: usize = 48;

/// Runs one of these tests again inside a sound server of its own. True inside of it.
fn inside(test: &str) -> bool {
    if std::env::var_os("ERRAND_PULSE_PID").is_some() {
        return true;
    }
    let script = Path::new(env!("CARGO_MANIFEST_DIR")).join("../testing/pulse.sh");
    let mut command = Command::new(script);
    command.arg(std::env::current_exe().unwrap());
    command.args(["--exact", &format!("sound_card::{test}"), "--nocapture"]);
    let output = command.stdin(Stdio::null()).output().unwrap();
    let told = String::from_utf8_lossy(&output.stderr);
    if output.status.code() == Some(77) {
        eprint!("{told}");
        return false;
    }
    let all = format!("{told}{}", String::from_utf8_lossy(&output.stdout));
    // A name that is not found runs nothing, and that is a success to the runner.
    assert!(output.status.success() && all.contains("1 passed"), "{all}");
    eprint!("{told}");
    false
}

/// Noise without much above 100 Hz, the same each time: no two stretches of it are alike.
fn sound(seconds: usize) -> Vec<f32> {
    let mut seed = 12_345_u32;
    let (mut low, mut lower) = (0.0_f32, 0.0_f32);
    let mut made = Vec::new();
    for _ in 0..seconds * RATE {
        seed = seed.wrapping_mul(1_664_525).wrapping_add(1_013_904_223);
        let white = (seed >> 16) as f32 / 32_768.0 - 1.0;
        low += (white - low) * 0.01;
        lower += (low - lower) * 0.01;
        made.push((lower * 8.0).clamp(-0.9, 0.9));
    }
    made
}

fn coarse(pcm: &[f32]) -> Vec<f32> {
    let mean = |part: &[f32]| part.iter().sum::<f32>() / part.len() as f32;
    pcm.chunks_exact(STEP).map(mean).collect()
}

fn correlation(a: &[f32], b: &[f32]) -> f32 {
    let dot = |x: &[f32], y: &[f32]| x.iter().zip(y).map(|(x, y)| x * y).sum::<f32>();
    dot(a, b) / (dot(a, a) * dot(b, b)).sqrt().max(1e-9)
}

/// How well each half second of what was said is found somewhere in what was heard. Each is looked for by itself: a busy
/// machine may put silence between them.
fn likeness(said: &[f32], heard: &[f32]) -> Vec<f32> {
    let (said, heard) = (coarse(said), coarse(heard));
    let half = RATE / STEP / 2;
    let best = |part: &[f32]| {
        let scores = heard.windows(half).map(|there| correlation(part, there));
        scores.fold(0.0, f32::max)
    };
    said.chunks_exact(half).map(best).collect()
}

fn wav(folder: &Path, pcm: &[f32]) -> PathBuf {
    let data: Vec<u8> = pcm
        .iter()
        .flat_map(|s| ((s * 32_767.0) as i16).to_le_bytes())
        .collect();
    let mut bytes = b"RIFF\0\0\0\0WAVEfmt \x10\0\0\0\x01\0\x01\0".to_vec();
    bytes.extend((RATE as u32).to_le_bytes());
    bytes.extend((RATE as u32 * 2).to_le_bytes());
    bytes.extend(*b"\x02\0\x10\0data");
    bytes.extend((data.len() as u32).to_le_bytes());
    bytes.extend(data);
    let path = folder.join("said.wav");
    fs::write(&path, bytes).unwrap();
    path
}

/// Reads for a while; silence goes where something is missing.
fn listen(microphone: &mut Microphone, length: Duration, into: &mut Vec<f32>) -> u64 {
    let began = Instant::now();
    let mut missing = 0;
    while began.elapsed() < length {
        std::thread::park_timeout(Duration::from_millis(20));
        let mut new = Vec::new();
        let heard = microphone.read(&mut new, Instant::now()).unwrap();
        missing += heard.missing;
        into.extend(std::iter::repeat_n(0.0, heard.missing as usize));
        into.append(&mut new);
    }
    missing
}

#[test]
fn the_microphone_hears_what_is_said_into_it() {
    if !inside("the_microphone_hears_what_is_said_into_it") {
        return;
    }
    let folder = tempfile::tempdir().unwrap();
    let said = sound(3);
    // Silence around it: the beginning of a stream is lost.
    let quiet = vec![0.0; RATE];
    let path = wav(folder.path(), &[&quiet[..], &said, &quiet].concat());
    let mut microphone = Microphone::open(&DeviceChoice::Default).unwrap();
    assert_eq!(microphone.rate_hz() as usize, RATE);
    let mut heard = Vec::new();
    listen(&mut microphone, Duration::from_millis(300), &mut heard);

    let mut speaker = Command::new("paplay")
        .arg("--device=vmic_in")
        .arg(&path)
        .spawn()
        .unwrap();
    let missing = listen(&mut microphone, Duration::from_millis(5_500), &mut heard);
    assert!(speaker.wait().unwrap().success());
    let missing = missing + listen(&mut microphone, Duration::from_millis(500), &mut heard);

    let likeness = likeness(&said, &heard);
    eprintln!("microphone: {likeness:.2?} in each half second, {missing} samples missing");
    let good = likeness.iter().filter(|l| **l > 0.9).count();
    assert!(good >= likeness.len() - 1, "{likeness:?}");
}

#[test]
fn the_loudspeaker_is_heard_and_stops_at_once() {
    if !inside("the_loudspeaker_is_heard_and_stops_at_once") {
        return;
    }
    let mut ear = Command::new("parec")
        .args([
            "--device=vspk.monitor",
            "--format=s16le",
            "--rate=48000",
            "--channels=1",
            "--latency-msec=20",
        ])
        .stdout(Stdio::piped())
        .spawn()
        .unwrap();
    let mut heard = ear.stdout.take().unwrap();
    let heard = std::thread::spawn(move || {
        let mut bytes = Vec::new();
        heard.read_to_end(&mut bytes).unwrap();
        bytes
    });
    let mut loudspeaker = Loudspeaker::open(&DeviceChoice::Default).unwrap();
    assert_eq!(loudspeaker.rate_hz() as usize, RATE);
    // The beginning of a stream is lost, so that silence leads in.
    let lead = vec![0.0; RATE / 2];
    let said = sound(3);
    let whole = [&lead[..], &said].concat();
    let mut at = 0;
    while at < whole.len() {
        at += loudspeaker.write(&whole[at..]);
        loudspeaker.check(Instant::now()).unwrap();
        std::thread::park_timeout(Duration::from_millis(10));
    }
    let waiting = loudspeaker.written() - loudspeaker.played();
    assert!(waiting <= RATE as u64 / 4, "{waiting} samples wait");
    loudspeaker.stop();
    let began = Instant::now();
    while loudspeaker.played() < loudspeaker.written() && began.elapsed() < Duration::from_secs(5) {
        std::thread::park_timeout(Duration::from_millis(5));
    }
    assert_eq!(loudspeaker.played(), loudspeaker.written());
    let mut tapped = Vec::new();
    loudspeaker.tap(&mut tapped);
    assert!(tapped.len() >= RATE);
    // What the device still holds comes out before the recording ends.
    std::thread::park_timeout(Duration::from_millis(500));
    ear.kill().unwrap();
    ear.wait().unwrap();

    let bytes = heard.join().unwrap();
    let heard: Vec<f32> = bytes
        .chunks_exact(2)
        .map(|b| f32::from(i16::from_le_bytes([b[0], b[1]])) / 32_768.0)
        .collect();
    let likeness = likeness(&said, &heard);
    eprintln!(
        "loudspeaker: {likeness:.2?} in each half second, latency {:?}",
        loudspeaker.latency()
    );
    // The last quarter of a second was thrown away.
    let good = likeness.iter().filter(|l| **l > 0.9).count();
    assert!(good >= likeness.len() - 2, "{likeness:?}");
}

#[test]
fn a_sound_server_that_dies_is_a_lost_device_and_no_hang() {
    if !inside("a_sound_server_that_dies_is_a_lost_device_and_no_hang") {
        return;
    }
    let open = || Microphone::open(&DeviceChoice::Default);
    let mut device = Supervised::new("microphone", open, Instant::now());
    let (microphone, change) = device.look(Instant::now());
    assert_eq!(change, Change::Opened);
    listen(
        microphone.unwrap(),
        Duration::from_millis(300),
        &mut Vec::new(),
    );

    let server = std::env::var("ERRAND_PULSE_PID").unwrap();
    assert!(
        Command::new("kill")
            .args(["-9", &server])
            .status()
            .unwrap()
            .success()
    );

    let began = Instant::now();
    let fault = loop {
        assert!(began.elapsed() < Duration::from_secs(20), "nobody noticed");
        std::thread::park_timeout(Duration::from_millis(50));
        let (microphone, _) = device.look(Instant::now());
        if let Err(fault) = microphone.unwrap().read(&mut Vec::new(), Instant::now()) {
            break fault;
        }
    };
    eprintln!("noticed after {:?}: {fault}", began.elapsed());
    device.lost(Instant::now());
    let change = loop {
        assert!(began.elapsed() < Duration::from_secs(20), "it is not told");
        std::thread::park_timeout(Duration::from_millis(50));
        let (gone, change) = device.look(Instant::now());
        assert!(gone.is_none());
        if change != Change::None {
            break change;
        }
    };
    assert!(matches!(change, Change::Absent(fault) if !fault.hint().is_empty()));
}
