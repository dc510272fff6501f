//! What is wrong with a text is said at its place, with what is allowed.

use quorate::script::{self, Problem, ProblemKind, limit, render};
use wasm_bindgen_test::wasm_bindgen_test;

fn problems(text: &str) -> Vec<Problem> {
    match script::plan(text) {
        Ok(_) => Vec::new(),
        Err(problems) => problems,
    }
}

/// The only problem of a text: line, column, length, sentence, hint.
#[track_caller]
fn only(text: &str) -> (u32, u32, u32, String, String) {
    let found = problems(text);
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    let problem = &found[0];
    let hint = problem.hint().map(|hint| hint.en).unwrap_or_default();
    (problem.line, problem.column, problem.length, problem.says().en, hint)
}

/// The only problem of a line behind a head of five nodes; without its line.
#[track_caller]
fn line(line: &str) -> (u32, u32, String, String) {
    let (at, column, length, says, hint) = only(&format!("cluster raft nodes=5\n{line}\n"));
    assert_eq!(at, 2);
    (column, length, says, hint)
}

/// The text with the fix of its only problem made.
#[track_caller]
fn fixed(text: &str) -> String {
    let found = problems(text);
    assert_eq!(found.len(), 1, "{text}: {found:#?}");
    found[0].fix.as_ref().expect("a fix").apply(text)
}

#[wasm_bindgen_test(unsupported = test)]
fn a_node_that_is_not_there() {
    let (column, length, says, _) = line("at 400ms crash n7");
    assert_eq!((column, length), (16, 2));
    assert_eq!(says, "Unknown node n7. This cluster has n1 to n5.");
    let (.., says, _) = only("cluster raft nodes=1\nat 1s crash n2\n");
    assert_eq!(says, "Unknown node n2. This cluster has only n1.");
    let (.., says, _) = only("balance servers=4 balancers=2\nat 1s crash s5\n");
    assert_eq!(says, "Unknown node s5. This pool has b1 to b2 and s1 to s4.");
    let (.., says, hint) = only("balance servers=4\nat 1s slow n3 x2\n");
    assert_eq!(says, "Unknown node n3. This pool has b1 and s1 to s4.");
    assert_eq!(hint, "Did you mean s3?");
    let zh = problems("cluster raft nodes=5\nat 1s crash n7\n")[0].says().zh;
    assert_eq!(zh, "未知的节点 n7。这个集群有 n1 到 n5。");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_misspelt_word_gets_the_nearest_one() {
    let hint = |text: &str| line(text).3;
    assert_eq!(hint("at 1s crsh n1"), "Did you mean crash?");
    assert_eq!(hint("at 1s crash leadr"), "Did you mean leader?");
    assert_eq!(hint("exepct agreement"), "Did you mean expect?");
    assert_eq!(hint("network wlan"), "Did you mean lan?");
    assert_eq!(hint("at 1s hold AppendEntry"), "Did you mean AppendEntries?");
    let (.., hint) = only("cluster rafft\n");
    assert_eq!(hint, "Did you mean raft?");
    let (.., hint) = only("cluster raft node=5\n");
    assert_eq!(hint, "Did you mean nodes?");
    let (.., hint) = only("balance round-robbin servers=3\n");
    assert_eq!(hint, "Did you mean round-robin?");
    let (.., says, hint) = only("cluster raft backup=never\n");
    assert_eq!(says, "Unknown word never.");
    assert_eq!(hint, "One of: term, one.");
}

#[wasm_bindgen_test(unsupported = test)]
fn a_fix_makes_the_text_right() {
    for (wrong, right) in [
        ("cluster rafft nodes=3\n", "cluster raft nodes=3\n"),
        ("cluster raft nodes=3\ncrash n1\n", "cluster raft nodes=3\nat 1s crash n1\n"),
        (
            "cluster raft drive=hand\nat 2s   fire n1 election\n",
            "cluster raft drive=hand\nfire n1 election\n",
        ),
        ("cluster raft\nat 1s settle everything\n", "cluster raft\nat 1s settle\n"),
        ("cluster raft\r\nat 1s crash leadr\r\n", "cluster raft\r\nat 1s crash leader\r\n"),
        ("# 中文\ncluster raft\nexpect agreemnt\n", "# 中文\ncluster raft\nexpect agreement\n"),
    ] {
        assert_eq!(fixed(wrong), right);
        assert_eq!(problems(right), [], "{right}");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn limits_name_themselves() {
    let says = |text: &str| only(text).3;
    assert_eq!(says("cluster raft nodes=100\n"), "nodes may be 1 to 99; 100 is outside.");
    assert_eq!(says("cluster raft nodes=0\n"), "nodes may be 1 to 99; 0 is outside.");
    assert_eq!(says("balance servers=1000\n"), "servers may be 1 to 999; 1000 is outside.");
    assert_eq!(says("cluster raft\nclients 201\n"), "clients may be 1 to 200; 201 is outside.");
    assert_eq!(says("cluster raft\nrun 2h\n"), "run may be 0s to 3600s; 7200s is outside.");
    assert_eq!(
        says("cluster raft\nlimit 200000000 events\n"),
        "limit may be 1 to 100000000; 200000000 is outside."
    );
    assert_eq!(
        says("balance servers=999 balancers=9\n"),
        "servers + balancers may be 2 to 1000; 1008 is outside."
    );
    let many = "\n".repeat(limit::LINES + 1);
    assert_eq!(says(&many), "A scenario has at most 2000 lines; this one has 2001.");
    let long = "#".repeat(limit::BYTES + 1);
    assert_eq!(says(&long), "A scenario has at most 64 kB of text; this one has 65537 bytes.");
}

#[wasm_bindgen_test(unsupported = test)]
fn every_problem_of_a_text_is_told_in_order() {
    let text = "\
cluster raft nodes=5 seeds=3 nodes=2
at 1s crash n9
at 2x heal
expect one leader per year
run
";
    let found = problems(text);
    let lines: Vec<u32> = found.iter().map(|problem| problem.line).collect();
    assert_eq!(lines, [1, 1, 2, 3, 4, 5], "{found:#?}");
}

#[wasm_bindgen_test(unsupported = test)]
fn lines_stand_where_they_belong() {
    let says = |text: &str| only(text).3;
    assert!(says("expect agreement\n").contains("needs a line cluster or balance"));
    assert!(says("").contains("needs a line cluster or balance"));
    assert_eq!(
        says("cluster raft\nrun 1s\nrun 2s\n"),
        "run may stand once; it already stands on line 2."
    );
    assert_eq!(
        says("cluster raft\nservers s1 x2\n"),
        "servers belongs to a scenario that starts with balance."
    );
    assert_eq!(
        says("balance servers=2\nexpect agreement\n"),
        "expect agreement belongs to a scenario that starts with cluster."
    );
    for line in ["warmup 1s", "expect p99 < 1s", "arrivals poisson", "at 1s slow n1 x2"] {
        let says = says(&format!("cluster raft\n{line}\n"));
        assert!(says.ends_with("belongs to a scenario that starts with balance."), "{says}");
    }
    assert_eq!(
        says("cluster raft\nat 3s heal\nrun 2s\n"),
        "This never happens: the run ends at 2s, before 3s."
    );
    assert_eq!(
        says("cluster raft\ncluster raft\n"),
        "cluster or balance may stand once; it already stands on line 1."
    );
}

#[wasm_bindgen_test(unsupported = test)]
fn what_is_missing_is_said_behind_the_last_word() {
    assert_eq!(
        line("at 1s delay AppendEntries n1 -> n2"),
        (
            35,
            1,
            "Something is missing here: by and a time such as by 50ms.".to_owned(),
            String::new()
        )
    );
    let (column, .., says, _) = line("at 1s");
    assert_eq!(column, 6);
    assert_eq!(says, "Something is missing here: what is to happen, such as crash n1.");
}

#[wasm_bindgen_test(unsupported = test)]
fn the_entry_judges_given_lines() {
    let found = problems("cluster raft nodes=3\ngiven n1 term=2 log=1.1\ngiven n2 mood=good\n");
    assert_eq!(found.len(), 1, "{found:#?}");
    assert_eq!(found[0].line, 3);
    assert!(matches!(&found[0].kind, ProblemKind::Given { message } if message.contains("mood")));
    for named in ["vote=n4", "log=1.2[n1,n4]", "log=1[n1/n2+n4]"] {
        for entry in ["raft", "flawed-raft flaw=votes-twice"] {
            let found = problems(&format!("cluster {entry} nodes=3\ngiven all {named}\n"));
            let says = found.first().map(|it| (it.line, it.says().en)).unwrap_or_default();
            assert_eq!(says, (2, "n4 is not among the 3 nodes".to_owned()), "{named}");
        }
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn a_problem_is_shown_as_a_compiler_would() {
    let text = "cluster raft nodes=5\nat 1s  crash n7 # 崩溃\n";
    let shown = render::problem(&problems(text)[0], "a.quorate", text, render::Language::En);
    let wanted = "\
error: Unknown node n7. This cluster has n1 to n5.
 --> a.quorate:2:14
  |
2 | at 1s  crash n7 # 崩溃
  |              ^^
";
    assert_eq!(shown, wanted);
}

#[wasm_bindgen_test(unsupported = test)]
fn a_text_of_nothing_but_mistakes_is_answered_briefly() {
    for text in [
        format!("cluster raft {}", "a=1 ".repeat(16_000)),
        format!("cluster raft nodes=3\n{}", "x".repeat(64_000)),
        format!("balance servers=9\ncompare {}", "x ".repeat(32_000)),
        format!("cluster raft\n{}", "given n9 a=1\n".repeat(1_900)),
    ] {
        let found = problems(&text);
        assert!((1..=limit::PROBLEMS).contains(&found.len()), "{}", found.len());
        let shown = found
            .iter()
            .map(|problem| render::problem(problem, "x", &text, render::Language::En).len());
        assert!(shown.sum::<usize>() < 200_000, "what is shown does not grow with the text");
    }
}

#[wasm_bindgen_test(unsupported = test)]
fn members_that_cannot_be() {
    let says = |line: &str| only(&format!("{line}\n")).3;
    // The next node is a spare; one further on is nobody.
    assert!(script::plan("cluster raft nodes=5\nat 1s add n6\n").is_ok());
    assert_eq!(
        says("cluster raft nodes=5\nat 1s add n7"),
        "Unknown node n7. This cluster has n1 to n5."
    );
    assert_eq!(
        says("cluster raft nodes=99\nat 1s add n100"),
        "Unknown node n100. This cluster has n1 to n99."
    );
    assert_eq!(
        says("cluster raft nodes=3\nat 1s remove n4"),
        "Unknown node n4. This cluster has n1 to n3."
    );
    for command in ["add n2", "compact"] {
        let (name, said) = (&command[..3], says(&format!("cluster paxos\nat 1s {command}")));
        assert!(said.starts_with(&format!("paxos knows no {name}")), "{said}");
        assert!(said.contains("raft"), "{said}");
    }
    let zh = problems("cluster paxos\nat 1s add n2\n")[0].says().zh;
    assert!(zh.starts_with("paxos 不支持 add，支持的有："), "{zh}");
    assert_eq!(says("cluster raft nodes=3 members=4"), "members may be 0 to 3; 4 is outside.");
    assert!(says("balance p2c servers=3\nat 1s add s1").contains("add"));
    assert!(says("cluster raft\nat 1s members n1 n1").contains("twice"));
}
