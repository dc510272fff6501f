//! The preprocessor for mdBook: fenced blocks become stills that come alive.
//!
//! mdBook writes `[context, book]` as JSON to standard input and reads the book back from standard
//! output. Chapters are found by their members, so that the books of its versions 0.4 and 0.5,
//! which name the list of chapters differently, are both understood.

use std::fmt::Write as _;

use clap::{Args, Subcommand};
use quorate::kernel::SimTime;
use quorate::scene::FIGURE_WIDTH;
use quorate::scene::text::Lang;
use quorate::script::render;
use quorate::still::{self, Asked, NoStill, Shade};
use serde_json::Value;

use super::draw::moment;
use super::fences::{Fence, fences};
use super::{Outcome, figures};

/// What mdBook asks.
#[derive(Args)]
pub(crate) struct Mdbook {
    #[command(subcommand)]
    ask: Option<Ask>,
}

#[derive(Subcommand)]
enum Ask {
    /// Whether a renderer is supported; the exit status says so.
    Supports {
        /// Its name.
        renderer: String,
    },
}

/// Settings of `[preprocessor.quorate]` in book.toml.
struct Settings {
    /// Address of quorate-embed.js, relative to the book's root; without it figures stay still.
    script: Option<String>,
    shade: Shade,
    lang: Lang,
    /// Folder of the chapters, for messages.
    src: String,
}

impl Settings {
    fn of(context: &Value) -> Result<Settings, String> {
        let config = &context["config"];
        let own = &config["preprocessor"]["quorate"];
        let text = |value: &Value| value.as_str().map(str::to_owned);
        let shade = match own["theme"].as_str() {
            None | Some("auto") => Shade::Auto,
            Some("light") => Shade::Light,
            Some("dark") => Shade::Dark,
            Some(other) => {
                return Err(format!(
                    "error: book.toml: preprocessor.quorate: theme `{other}`; it is light, dark \
                     or auto\n"
                ));
            }
        };
        let tag = text(&own["lang"]).or_else(|| text(&config["book"]["language"]));
        Ok(Settings {
            script: text(&own["script"]),
            shade,
            lang: tag.map_or(Lang::En, |tag| Lang::from_tag(&tag)),
            src: text(&config["book"]["src"]).unwrap_or_else(|| "src".to_owned()),
        })
    }
}

/// Answers mdBook.
pub(crate) fn answer(args: &Mdbook, language: render::Language) -> Outcome {
    if let Some(Ask::Supports { renderer }) = &args.ask {
        return Ok((String::new(), renderer == "html"));
    }
    let mut json = String::new();
    std::io::Read::read_to_string(&mut std::io::stdin(), &mut json)
        .map_err(|error| format!("error: standard input: {error}\n"))?;
    let read: Result<(Value, Value), _> = serde_json::from_str(&json);
    let (context, mut book) = read.map_err(|error| {
        format!("error: standard input is not `[context, book]` as mdBook writes it: {error}\n")
    })?;
    let settings = Settings::of(&context)?;
    let mut wrong = String::new();
    walk(&mut book, &settings, language, &mut wrong);
    if !wrong.is_empty() {
        return Err(wrong);
    }
    Ok((book.to_string(), true))
}

/// Visits every chapter below `value`.
fn walk(value: &mut Value, settings: &Settings, language: render::Language, wrong: &mut String) {
    match value {
        Value::Array(items) => {
            for item in items {
                walk(item, settings, language, wrong);
            }
        }
        Value::Object(members) => {
            if let Some(chapter) = members.get_mut("Chapter") {
                match rewritten(chapter, settings, language) {
                    Ok(Some(content)) => chapter["content"] = Value::String(content),
                    Ok(None) => {}
                    Err(message) => *wrong += &message,
                }
                walk(&mut chapter["sub_items"], settings, language, wrong);
            }
            for list in ["items", "sections"] {
                if let Some(list) = members.get_mut(list) {
                    walk(list, settings, language, wrong);
                }
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {}
    }
}

/// The content of a chapter with its figures; `None` if it has none.
fn rewritten(
    chapter: &Value,
    settings: &Settings,
    language: render::Language,
) -> Result<Option<String>, String> {
    let Some(content) = chapter["content"].as_str() else { return Ok(None) };
    let path = chapter["path"].as_str().unwrap_or_default();
    let shown = chapter["source_path"].as_str().unwrap_or(path);
    let shown = format!("{}/{shown}", settings.src);
    let (mut out, mut done, mut wrong) = (String::new(), 0, String::new());
    let figures = fences(content);
    for fence in figures.iter().filter(|fence| fence.setting("ignore").is_none()) {
        match figure(fence, settings) {
            Ok(markup) => {
                out.push_str(&content[done..fence.range.start]);
                out.push_str(&markup);
                done = fence.range.end;
            }
            Err(NoStill::Problems(problems)) => {
                let place = (shown.as_str(), content);
                wrong += &figures::explain(&problems, fence, place, language);
            }
            Err(NoStill::Said(said)) => {
                let why = settings.lang.pick(&said.en, &said.zh);
                let _ = writeln!(wrong, "error: {shown}:{}: {why}", fence.line);
            }
        }
    }
    if !wrong.is_empty() {
        return Err(wrong);
    }
    if done == 0 {
        return Ok(None);
    }
    out.push_str(&content[done..]);
    if let Some(script) = &settings.script {
        let script = attribute(&seen_from(path, script));
        let _ = writeln!(out, "\n\n<script type=\"module\" src=\"{script}\"></script>");
    }
    Ok(Some(out))
}

/// The still of a figure inside the element that comes alive. No blank line: it would end the
/// block of HTML.
fn figure(fence: &Fence, settings: &Settings) -> Result<String, NoStill> {
    let said = |why: String| NoStill::Said(quorate::script::Said::new(why.clone(), why));
    let at =
        fence.setting("at").map(moment).transpose().map_err(|why| said(format!("at: {why}")))?;
    let asked = Asked {
        at: at.unwrap_or(SimTime::ZERO),
        shade: settings.shade,
        lang: settings.lang,
        width: FIGURE_WIDTH,
    };
    let picture = still::draw(&fence.text, &asked)?;
    let mut open = String::from("<quorate-scene");
    for name in ["at", "autoplay", "height", "views", "theme"] {
        if let Some(value) = fence.setting(name) {
            // Lists have no commas inside a fence's settings.
            let value = attribute(&value.replace('+', ","));
            let _ = write!(open, " {name}=\"{value}\"");
        }
    }
    let _ = write!(open, " lang=\"{}\">", settings.lang.tag());
    let indent = &fence.indent;
    let mut out = format!("\n{indent}{open}\n");
    for line in picture.lines() {
        let _ = writeln!(out, "{indent}{line}");
    }
    let _ = writeln!(out, "{indent}</quorate-scene>\n");
    Ok(out)
}

/// An address relative to the root of the book, as seen from a chapter.
fn seen_from(chapter: &str, address: &str) -> String {
    if address.contains("://") || address.starts_with('/') {
        return address.to_owned();
    }
    "../".repeat(chapter.matches('/').count()) + address
}

/// Text inside an attribute in quotes.
fn attribute(text: &str) -> String {
    text.replace('&', "&amp;").replace('"', "&quot;").replace('<', "&lt;")
}
