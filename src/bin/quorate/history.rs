//! `quorate check-history`: the verdict on a recorded history, with its proof.

use std::fmt::Write as _;
use std::path::{Path, PathBuf};

use clap::{Args, ValueEnum};
use quorate::check::consistency::{Kind, Model};
use quorate::check::recording::{Found, Proof, Recording, read, rule};
use quorate::scene::history::{label, of_recording};
use quorate::scene::list::List;
use quorate::scene::palette::Theme;
use quorate::scene::svg::{self, Colours};
use quorate::script::render::Language;
use serde_json::{Value, json};

use super::Outcome;

/// What to judge, and how.
#[derive(Args)]
pub(super) struct CheckHistory {
    /// The history; `-` reads standard input. See docs/histories.md.
    pub(super) file: PathBuf,
    /// What its objects are, if the file does not say so: register, cas-register, text, counter,
    /// set, queue, lock, store.
    #[arg(long)]
    model: Option<String>,
    /// What is expected of it.
    #[arg(long, value_enum, default_value_t = Expect::Linearizable)]
    expect: Expect,
    /// Most steps of the search.
    #[arg(long, default_value_t = 4_000_000)]
    steps: u64,
    /// Print one JSON object.
    #[arg(long)]
    json: bool,
    /// Draw the history and the proof into this file.
    #[arg(long)]
    svg: Option<PathBuf>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Expect {
    Linearizable,
    Sequential,
}

/// Judges the text of a history.
pub(super) fn check(args: &CheckHistory, text: &str, language: Language) -> Outcome {
    let path = args.file.display().to_string();
    let say = |because: &quorate::check::Because| match language {
        Language::En => because.en.clone(),
        Language::Zh => because.zh.clone(),
    };
    let flawed = |flaw: &quorate::check::recording::Flaw| {
        format!("error: {path}:{}:{}: {}\n", flaw.line, flaw.column, say(&flaw.what))
    };
    let recording = read(text).map_err(|flaw| flawed(&flaw))?;
    let kind = kind(args.model.as_deref(), &recording)?;
    if let Some(flaw) = recording.foreign(kind) {
        return Err(flawed(&flaw));
    }
    let model = match args.expect {
        Expect::Linearizable => Model::Linearizable,
        Expect::Sequential => Model::Sequential,
    };
    let found = rule(&recording, kind, model, args.steps);
    let verdict = say(&found.says(model));
    if let Some(out) = &args.svg {
        draw(out, &recording, &found, &format!("{path}: {verdict}"))?;
    }
    let holds = matches!(found.proof, Proof::Order(_));
    let text = if args.json {
        let object = object(&path, &recording, &found, &verdict);
        serde_json::to_string_pretty(&object).map_err(|error| format!("error: {error}\n"))? + "\n"
    } else {
        report(&path, &recording, &found, &verdict, language)
    };
    if matches!(found.proof, Proof::GaveUp(_)) {
        // Nobody knows: that is neither status 0 nor 1.
        print!("{text}");
        return Err(String::new());
    }
    Ok((text, holds))
}

fn kind(named: Option<&str>, recording: &Recording) -> Result<Kind, String> {
    let Some(named) = named else { return Ok(recording.kind.unwrap_or(Kind::Any)) };
    let found = Kind::ALL.iter().find(|(name, _)| *name == named);
    found.map(|(_, kind)| *kind).ok_or_else(|| {
        let known: Vec<&str> = Kind::ALL.iter().map(|(name, _)| *name).collect();
        format!("error: `{named}` is no model; known are {}\n", known.join(", "))
    })
}

fn draw(out: &Path, recording: &Recording, found: &Found, title: &str) -> Result<(), String> {
    let scene = of_recording(recording, found, title);
    let mut list = List::new();
    let width = scene.width();
    scene.draw(&mut list, width);
    let picture = svg::write(&[&list], (width, scene.height()), title, Colours::Of(Theme::Light));
    let written = std::fs::write(out, picture);
    written.map_err(|error| format!("error: {}: {error}\n", out.display()))
}

/// An operation of the recording with its lines.
fn line(recording: &Recording, entry: usize) -> String {
    let it = &recording.entries[entry];
    let end = it.end.map_or_else(|| "…".to_owned(), |(line, _)| line.to_string());
    format!("{} {}  (lines {} to {end})", it.client, label(it.op, &it.told()), it.called)
}

fn report(
    path: &str,
    recording: &Recording,
    found: &Found,
    verdict: &str,
    language: Language,
) -> String {
    let count = recording.entries.len();
    let mut text = format!("{path}: {verdict} ({count} operations, {} steps)\n", found.steps);
    if let Proof::Core { entries, minimal } = &found.proof {
        text += match (language, minimal) {
            (Language::En, true) => "impossible together, and none can be spared:\n",
            (Language::En, false) => "impossible together:\n",
            (Language::Zh, true) => "以下操作无法同时成立，缺一不可：\n",
            (Language::Zh, false) => "以下操作无法同时成立：\n",
        };
        for entry in entries {
            let _ = writeln!(text, "  {}", line(recording, *entry));
        }
    }
    text
}

fn object(path: &str, recording: &Recording, found: &Found, verdict: &str) -> Value {
    let entry = |place: &usize| {
        let it = &recording.entries[*place];
        json!({
            "client": it.client.to_string(),
            "op": it.op.to_string(),
            "told": it.told(),
            "called_line": it.called,
            "ended_line": it.end.map(|(line, _)| line),
        })
    };
    let (status, order, core) = match &found.proof {
        Proof::Order(order) => {
            let order: Vec<Value> = order.iter().map(|(place, _)| entry(place)).collect();
            ("holds", json!(order), Value::Null)
        }
        Proof::Core { entries, minimal } => {
            let entries: Vec<Value> = entries.iter().map(entry).collect();
            ("violated", Value::Null, json!({ "operations": entries, "minimal": minimal }))
        }
        Proof::GaveUp(_) => ("undecided", Value::Null, Value::Null),
    };
    json!({
        "file": path,
        "verdict": status,
        "says": verdict,
        "operations": recording.entries.len(),
        "steps": found.steps,
        "order": order,
        "core": core,
    })
}
