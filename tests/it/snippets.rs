//! What is pasted into other pages.

use quorate::kernel::SimTime;
use quorate::lab::link::{Link, Shared, encode};
use quorate::lab::snippet::{Figure, Host};
use quorate::script::gallery::GALLERY;
use wasm_bindgen_test::wasm_bindgen_test;

fn figure() -> Figure {
    Figure {
        base: "https://q.test/play/".to_owned(),
        fragment: "g=raft/first-election".to_owned(),
        text: "# a <b> & \"c\"\ncluster raft\n\nrun 1s\n".to_owned(),
        title: "a \"quoted\" <title>".to_owned(),
        height: 460,
        ..Figure::default()
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn an_address_says_what_differs_from_the_usual() {
    assert_eq!(figure().address(), "https://q.test/play/?embed&autoplay=0#g=raft/first-election");
    let all = Figure {
        theme: Some("dark"),
        lang: Some("zh"),
        autoplay: true,
        at: Some(SimTime(1_200_000_000)),
        ..figure()
    };
    assert_eq!(
        all.address(),
        "https://q.test/play/?embed&theme=dark&lang=zh&at=1.2s#g=raft/first-election"
    );
    let element = all.snippet(Host::Element);
    assert!(element.contains(
        "<quorate-scene height=\"460\" theme=\"dark\" lang=\"zh\" at=\"1.2s\" autoplay>"
    ));
    let fence = all.snippet(Host::MdBook);
    assert!(fence.starts_with("```quorate,height=460,theme=dark,lang=zh,at=1.2s,autoplay\n"));
    assert!(fence.ends_with("\nrun 1s\n```"), "{fence}");
}

#[wasm_bindgen_test(unsupported = test)]
fn nothing_leaves_its_place() {
    let frame = figure().snippet(Host::Frame);
    assert!(frame.contains("title=\"a &quot;quoted&quot; &lt;title&gt;\""), "{frame}");
    for host in [Host::Element, Host::Sphinx] {
        let code = figure().snippet(host);
        assert!(code.contains("# a &lt;b&gt; &amp; &quot;c&quot;"), "{code}");
        assert!(!code.split("<pre>").nth(1).expect("a text").contains("\n\n"), "{code}");
    }
    let sphinx = figure().snippet(Host::Sphinx);
    assert!(sphinx.lines().skip(2).all(|line| line.starts_with("   ")), "{sphinx}");
    let marks = Figure { text: "# ```\ncluster raft\n".to_owned(), ..figure() };
    assert!(marks.snippet(Host::MkDocs).starts_with("~~~~quorate,height=460\n"));
    for host in Host::ALL {
        assert!(host.name().is_empty() == matches!(host, Host::Frame | Host::Element));
    }
}

/// A link is short enough for a message: chats take 2,000 letters, most scenarios need a fifth.
#[wasm_bindgen_test(unsupported = test)]
fn links_are_short_enough_for_a_chat() {
    let length = |text: &str| {
        let shared = Shared { text: text.to_owned(), ..Shared::default() };
        encode(&Link::Shared(shared)).expect("it fits").len()
    };
    let mut lengths: Vec<usize> = GALLERY.iter().map(|item| length(item.text)).collect();
    lengths.sort_unstable();
    let (median, longest) = (lengths[lengths.len() / 2], lengths[lengths.len() - 1]);
    assert!(median <= 600 && longest < 2_000, "median {median}, longest {longest}");
    println!("links over the gallery: median {median} bytes, longest {longest}");
}
