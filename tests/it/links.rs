//! Links: what goes in comes out, and nothing else gets in.

use quorate::kernel::SimTime;
use quorate::lab::link::{Link, LinkProblem, Shared, decode, encode};
use quorate::script::gallery::GALLERY;
use wasm_bindgen_test::wasm_bindgen_test;

fn shared(text: &str) -> Link {
    let view = [("node", "n2"), ("tab", "log")];
    let view = view.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    Link::Shared(Shared { text: text.to_owned(), at: Some(SimTime(1_280_000_001)), view })
}

#[wasm_bindgen_test(unsupported = test)]
fn every_scenario_of_the_gallery_survives_a_link() {
    for item in GALLERY {
        let link = shared(item.text);
        let fragment = encode(&link).expect("a gallery scenario fits a link");
        assert!(fragment.len() < 2_000, "{}: {} bytes", item.path, fragment.len());
        assert_eq!(decode(&fragment), Ok(link.clone()));
        assert_eq!(decode(&fragment[1..]), Ok(link), "the # may be missing");
        let short = Link::Gallery { path: item.path.to_owned(), at: Some(SimTime(1_500_000)) };
        let fragment = encode(&short).expect("a path fits a link");
        assert_eq!(fragment, format!("#g={}@1.5ms", item.path));
        assert_eq!(decode(&fragment), Ok(short));
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_link_made_today_is_readable_for_ever() {
    // Kept as it was first made: links are in the world, and the form may not change under them.
    let old = "#s=1.eNqrVipRslJKziktLkktUihKTCtRyMtPSS22NVaqBQCK0Amn";
    let Ok(Link::Shared(shared)) = decode(old) else { panic!("{:?}", decode(old)) };
    assert_eq!(shared.text, "cluster raft nodes=3");
    assert_eq!((shared.at, shared.view.len()), (None, 0));
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_not_a_link_is_refused_by_name() {
    let cases = [
        ("", LinkProblem::Foreign),
        ("#", LinkProblem::Foreign),
        ("#top", LinkProblem::Foreign),
        ("#s=", LinkProblem::Garbled),
        ("#s=1", LinkProblem::Garbled),
        ("#s=1.", LinkProblem::Garbled),
        ("#s=1.!!!", LinkProblem::Garbled),
        ("#s=1.AAAA", LinkProblem::Garbled),
        ("#s=2.AAAA", LinkProblem::Version),
        ("#s=12.", LinkProblem::Version),
        ("#s=x.AAAA", LinkProblem::Garbled),
        ("#g=raft/no-such-scenario", LinkProblem::Unknown),
        ("#g=../../etc/passwd", LinkProblem::Unknown),
        ("#g=raft/first-election@soon", LinkProblem::Garbled),
    ];
    for (fragment, problem) in cases {
        assert_eq!(decode(fragment), Err(problem), "{fragment}");
        let said = problem.says();
        assert!(!said.en.is_empty() && !said.zh.is_empty());
    }
    let long = format!("#s=1.{}", "A".repeat(40_000));
    assert_eq!(decode(&long), Err(LinkProblem::TooLong));
}

#[wasm_bindgen_test(unsupported = test)]
fn any_writing_of_the_object_is_read_and_nothing_else() {
    use base64::Engine;
    let open = |json: &str| {
        let packed = miniz_oxide::deflate::compress_to_vec_zlib(json.as_bytes(), 6);
        let data = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(packed);
        decode(&format!("#s=1.{data}"))
    };
    let spaced = r#" {"v" : { "tab":"log", "node": "n2"},
        "\u0074":"a\u4e2d\ud83d\ude00\/\n"} "#;
    let view = [("node", "n2"), ("tab", "log")];
    let view = view.map(|(name, value)| (name.to_owned(), value.to_owned())).into();
    let text = "a中😀/\n".to_owned();
    assert_eq!(open(spaced), Ok(Link::Shared(Shared { text, at: None, view })));
    for broken in [
        "",
        "{}",
        "[]",
        "{\"t\":1}",
        "{\"t\":\"\",}",
        "{\"t\":\"\"}x",
        "{\"t\":\"\",\"t\":\"\"}",
        "{\"t\":\"\",\"x\":\"\"}",
        "{\"t\":\"\",\"p\":\"1s\"}",
        "{\"t\":\"\",\"v\":{\"a\":1}}",
        "{\"t\":\"\\ud83d\"}",
        "{\"t\":\"\\ude00\"}",
        "{\"t\":\"\\x\"}",
        "{\"t\":\"a\nb\"}",
        "{\"t\":\"",
    ] {
        assert_eq!(open(broken), Err(LinkProblem::Garbled), "{broken}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_bomb_is_stopped_while_it_unpacks() {
    use base64::Engine;
    // Ten megabytes of blanks fit ten kilobytes.
    let bomb = miniz_oxide::deflate::compress_to_vec_zlib(&vec![b' '; 10_000_000], 9);
    let data = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(bomb);
    let fragment = format!("#s=1.{data}");
    assert!(fragment.len() < quorate::lab::link::LINK_BYTES, "{}", fragment.len());
    assert_eq!(decode(&fragment), Err(LinkProblem::TooBig));
}

#[wasm_bindgen_test(unsupported = test)]
fn what_no_link_can_carry_is_not_encoded() {
    assert_eq!(encode(&shared(&"x".repeat(70_000))), Err(LinkProblem::TooBig));
    // Text without any pattern does not shrink.
    let mut state = 1_u64;
    let noise: String = (0..50_000)
        .map(|_| {
            state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1);
            char::from(b'!' + (state >> 58) as u8)
        })
        .collect();
    assert_eq!(encode(&shared(&noise)), Err(LinkProblem::TooLong));
}

#[wasm_bindgen_test(unsupported = test)]
fn a_cut_or_changed_link_never_becomes_another_scenario() {
    let link = shared(GALLERY[0].text);
    let fragment = encode(&link).expect("fits");
    for end in 0..fragment.len() {
        assert!(decode(&fragment[..end]).is_err(), "cut at {end}");
    }
    for at in 5..fragment.len() {
        let mut changed = fragment.clone();
        let other = if &fragment[at..=at] == "A" { "B" } else { "A" };
        changed.replace_range(at..=at, other);
        assert!(decode(&changed).is_err(), "changed at {at}");
    }
}

#[cfg(not(target_arch = "wasm32"))]
mod any_bytes {
    use proptest::prelude::*;

    use super::{decode, encode, shared};

    proptest! {
        #[test]
        fn no_bytes_make_it_panic(bytes in proptest::collection::vec(any::<u8>(), 0..400)) {
            use base64::Engine;
            let _ = decode(&String::from_utf8_lossy(&bytes));
            let data = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(&bytes);
            let _ = decode(&format!("#s=1.{data}"));
            let packed = miniz_oxide::deflate::compress_to_vec_zlib(&bytes, 6);
            let data = base64::engine::general_purpose::URL_SAFE_NO_PAD.encode(packed);
            let _ = decode(&format!("#s=1.{data}"));
        }

        #[test]
        fn any_text_survives(text in ".{0,300}") {
            let link = shared(&text);
            let fragment = encode(&link).expect("short texts fit");
            prop_assert_eq!(decode(&fragment), Ok(link));
        }
    }
}
