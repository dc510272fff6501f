//! Carries out the search that a scenario asks for, in slices, and says what came of it.
//!
//! Not part of a program that does not ask for it: nothing else of this room refers to it.

use std::fmt::Write as _;

use serde::Serialize;

use crate::catalog;
use crate::check::Expectation;
use crate::check::cluster::{ClusterModel, Line, Question, Replay, is_judged};
use crate::check::explore::{Batch, Company, Explorer, Finding, Options, Order, Progress};
use crate::kernel::Property;

use super::command::expect::property_words;
use super::command::given;
use super::plan::Plan;
use super::print::print_input;
use super::scope::Exploring;
use super::{run, value};

/// What came of a search.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct Searched {
    /// The entry.
    pub entry: &'static str,
    /// The line `explore`, as printed.
    pub scope: String,
    /// Different states found.
    pub unique: u64,
    /// States generated: the first one, and one for each step taken.
    pub generated: u64,
    /// Levels reached, the start being level 1.
    pub depth: u32,
    /// Levels of the whole graph, if it was searched level by level, without reduction, and is
    /// complete.
    pub diameter: Option<u32>,
    /// States found and not left.
    pub frontier: u64,
    /// How likely it is, at most, that two states were taken for one; 0 if they were compared
    /// whole.
    pub collision: f64,
    /// Nodes that were found to be alike and searched as one, class by class, counted from 1;
    /// `None` where symmetry was not asked for.
    pub alike: Option<Vec<Vec<u32>>>,
    /// How long it took, by the clock of whoever asked.
    pub seconds: f64,
    /// Bytes held by states found, frontier and tables.
    pub bytes: u64,
    /// Whether everything within the scope was visited.
    pub complete: bool,
    /// What is judged, in the order of the text or of the entry's claims.
    pub checks: Vec<SearchCheck>,
    /// A shortest counterexample, as a scenario that is driven by hand.
    pub counterexample: Option<String>,
    /// Its steps.
    pub steps: Option<u32>,
    /// A counterexample that does not do the same in the ordinary world: a defect of this program.
    pub defect: Option<String>,
}

/// What came of one property.
#[derive(Clone, PartialEq, Debug, Serialize)]
#[cfg_attr(feature = "js", derive(tsify::Tsify), tsify(missing_as_null))]
pub struct SearchCheck {
    /// The line that expects it, from 1; `None` for a claim of the entry.
    pub line: Option<u32>,
    /// What is expected.
    pub text: String,
    /// `holds`, `violated` or `undecided`.
    #[cfg_attr(feature = "js", tsify(type = "\"holds\" | \"violated\" | \"undecided\""))]
    pub verdict: &'static str,
    /// Why, in English.
    pub because: String,
    /// Why, in Chinese.
    pub because_zh: String,
}

impl Searched {
    /// True if every check holds.
    pub fn holds(&self) -> bool {
        self.checks.iter().all(|check| check.verdict == HOLDS)
    }
}

const HOLDS: &str = "holds";
const VIOLATED: &str = "violated";
const UNDECIDED: &str = "undecided";

/// One thing that is judged.
struct Target {
    line: Option<u32>,
    text: String,
    /// The claim it is about; `None` if it cannot be judged in a search.
    claim: Option<usize>,
    /// It is expected to break.
    broken: bool,
}

/// A search under way.
pub struct Exploration {
    plan: Plan,
    exploring: Exploring,
    options: Options,
    explorer: Explorer<ClusterModel>,
    targets: Vec<Target>,
}

impl Exploration {
    /// The search that a plan asks for; `None` if it asks for none.
    pub fn new(plan: &Plan, options: &Options) -> Option<Exploration> {
        let exploring = plan.exploring.clone()?;
        let wanted = wanted(plan);
        let mut properties: Vec<Property> = wanted.iter().filter_map(|it| it.0).collect();
        properties.retain(|property| is_judged(*property));
        crate::order::sort(&mut properties);
        properties.dedup();
        let mut scope = exploring.scope.clone();
        scope.symmetry = options.alike.unwrap_or(scope.symmetry);
        let question = Question {
            spec: &plan.spec,
            scope,
            properties: &properties,
            word: &property_words,
            // What spent messages add to a way is measured on shortest ways only.
            reduced: options.reduction && options.order != Order::Random,
        };
        // `given` lines were tried when the plan was compiled.
        let model = catalog::model(plan.entry.about.id, question)?.ok()?;
        let place = |property: Property| model.properties().iter().position(|it| *it == property);
        let targets = wanted.into_iter().map(|(property, line, text, broken)| Target {
            line,
            text,
            claim: property.and_then(place),
            broken,
        });
        let targets = targets.collect();
        let depth = exploring.scope.depth.unwrap_or(u32::MAX).min(options.max_depth);
        let options = Options { max_depth: depth, enough: true, ..options.clone() };
        let explorer = Explorer::new(model, options.clone());
        Some(Exploration { plan: plan.clone(), exploring, options, explorer, targets })
    }

    /// Goes on for about `budget` generated states. It is over when [`Exploration::is_over`] says
    /// so.
    pub fn advance(&mut self, budget: u64) -> Progress {
        self.explorer.advance(budget);
        self.reconsider();
        self.progress()
    }

    /// What searches, for threads: its blocks are expanded, and then entered with
    /// [`Exploration::merge`].
    pub fn explorer(&self) -> &Explorer<ClusterModel> {
        &self.explorer
    }

    /// Enters what the foremost blocks led to, which are given in their order.
    pub fn merge(&mut self, batches: Vec<Batch<ClusterModel>>) -> Progress {
        self.explorer.merge(batches);
        self.reconsider();
        self.progress()
    }

    /// Where a way that was found gets longer by what was left out, another one may be shorter: the
    /// search begins anew and leaves nothing out.
    fn reconsider(&mut self) {
        let model = self.explorer.model();
        if !model.is_reduced() || !self.is_over() {
            return;
        }
        let longer = (0..self.explorer.verdicts().len()).any(|claim| {
            let path = self.explorer.path(claim);
            path.is_some_and(|path| {
                let steps: Vec<_> = path.steps.iter().map(|(step, _)| *step).collect();
                model.lift(&steps, claim).len() > steps.len()
            })
        });
        let options = Options { reduction: false, ..self.options.clone() };
        if longer && let Some(mut again) = Exploration::new(&self.plan, &options) {
            again.explorer.follow(&self.explorer);
            *self = again;
        }
    }

    /// How far it has come.
    pub fn progress(&self) -> Progress {
        self.explorer.progress()
    }

    /// True if nothing is left to visit, a ceiling is reached, or all there is to find is found.
    pub fn is_over(&self) -> bool {
        let over = self.progress().end.is_some() && !self.explorer.has_rounds();
        self.told_time() || over
    }

    fn told_time(&self) -> bool {
        self.explorer.model().told_time()
    }

    /// What came of it, after so many seconds.
    pub fn report(&self, seconds: f64) -> Searched {
        let progress = self.progress();
        let findings = self.explorer.verdicts();
        let whole = !self.told_time() && !self.explorer.model().is_reduced();
        let (mut found, mut defect) = (Vec::new(), None);
        for (claim, finding) in findings.iter().enumerate() {
            if matches!(finding, Finding::Violated(..)) {
                match self.counterexample_to(claim) {
                    Ok(counterexample) => found.push(counterexample),
                    Err(wrong) => defect = Some(wrong),
                }
            }
        }
        let mut checks = Vec::with_capacity(self.targets.len());
        for target in &self.targets {
            let of_it = found.iter().find(|it| Some(it.claim) == target.claim);
            let finding = target.claim.map(|claim| &findings[claim]);
            checks.push(self.check(target, finding, of_it));
        }
        // A shortest one, and of those the first.
        let found = found.into_iter().min_by_key(|it| it.steps);
        Searched {
            entry: self.plan.entry.about.id,
            scope: self.exploring.text.clone(),
            unique: progress.unique,
            generated: progress.generated,
            depth: progress.depth,
            diameter: self.explorer.diameter().filter(|_| whole),
            frontier: progress.frontier,
            collision: self.explorer.collision(),
            alike: self.alike(),
            seconds,
            bytes: progress.peak,
            complete: progress.end == Some(crate::check::explore::End::Covered)
                && !self.told_time(),
            checks,
            steps: found.as_ref().map(|it| it.steps),
            counterexample: found.map(|it| it.text),
            defect,
        }
    }

    fn alike(&self) -> Option<Vec<Vec<u32>>> {
        let classes = self.explorer.model().alike()?;
        Some(classes.iter().map(|class| class.iter().map(|it| it.0 + 1).collect()).collect())
    }

    fn check(
        &self,
        target: &Target,
        finding: Option<&Finding>,
        found: Option<&Counterexample>,
    ) -> SearchCheck {
        let (line, text) = (target.line, target.text.clone());
        let told = |verdict, en: String, zh: String| SearchCheck {
            line,
            text: text.clone(),
            verdict,
            because: en,
            because_zh: zh,
        };
        let Some(finding) = finding else {
            return told(UNDECIDED, "not judged in a search".into(), "搜索不判定这一项".into());
        };
        let because = finding.because();
        let (mut en, mut zh) = (because.en.clone(), because.zh.clone());
        if let Some((own, own_zh)) = found.and_then(|it| it.because.clone()) {
            (en, zh) = (format!("{en}: {own}"), format!("{zh}：{own_zh}"));
        }
        if self.told_time() && finding.word() != VIOLATED {
            return told(
                UNDECIDED,
                "a node asked what time it is, and a search has no clocks".into(),
                "有节点读取了时钟，而搜索中没有时钟".into(),
            );
        }
        let verdict = match (finding.word(), target.broken) {
            (VIOLATED, true) => HOLDS,
            (HOLDS, true) => VIOLATED,
            (word, _) => word,
        };
        told(verdict, en, zh)
    }

    /// A shortest counterexample to one claim, carried out in the ordinary world.
    ///
    /// # Errors
    /// If the world does something else, or its monitors see no violation: a defect.
    pub fn counterexample_to(&self, claim: usize) -> Result<Counterexample, String> {
        let model = self.explorer.model();
        let property = model.properties()[claim];
        let path = self.explorer.path(claim).ok_or("the path cannot be told again")?;
        let steps: Vec<_> = path.steps.iter().map(|(step, _)| *step).collect();
        let steps = model.lift(&steps, claim);
        let replay = model.replay(&self.plan.spec, &steps)?;
        let text = self.scenario(&replay, property, steps.len());
        let again = super::plan(&text);
        let again = again.map_err(|problems| {
            let problem = problems.first().map(|it| it.says().en).unwrap_or_default();
            format!("the counterexample is not a scenario: {problem}\n{text}")
        })?;
        let report = run::run(&again);
        let Some(check) = report.checks.iter().find(|check| check.verdict == VIOLATED) else {
            return Err(format!(
                "the counterexample to {} holds in the ordinary world\n{text}",
                property_words(property)
            ));
        };
        let because = check.because.clone().zip(check.because_zh.clone());
        Ok(Counterexample {
            claim,
            text,
            because,
            steps: steps.len() as u32,
            events: report.events,
        })
    }

    /// A path as a scenario that is driven by hand.
    fn scenario(&self, replay: &Replay, property: Property, steps: usize) -> String {
        let Plan { entry, spec, names, .. } = &self.plan;
        let (about, words) = (entry.about, property_words(property));
        let many = if steps == 1 { "step" } else { "steps" };
        let mut text = format!("# {}: a counterexample to {words} in {steps} {many}\n", about.name);
        let _ = writeln!(text, "# Found by: {}", self.exploring.text);
        let _ = write!(text, "cluster {} nodes={}", about.id, spec.nodes);
        if replay.seed != 1 {
            let _ = write!(text, " seed={}", replay.seed);
        }
        text += " drive=hand";
        for knob in about.knobs {
            let value = spec.knobs.get(knob.name).filter(|it| *it != knob.default_value());
            if let Some(value) = value {
                let _ = write!(text, " {}={}", knob.name, value::show_knob(value));
            }
        }
        text.push('\n');
        for given in &spec.given {
            let _ = writeln!(text, "{}", given::print(given, *names));
        }
        let _ = writeln!(text, "expect {words}\n");
        for Line { input, says } in &replay.lines {
            text += &print_input(input, *names);
            if !says.is_empty() {
                let _ = write!(text, "  # {says}");
            }
            text.push('\n');
        }
        text
    }
}

impl Company for Exploration {
    fn is_worth_sharing(&self) -> bool {
        self.explorer.is_worth_sharing()
    }

    fn stand(&self) -> (u32, u64) {
        self.explorer.stand()
    }

    fn catch_up(&mut self, stand: (u32, u64), budget: u64) {
        self.explorer.catch_up(stand, budget);
        self.reconsider();
    }

    fn accompany(&mut self, me: u32, of: u32) {
        self.explorer.accompany(me, of);
    }

    fn member(&self) -> (u32, u32) {
        self.explorer.member()
    }

    fn has_rounds(&self) -> bool {
        self.explorer.has_rounds()
    }

    fn share(&mut self) -> Vec<u32> {
        self.explorer.share()
    }

    fn join(&mut self, said: &[Vec<u32>]) -> bool {
        let joined = self.explorer.join(said);
        // What one member was told of time, the others hear at the end of the search.
        if !self.explorer.has_rounds() {
            self.reconsider();
        }
        joined
    }
}

/// A counterexample that replays.
#[derive(Clone, PartialEq, Debug)]
pub struct Counterexample {
    /// The claim that it violates.
    pub claim: usize,
    /// The scenario.
    pub text: String,
    /// What the monitor says of it, in English and Chinese.
    because: Option<(String, String)>,
    /// How many steps it takes.
    pub steps: u32,
    /// How many events of the world.
    pub events: u64,
}

/// What is judged: lines `expect`, and otherwise what the entry claims.
fn wanted(plan: &Plan) -> Vec<(Option<Property>, Option<u32>, String, bool)> {
    if !plan.expects.is_empty() {
        let wanted = plan.expects.iter().map(|it| {
            let (property, broken) = match it.expectation {
                Expectation::Holds(property) => (Some(property), false),
                Expectation::Broken(property) => (Some(property), true),
                _ => (None, false), // Times and figures are of one run.
            };
            (property, Some(it.line), it.text.clone(), broken)
        });
        return wanted.collect();
    }
    let mut properties: Vec<Property> =
        plan.entry.about.claims.iter().map(|claim| claim.property).collect();
    crate::order::sort(&mut properties);
    properties.dedup();
    properties.into_iter().map(|it| (Some(it), None, property_words(it), false)).collect()
}
