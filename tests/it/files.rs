//! Files: scenarios in pictures come back, and nothing else gets in.

use quorate::kernel::SimTime;
use quorate::lab::file::{FileProblem, Held, open, png_with, svg_with};
use quorate::scene::Theme;
use quorate::scene::list::List;
use quorate::scene::svg::{Colours, write};
use quorate::script::gallery::GALLERY;
use wasm_bindgen_test::wasm_bindgen_test;

const AT: Option<SimTime> = Some(SimTime(1_280_000_001));

fn svg() -> String {
    write(&[&List::new()], (10.0, 10.0), "a <title> & more", Colours::Of(Theme::Light))
}

/// The smallest PNG there is: one grey pixel.
fn png() -> Vec<u8> {
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    let mut chunk = |name: &[u8], body: &[u8]| {
        out.extend((body.len() as u32).to_be_bytes());
        let both = [name, body].concat();
        out.extend(&both);
        out.extend(crc32(&both).to_be_bytes());
    };
    chunk(b"IHDR", &[0, 0, 0, 1, 0, 0, 0, 1, 8, 0, 0, 0, 0]);
    chunk(b"IDAT", &[0x78, 0x01, 0x63, 0x60, 0x00, 0x00, 0x00, 0x02, 0x00, 0x01]);
    chunk(b"IEND", &[]);
    out
}

/// Written out by hand, so that the test does not lean on what it tests.
fn crc32(bytes: &[u8]) -> u32 {
    !bytes.iter().fold(u32::MAX, |mut sum, byte| {
        sum ^= u32::from(*byte);
        for _ in 0..8 {
            sum = if sum & 1 == 1 { (sum >> 1) ^ 0xedb8_8320 } else { sum >> 1 };
        }
        sum
    })
}

#[wasm_bindgen_test(unsupported = test)]
fn a_scenario_comes_back_out_of_its_picture() {
    let odd = "# <&>\"' ]]> 日本 \u{1f980} &amp; &#13;\r\ncluster raft\r\n\trun 1s";
    for text in GALLERY.iter().map(|item| item.text).chain([odd, "", " \n"]) {
        for at in [AT, None, Some(SimTime::ZERO)] {
            let held = Ok(Held::Scenario { text: text.to_owned(), at });
            let picture = svg_with(&svg(), text, at);
            assert!(picture.contains("<metadata>") && picture.ends_with("</svg>\n"));
            assert_eq!(open(picture.as_bytes()), held);
            let picture = png_with(&png(), text, at).expect("a PNG");
            assert_eq!(open(&picture), held);
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_scenario_or_a_trail_is_told_by_what_it_is() {
    let text = "cluster raft\n";
    let plain = |text: &str| Ok(Held::Scenario { text: text.to_owned(), at: None });
    assert_eq!(open(text.as_bytes()), plain(text));
    let marked = "\u{feff}balance p2c";
    assert_eq!(open(marked.as_bytes()), plain("balance p2c"), "the mark of UTF-8");
    assert_eq!(open(b" {\"quorate\""), Ok(Held::Trail(" {\"quorate\"".to_owned())));
    for (bytes, problem) in [
        (&b""[..], FileProblem::Empty),
        (b" \n", FileProblem::Empty),
        (b"run\xff", FileProblem::Foreign(3)),
        (b"a\0b", FileProblem::Foreign(1)),
        (b"GIF89a\0\0", FileProblem::Foreign(6)),
        (b"<html><body>hello", FileProblem::Plain),
        (b"Dear all,\nthe cluster is down", FileProblem::Words),
        (&vec![b'a'; 70_000], FileProblem::TooLong(64)),
    ] {
        assert_eq!(open(bytes), Err(problem));
        assert!(!problem.says().en.is_empty() && !problem.says().zh.is_empty());
    }
    assert_eq!(open(svg().as_bytes()), Err(FileProblem::Plain));
    assert_eq!(open(&png()), Err(FileProblem::Plain));
    assert_eq!(png_with(b"no picture", "x", None), None);
}

#[wasm_bindgen_test(unsupported = test)]
fn damage_is_told_with_its_place() {
    let text = GALLERY[0].text;
    let whole = png_with(&png(), text, AT).expect("a PNG");
    for length in 8..whole.len() {
        let found = open(&whole[..length]);
        // Behind the chunk with the scenario nothing is missed.
        let fine = matches!(&found, Ok(Held::Scenario { text: it, .. }) if it == text);
        assert!(fine || matches!(found, Err(FileProblem::Garbled(_))), "{length}: {found:?}");
    }
    for place in 8..whole.len() {
        let mut bent = whole.clone();
        bent[place] ^= 0x10;
        match open(&bent) {
            Ok(Held::Scenario { text: it, at }) => assert_eq!((it.as_str(), at), (text, AT)),
            Ok(other) => panic!("{other:?}"),
            Err(FileProblem::Garbled(at)) => assert!(at <= whole.len()),
            Err(FileProblem::Plain) => {} // The name of the chunk itself.
            Err(other) => panic!("{place}: {other:?}"),
        }
    }
    let picture = svg_with(&svg(), text, AT);
    let start = picture.find("<scenario").expect("carried");
    let end = picture.find("</scenario>").expect("carried");
    for length in (start + 30..end).filter(|at| picture.is_char_boundary(*at)) {
        let found = open(&picture.as_bytes()[..length]);
        assert!(matches!(found, Err(FileProblem::Garbled(_))), "{length}: {found:?}");
    }
    let later = picture.replace("urn:quorate:1", "urn:quorate:2");
    assert_eq!(open(later.as_bytes()), Err(FileProblem::Version));
    let entity = picture.replace("cluster raft", "&evil; raft");
    assert!(matches!(open(entity.as_bytes()), Err(FileProblem::Garbled(_))));
    let when = picture.replace(" at=\"1", " at=\"soon");
    assert!(matches!(open(when.as_bytes()), Err(FileProblem::Garbled(_))));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_bomb_does_not_go_off() {
    let packed = miniz_oxide_bomb();
    let mut body = b"quorate\0\x01\0\0\0".to_vec();
    body.extend(packed);
    let mut out = b"\x89PNG\r\n\x1a\n".to_vec();
    out.extend((body.len() as u32).to_be_bytes());
    let both = [b"iTXt".as_slice(), &body].concat();
    out.extend(&both);
    out.extend(crc32(&both).to_be_bytes());
    assert_eq!(open(&out), Err(FileProblem::Garbled(8)));
}

/// A stream that unpacks to sixteen million zeros.
fn miniz_oxide_bomb() -> Vec<u8> {
    miniz_oxide::deflate::compress_to_vec_zlib(&vec![0; 16 << 20], 9)
}
