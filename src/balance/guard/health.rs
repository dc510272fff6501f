//! Which servers a balancer holds to be well: by what it sees of its requests (passive), and by
//! asking (active).
//!
//! **nginx** [nginx §`max_fails`]: a server is left out for `fail-timeout` once it has
//! failed `max-fails` times; what counts as a failure `retry-on` says. Then one request is let
//! through: if it is answered well, the failures are forgotten, else the server stays out as long
//! again. Failures are also forgotten if `fail-timeout` passes without one and a request is
//! answered well. The only server of a pool is never left out. nginx counts in whole seconds.
//!
//! **HAProxy** [haproxy §observe layer7]: `error-limit` bad answers in a row do what `on-error`
//! says: take the server down, count as one failed check, or make the next failed check the last.
//! Only checks bring a server back, so they run every two seconds if `check` does not say how
//! often.
//!
//! **Envoy**: see [`outlier`].
//!
//! **Checks** [haproxy §rise, fall]: a server is asked every `check`; no answer until the next time
//! is a failed check. It goes down after `fall` failures in a row and comes up after `rise`
//! successes in a row. At the start it is up, and one failure takes it down. First checks are
//! spread over the interval. A *shallow* check is answered by every server that is alive; a *deep*
//! one fails if the server would answer a request with an error, too.

use crate::balance::view::{Ending, ServerId};
use crate::balance::weighted::MAX_FAILS;
use crate::kernel::{Knob, KnobKind, Knobs, SimTime, Span, Text};

use super::outlier;
use super::retry::Failures;

/// Whose passive checks.
pub(in crate::balance) const PASSIVE: Knob = Knob {
    name: "passive",
    help: Text {
        en: "How a balancer tells from its requests that a server is ill: not at all, or by the \
             rule of nginx (max-fails), HAProxy (observe) or Envoy (outlier detection).",
        zh: "负载均衡器如何从请求结果判断服务器异常：off 不判断，或采用 nginx（max-fails）、HAProxy（observe）、Envoy（异常点检测）的规则。",
    },
    kind: KnobKind::Choice(&["off", "nginx", "haproxy", "envoy"]),
};

/// nginx's time.
pub(in crate::balance) const FAIL_TIMEOUT: Knob = Knob {
    name: "fail-timeout",
    help: Text {
        en: "passive=nginx: how long a server that failed max-fails times is left out, and in what \
             time failures add up.",
        zh: "passive=nginx：失败达到 max-fails 次的服务器被排除多久，也是累计失败次数的时间窗口。",
    },
    kind: KnobKind::Length { default: Span::secs(10) },
};

/// HAProxy's limit.
pub(in crate::balance) const ERROR_LIMIT: Knob = Knob {
    name: "error-limit",
    help: Text {
        en: "passive=haproxy: how many bad answers in a row do what on-error says.",
        zh: "passive=haproxy：连续多少次不良答复后执行 on-error 所述动作。",
    },
    kind: KnobKind::Count { min: 1, max: 1_000_000, default: 10 },
};

/// HAProxy's deed.
pub(in crate::balance) const ON_ERROR: Knob = Knob {
    name: "on-error",
    help: Text {
        en: "passive=haproxy: fail-check counts one failed check, sudden-death makes the next \
             failed check the last, mark-down takes the server down.",
        zh: "passive=haproxy：fail-check 算一次检查失败，sudden-death 使下一次检查失败即下线，mark-down 立即下线。",
    },
    kind: KnobKind::Choice(&["fail-check", "sudden-death", "mark-down"]),
};

/// How often servers are asked.
pub(in crate::balance) const CHECK: Knob = Knob {
    name: "check",
    help: Text {
        en: "How often a balancer asks each server whether it is well; 0s never.",
        zh: "负载均衡器每隔多久询问一次每台服务器是否正常；0s 表示从不。",
    },
    kind: KnobKind::Length { default: Span::ZERO },
};

/// Successes that bring a server up.
pub(in crate::balance) const RISE: Knob = Knob {
    name: "rise",
    help: Text {
        en: "How many successful checks in a row bring a server up.",
        zh: "连续多少次检查成功后服务器恢复可用。",
    },
    kind: KnobKind::Count { min: 1, max: 1000, default: 2 },
};

/// Failures that take a server down.
pub(in crate::balance) const FALL: Knob = Knob {
    name: "fall",
    help: Text {
        en: "How many failed checks in a row take a server down.",
        zh: "连续多少次检查失败后服务器下线。",
    },
    kind: KnobKind::Count { min: 1, max: 1000, default: 3 },
};

/// What a check looks at.
pub(in crate::balance) const CHECK_DEPTH: Knob = Knob {
    name: "check-depth",
    help: Text {
        en: "What a check finds out: shallow, that the server is alive; deep, that it would not \
             answer requests with errors.",
        zh: "检查能发现什么：shallow 只看服务器是否存活，deep 还看它是否会对请求报错。",
    },
    kind: KnobKind::Choice(&["shallow", "deep"]),
};

/// How often servers are asked if HAProxy's rule needs it and nobody says.
const HAPROXY_INTERVAL: Span = Span::secs(2);

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum OnError {
    FailCheck,
    SuddenDeath,
    MarkDown,
}

#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug)]
enum Passive {
    Off,
    Nginx { max_fails: u64, timeout: Span, failures: Failures },
    HaProxy { limit: u64, on_error: OnError },
    Envoy(outlier::Rule),
}

impl Passive {
    fn new(knobs: &Knobs) -> Passive {
        match knobs.choice(PASSIVE.name) {
            "nginx" => Passive::Nginx {
                max_fails: knobs.count(MAX_FAILS.name),
                timeout: knobs.length(FAIL_TIMEOUT.name),
                failures: Failures::new(knobs),
            },
            "haproxy" => Passive::HaProxy {
                limit: knobs.count(ERROR_LIMIT.name),
                on_error: match knobs.choice(ON_ERROR.name) {
                    "mark-down" => OnError::MarkDown,
                    "sudden-death" => OnError::SuddenDeath,
                    _ => OnError::FailCheck,
                },
            },
            "envoy" => Passive::Envoy(outlier::Rule::new(knobs)),
            _ => Passive::Off,
        }
    }
}

/// What is known of one server's health.
#[derive(Clone, Copy, PartialEq, Eq, Hash, Debug, Default)]
struct State {
    // nginx
    fails: u64,
    accessed: SimTime,
    checked: SimTime,
    barred: bool,
    // Checks: at least `rise` is up.
    health: u64,
    /// When the question was asked that is still open.
    awaited: Option<SimTime>,
    in_a_row: u64,
    // Envoy
    host: outlier::Host,
}

/// When a server may come back, for the agenda.
pub(in crate::balance) type Until = Option<SimTime>;

/// The health of all servers.
#[derive(Clone, PartialEq, Eq, Hash, Debug)]
pub(in crate::balance) struct Health {
    passive: Passive,
    /// How often servers are asked; zero for never.
    pub(in crate::balance) interval: Span,
    rise: u64,
    fall: u64,
    servers: Vec<State>,
}

impl Health {
    /// All of `servers` are well.
    pub(in crate::balance) fn new(knobs: &Knobs, servers: u32) -> Health {
        let passive = Passive::new(knobs);
        let mut interval = knobs.length(CHECK.name);
        if interval == Span::ZERO && matches!(passive, Passive::HaProxy { .. }) {
            interval = HAPROXY_INTERVAL;
        }
        let rise = knobs.count(RISE.name);
        let state = State { health: rise, ..State::default() };
        let servers = vec![state; servers as usize];
        Health { passive, interval, rise, fall: knobs.count(FALL.name), servers }
    }

    /// True if anything here can find a server to be ill.
    pub(in crate::balance) fn any(&self) -> bool {
        self.passive != Passive::Off || self.interval > Span::ZERO
    }

    /// How often outliers are looked for.
    pub(in crate::balance) fn sweep_every(&self) -> Option<Span> {
        match self.passive {
            Passive::Envoy(rule) => Some(rule.sweep),
            Passive::Off | Passive::Nginx { .. } | Passive::HaProxy { .. } => None,
        }
    }

    /// Whether a server is well.
    pub(in crate::balance) fn is_well(&self, id: ServerId) -> bool {
        let state = &self.servers[id.index()];
        !state.barred && state.health >= self.rise && state.host.ejected.is_none()
    }

    /// One word for the card.
    pub(in crate::balance) fn word(&self, id: ServerId) -> &'static str {
        let state = &self.servers[id.index()];
        match (state.health < self.rise, state.host.ejected.is_some(), state.barred) {
            (true, ..) => "down",
            (_, true, _) => "ejected",
            (_, _, true) => "barred",
            (false, false, false) => "up",
        }
    }

    /// A request was sent to `to`. nginx lets one request through to a server that was left out.
    pub(in crate::balance) fn sent(&mut self, to: ServerId, now: SimTime) -> Until {
        let Passive::Nginx { max_fails, timeout, .. } = self.passive else { return None };
        let state = &mut self.servers[to.index()];
        if now.since(state.checked) <= timeout {
            return None;
        }
        state.checked = now;
        if max_fails == 0 || state.fails < max_fails {
            return None;
        }
        state.barred = true;
        Some(now + timeout + JUST)
    }

    /// A request at `from` ended.
    pub(in crate::balance) fn ended(
        &mut self,
        from: ServerId,
        ending: Ending,
        now: SimTime,
    ) -> Until {
        if ending == Ending::Cancelled {
            return None;
        }
        match self.passive {
            Passive::Off => None,
            Passive::Nginx { max_fails, timeout, failures } => {
                let alone = self.servers.len() == 1;
                let state = &mut self.servers[from.index()];
                if !failures.count(ending) {
                    if state.accessed < state.checked {
                        (state.fails, state.barred) = (0, false);
                    }
                    return None;
                }
                state.fails += 1;
                (state.accessed, state.checked) = (now, now);
                if max_fails == 0 || state.fails < max_fails || alone {
                    return None;
                }
                state.barred = true;
                Some(now + timeout + JUST)
            }
            Passive::HaProxy { limit, on_error } => {
                self.observe(from, ending == Ending::Done, (limit, on_error));
                None
            }
            Passive::Envoy(rule) => {
                let state = &mut self.servers[from.index()];
                let strikes = state.host.note(ending == Ending::Done, &rule);
                if strikes && state.host.ejected.is_none() {
                    self.eject(from, &rule, now);
                }
                None
            }
        }
    }

    fn observe(&mut self, from: ServerId, good: bool, (limit, on_error): (u64, OnError)) {
        let rise = self.rise;
        let state = &mut self.servers[from.index()];
        if good {
            state.in_a_row = 0;
            return;
        }
        state.in_a_row += 1;
        if state.in_a_row < limit || state.health < rise {
            return;
        }
        state.in_a_row = 0;
        match on_error {
            OnError::FailCheck => self.check_failed(from),
            OnError::SuddenDeath => state.health = rise,
            OnError::MarkDown => state.health = 0,
        }
    }

    fn eject(&mut self, id: ServerId, rule: &outlier::Rule, now: SimTime) {
        let ejected = self.servers.iter().filter(|state| state.host.ejected.is_some()).count();
        if rule.may_eject(ejected as u64, self.servers.len() as u64) {
            self.servers[id.index()].host.eject(rule, now);
        }
    }

    /// The time of a server that was left out may be over.
    pub(in crate::balance) fn readmit(&mut self, id: ServerId, now: SimTime) {
        if let Passive::Nginx { timeout, .. } = self.passive {
            let state = &mut self.servers[id.index()];
            if now.since(state.checked) > timeout {
                state.barred = false;
            }
        }
    }

    /// True if [`Health::readmit`] would change nothing at any time: somebody else decides.
    pub(in crate::balance) fn is_settled(&self, id: ServerId) -> bool {
        !self.servers[id.index()].barred
    }

    /// Lets servers back in and looks for outliers.
    pub(in crate::balance) fn sweep(&mut self, now: SimTime) {
        let Passive::Envoy(rule) = self.passive else { return };
        for state in &mut self.servers {
            state.host.sweep(&rule, now);
        }
        let rates: Vec<Option<u64>> =
            self.servers.iter_mut().map(|state| state.host.take_rate(&rule)).collect();
        let known: Vec<u64> = rates.iter().copied().flatten().collect();
        let Some(threshold) = rule.threshold(&known) else { return };
        for (place, rate) in rates.iter().enumerate() {
            if rate.is_some_and(|rate| rate < threshold) {
                self.eject(ServerId(place as u32), &rule, now);
            }
        }
    }

    /// A server is asked. If the last question is still open, that check has failed.
    pub(in crate::balance) fn ask(&mut self, id: ServerId, now: SimTime) {
        if self.servers[id.index()].awaited.replace(now).is_some() {
            self.check_failed(id);
        }
    }

    /// A server answered the check of `asked`. An answer that comes after the next question is
    /// none.
    pub(in crate::balance) fn checked(&mut self, id: ServerId, asked: SimTime, good: bool) {
        let state = &mut self.servers[id.index()];
        if state.awaited != Some(asked) {
            return;
        }
        state.awaited = None;
        if !good {
            self.check_failed(id);
            return;
        }
        let (rise, fall) = (self.rise, self.fall);
        let state = &mut self.servers[id.index()];
        state.health = (state.health + 1).min(rise + fall - 1);
        if state.health >= rise {
            state.health = rise + fall - 1;
        }
    }

    fn check_failed(&mut self, id: ServerId) {
        let rise = self.rise;
        let state = &mut self.servers[id.index()];
        state.health = if state.health > rise { state.health - 1 } else { 0 };
    }
}

/// nginx waits until more than the time has passed.
const JUST: Span = Span(1);
