//! Figures of a text: stills, figures in Markdown, the preprocessor for mdBook, the commands of a
//! host.

use quorate::kernel::{SimTime, Span};
use quorate::lab::host::{Order, Part, Parts, VALUE_BYTES, order};
use quorate::lab::{Action, Lab};
use quorate::scene::Theme;
use quorate::scene::svg::{self, Colours};
use quorate::scene::text::Lang;
use quorate::still::{Asked, Film, NoStill, Shade, draw};
use wasm_bindgen_test::wasm_bindgen_test;

const RAFT: &str = "# Who <b>leads</b> & \"why\"?\n# One does.\n\
                    cluster raft nodes=5 seed=7 network=wan election=300ms..600ms\n\n\
                    at 1s request put y=1\nrun 2s\n";

fn at(millis: u64) -> SimTime {
    SimTime::ZERO + Span::millis(millis)
}

fn still(shade: Shade, lang: Lang) -> String {
    draw(RAFT, &Asked { at: at(400), shade, lang, ..Asked::default() }).expect("a still")
}

#[wasm_bindgen_test(unsupported = test)]
fn a_still_says_what_it_shows_and_what_it_is_made_from() {
    let svg = still(Shade::Light, Lang::En);
    assert!(svg.contains("<title id=\"q"), "{svg}");
    assert!(svg.contains(">Who &lt;b&gt;leads&lt;/b&gt; &amp; &quot;why&quot;?</title>"), "{svg}");
    assert!(svg.contains("n2, leader, term 1."), "{svg}");
    assert!(svg.contains("aria-labelledby=\"q"));
    let kept = svg.split("<metadata>").nth(1).and_then(|rest| rest.split("</metadata>").next());
    let kept = kept.expect("metadata").replace("&#10;", "\n").replace("&quot;", "\"");
    let kept = kept.replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&");
    assert_eq!(kept, RAFT);
    assert!(!svg.contains("\n\n"), "a blank line ends a block of HTML in Markdown");
    assert!(!svg.contains("<style>") && !svg.contains("var("), "it stands alone");
    let bold = |svg: &str| -> Vec<String> {
        let runs = svg.split("font-weight=\"700\"").skip(1);
        runs.filter_map(|run| Some(run.split_once('>')?.1.split_once('<')?.0.to_owned())).collect()
    };
    let chinese = still(Shade::Light, Lang::Zh);
    for svg in [&svg, &chinese] {
        let names = bold(svg).iter().filter(|run| run.as_str() == "n2").count();
        assert_eq!(names, 2, "at the node and in the sentence: {:?}", bold(svg));
    }
    assert!(chinese.contains("领导者"), "{chinese}");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_still_of_both_themes_follows_the_page_and_falls_back_to_light() {
    let svg = still(Shade::Auto, Lang::En);
    for host in
        [".coal", "[data-theme=dark]", "[data-md-color-scheme=slate]", "prefers-color-scheme"]
    {
        assert!(svg.contains(host), "{host}");
    }
    assert!(svg.contains("fill=\"var(--ink,#1A1E24)\""));
    assert!(still(Shade::Dark, Lang::En).contains("fill=\"#EAEEF2\""));
}

#[wasm_bindgen_test(unsupported = test)]
fn two_stills_on_a_page_share_no_id() {
    let ids = |svg: &str| -> Vec<String> {
        svg.split(" id=\"")
            .skip(1)
            .filter_map(|it| it.split('"').next().map(str::to_owned))
            .collect()
    };
    let (one, two) = (still(Shade::Light, Lang::En), still(Shade::Dark, Lang::En));
    assert!(ids(&one).len() > 3);
    assert!(ids(&one).iter().all(|id| !ids(&two).contains(id)));
    assert_eq!(one, still(Shade::Light, Lang::En), "the same asked for is the same picture");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_hostile_scenario_stays_text() {
    let text = "# </title></metadata><script>alert(1)</script>\u{1}\n# \"><img src=x onerror=a>\n\
                cluster raft nodes=3\nrun 1s\n";
    let svg = draw(text, &Asked::default()).expect("a still");
    assert!(!svg.contains("<script") && !svg.contains("<img") && !svg.contains('\u{1}'));
    assert_eq!(svg.matches("</metadata>").count(), 1);
    assert_eq!(svg.matches("</title>").count(), 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_pool_is_drawn_as_well() {
    let text = "balance p2c servers=4 seed=1\narrivals poisson load=60%\nrun 2s\n";
    let svg = draw(text, &Asked { at: at(1_000), ..Asked::default() }).expect("a still");
    assert!(svg.contains(">s4</tspan>"), "{svg}");
}

#[wasm_bindgen_test(unsupported = test)]
fn what_cannot_be_drawn_says_why() {
    let late = draw(RAFT, &Asked { at: at(9_000), ..Asked::default() });
    let Err(NoStill::Said(said)) = late else { panic!("{late:?}") };
    assert!(said.en.contains("over at 2s"), "{}", said.en);
    let Err(NoStill::Problems(problems)) = draw("cluster raft nods=5\nrun 1s\n", &Asked::default())
    else {
        panic!("it is not understood");
    };
    assert_eq!(problems[0].line, 1);
}

#[wasm_bindgen_test(unsupported = test)]
fn commands_of_a_host_are_read_or_refused_with_a_sentence() {
    assert_eq!(order("play", ""), Ok(Order::Play));
    assert_eq!(order("seek", "1.5s"), Ok(Order::Seek(at(1_500))));
    assert_eq!(order("theme", "dark"), Ok(Order::Theme("dark")));
    assert_eq!(order("load", RAFT), Ok(Order::Load(RAFT.to_owned())));
    let parts = Parts::named("scene, transport").expect("parts");
    assert_eq!(order("views", "transport,scene"), Ok(Order::Views(parts)));
    assert!(parts.show(Part::Scene) && !parts.show(Part::Open));
    assert!(parts.toggled(Part::Text).show(Part::Text));
    let long = "x".repeat(VALUE_BYTES + 1);
    let huge = "x".repeat(70_000);
    for (name, value) in [
        ("seek", "soon"),
        ("seek", "-1s"),
        ("seek", "99999999999999999999h"),
        ("theme", "<b>"),
        ("views", "scene,password"),
        ("views", ""),
        ("lang", &*long),
        ("load", &*huge),
        ("eval", "alert(1)"),
        ("", ""),
    ] {
        let why = order(name, value).expect_err(name);
        assert!(why.en.contains("is ignored") && why.zh.contains("已被忽略"), "{name}: {}", why.en);
    }
}

#[cfg(not(target_arch = "wasm32"))]
#[test]
fn stills_look_as_they_did() {
    crate::scene::golden::check("still-light", &still(Shade::Light, Lang::En));
    crate::scene::golden::check("still-auto-zh", &still(Shade::Auto, Lang::Zh));
}

#[cfg(not(target_arch = "wasm32"))]
mod command_line {
    //! The programs, as a shell and as mdBook call them.

    use std::io::Write;
    use std::process::{Command, Output, Stdio};

    use serde_json::{Value, json};

    fn quorate(words: &[&str], input: &str) -> Output {
        let mut child = Command::new(env!("CARGO_BIN_EXE_quorate"))
            .args(words)
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .spawn()
            .expect("the program starts");
        // A program that reads nothing may be gone already.
        let _ = child.stdin.take().expect("a pipe").write_all(input.as_bytes());
        child.wait_with_output().expect("it ends")
    }

    fn said(bytes: &[u8]) -> String {
        String::from_utf8_lossy(bytes).into_owned()
    }

    /// A book as mdBook writes it, with one chapter; `list` names the list of chapters.
    fn book(list: &str, content: &str, settings: &Value) -> String {
        let chapter = |content: &str, below: Vec<Value>| {
            json!({ "Chapter": {
                "name": "A", "content": content, "number": [1], "sub_items": below,
                "path": "deep/a.md", "source_path": "deep/a.md", "parent_names": [],
            } })
        };
        let context = json!({
            "root": "/book", "renderer": "html", "mdbook_version": "0.5.4",
            "config": { "book": { "src": "src" }, "preprocessor": { "quorate": settings } },
        });
        let top = chapter("# Nothing here\n", vec![chapter(content, Vec::new())]);
        json!([context, { list: [top, "Separator", { "PartTitle": "B" }] }]).to_string()
    }

    const FIGURE: &str = "Before.\n\n```quorate,at=400ms,autoplay,views=scene+transport\n\
                          # A \"title\" & more\n# Why.\ncluster raft nodes=3 seed=1\n\n\
                          run 1s\n```\n\
                          After.\n\n```text\n```quorate is not here\n```\n";

    #[test]
    fn mdbook_asks_whether_a_renderer_is_supported() {
        assert!(quorate(&["mdbook", "supports", "html"], "").status.success());
        assert_eq!(quorate(&["mdbook", "supports", "epub"], "").status.code(), Some(1));
    }

    #[test]
    fn figures_of_a_book_become_stills_in_live_elements() {
        let settings = json!({ "script": "quorate/quorate-embed.js" });
        for list in ["items", "sections"] {
            let input = book(list, FIGURE, &settings);
            let output = quorate(&["mdbook"], &input);
            assert!(output.status.success(), "{}", said(&output.stderr));
            let book: Value = serde_json::from_slice(&output.stdout).expect("a book");
            let top = &book[list][0]["Chapter"];
            assert_eq!(top["content"], "# Nothing here\n", "chapters without figures are kept");
            assert_eq!(book[list][1], "Separator");
            let content = top["sub_items"][0]["Chapter"]["content"].as_str().expect("text");
            let open =
                "<quorate-scene at=\"400ms\" autoplay=\"\" views=\"scene,transport\" lang=\"en\">";
            assert!(content.contains(open), "{content}");
            let from = content.find(open).expect("open");
            let to = content.find("</quorate-scene>").expect("close");
            assert!(!content[from..to].contains("\n\n"), "a blank line would end the block");
            assert!(content.contains("<svg") && content.contains("class=\"quorate-still\""));
            assert!(content.starts_with("Before.") && content.contains("\nAfter."));
            assert!(content.contains("src=\"../quorate/quorate-embed.js\""));
            assert!(content.contains("```quorate is not here"));
        }
    }

    #[test]
    fn without_a_script_a_book_has_stills_only() {
        let output = quorate(&["mdbook"], &book("items", FIGURE, &json!({ "theme": "dark" })));
        let text = said(&output.stdout);
        assert!(text.contains("quorate-scene") && !text.contains("<script"));
        assert!(text.contains("#10151B") && !text.contains("quorate-still"));
    }

    #[test]
    fn a_figure_that_is_not_understood_stops_the_book_at_its_line() {
        let wrong = "# A\n\n```quorate\ncluster raft\nat 1s explode n1\nrun 2s\n```\n";
        let output = quorate(&["mdbook"], &book("items", wrong, &json!({})));
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output.stderr).contains("src/deep/a.md:5:"), "{}", said(&output.stderr));
        assert!(output.stdout.is_empty());
        let late = "```quorate,at=9s\ncluster raft\nrun 2s\n```\n";
        let output = quorate(&["mdbook"], &book("items", late, &json!({})));
        assert!(said(&output.stderr).contains("src/deep/a.md:1: the run is over at 2s"));
    }

    #[test]
    fn anything_else_than_a_book_is_refused() {
        for input in ["", "{}", "[1]", "[{}, {}, {}]", "not json"] {
            let output = quorate(&["mdbook"], input);
            assert_eq!(output.status.code(), Some(2), "{input}");
            assert!(said(&output.stderr).contains("as mdBook writes it"), "{input}");
        }
        let theme = json!({ "theme": "pink" });
        let output = quorate(&["mdbook"], &book("items", FIGURE, &theme));
        assert!(said(&output.stderr).contains("light, dark or auto"));
    }

    fn file(name: &str, text: &str) -> String {
        let path =
            std::env::temp_dir().join(format!("quorate-figures-{}-{name}", std::process::id()));
        std::fs::write(&path, text).expect("written");
        path.display().to_string()
    }

    #[test]
    fn figures_in_markdown_are_run_and_judged() {
        let good =
            "```quorate\ncluster raft nodes=3 seed=1\nrun 2s\nexpect one leader per term\n```\n";
        let met = file("met.md", good);
        let output = quorate(&["run", &met], "");
        assert!(output.status.success(), "{}", said(&output.stderr));
        let text = said(&output.stdout);
        assert!(text.contains("met.md:1") && text.contains("line 4 "), "{text}");
        let unmet = good.replace("one leader per term", "leader within 1ms");
        let unmet = file("unmet.md", &unmet);
        assert_eq!(quorate(&["run", &met, &unmet], "").status.code(), Some(1));
        let json = quorate(&["run", "--json", &met], "");
        let json: Value = serde_json::from_slice(&json.stdout).expect("json");
        assert_eq!(json[0]["line"], 1);
        let wrong = format!("# Title\n\n{}", good.replace("run 2s", "run sideways"));
        let wrong = file("wrong.md", &wrong);
        let output = quorate(&["run", &wrong, &met], "");
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output.stderr).contains("wrong.md:5:5"), "{}", said(&output.stderr));
        let output = quorate(&["run", &met, "--seed", "4"], "");
        assert!(said(&output.stderr).contains("are for one scenario"));
    }

    #[test]
    fn the_sample_book_holds() {
        let mut words = vec!["run".to_owned()];
        let book = std::path::Path::new(env!("CARGO_MANIFEST_DIR")).join("docs/book/src");
        for folder in [book.clone(), book.join("raft"), book.join("balance")] {
            for entry in std::fs::read_dir(folder).expect("a folder") {
                let path = entry.expect("an entry").path();
                if path.extension().is_some_and(|ending| ending == "md") {
                    words.push(path.display().to_string());
                }
            }
        }
        let words: Vec<&str> = words.iter().map(String::as_str).collect();
        let output = quorate(&words, "");
        assert!(output.status.success(), "{}{}", said(&output.stdout), said(&output.stderr));
        assert!(said(&output.stdout).matches("digest").count() >= 5);
    }

    #[test]
    fn draw_writes_a_file_and_says_what_is_wrong_and_where() {
        let scenario = file("a.quorate", super::RAFT);
        let out = file("a.svg", "");
        let words = ["draw", &scenario, "--at", "0.4s", "--theme", "dark", "--out", &out];
        let output = quorate(&words, "");
        assert!(output.status.success(), "{}", said(&output.stderr));
        let svg = std::fs::read_to_string(&out).expect("a picture");
        assert!(svg.starts_with("<svg") && svg.contains("#10151B"));
        let output = quorate(&["draw", "-", "--lang", "zh"], "cluster raft\nrn 1s\n");
        assert_eq!(output.status.code(), Some(2));
        assert!(said(&output.stderr).contains("-:2:1"), "{}", said(&output.stderr));
        for words in [["--at", "soon"], ["--width", "7"], ["--theme", "pink"]] {
            let output = quorate(&[&["draw", "-"][..], &words].concat(), super::RAFT);
            assert_eq!(output.status.code(), Some(2), "{words:?}");
        }
    }
}

/// The words of each layer of a film's picture, and where it lies.
fn words_of(film: &Film) -> Vec<(f64, String)> {
    let layers = film.layers();
    let write = |list| svg::write(&[list], Film::SIZE, "", Colours::Of(Theme::Light));
    layers.iter().map(|(corner, list)| (corner.y, write(list))).collect()
}

fn opened(text: &str) -> Lab {
    let mut lab = Lab::new();
    lab.update(Action::Open(text.to_owned()));
    lab.update(Action::Pause);
    while lab.is_busy() {
        lab.frame(0.0);
    }
    lab
}

#[wasm_bindgen_test(unsupported = test)]
fn a_picture_of_a_film_has_the_scene_its_sentence_and_its_time() {
    let mut lab = opened(RAFT);
    let mut film = Film::default();
    let mut seen = Vec::new();
    for (millis, lang) in [(400, Lang::En), (450, Lang::En), (450, Lang::Zh)] {
        lab.update(Action::Seek(at(millis)));
        let stage = lab.stage().expect("a run");
        film.draw(&lab.view(), &stage, lang, (33.0, false));
        let words = words_of(&film);
        let sentence = lab.view().narration.clone();
        let first = lang.pick(&sentence.en, &sentence.zh).chars().take(2).collect::<String>();
        assert!(words[3].1.contains(&first), "{first}: {}", words[3].1);
        assert!(words[4].1.contains(&format!("0.{millis}")), "{}", words[4].1);
        assert!(
            ["n1", "n5", "y"].iter().all(|it| words[1].1.contains(it) || words[2].1.contains(it))
        );
        seen.push(words);
    }
    assert_ne!(seen[0][2], seen[1][2], "messages move");
    assert_ne!(seen[1][3], seen[2][3], "the language of the screen");
    let (top, foot) = (seen[0][1].0, seen[0][4].0);
    assert!(top > 0.0 && foot > top && foot < Film::SIZE.1);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_film_goes_from_a_cluster_to_a_pool_and_back() {
    let mut film = Film::default();
    let pool = "balance p2c servers=6 seed=11\narrivals poisson load=80%\nrun 1s\n";
    let mut draw = |text: &str| {
        let mut lab = opened(text);
        lab.update(Action::Seek(at(300)));
        film.draw(&lab.view(), &lab.stage().expect("a run"), Lang::En, (33.0, true));
        words_of(&film)
    };
    let cluster = draw(RAFT);
    assert!(draw(pool).iter().any(|(_, words)| words.contains("s6")), "every server");
    assert_eq!(draw(RAFT), cluster, "nothing of another run is left");
}
