//! Closed formulas of queueing theory, in units of the mean service: `load` is the work that
//! arrives per server, `T` the time from arrival to departure, `W` the part of it before service.
//!
//! Every function asks for a stable load, which its caller has looked after.

/// `T` of M/M/1, and of M/G/1 where all requests share the server [harchol13 §13.3, §22.2].
pub fn mm1(load: f64) -> f64 {
    1.0 / (1.0 - load)
}

/// The time that a share `p` of the responses of M/M/1 does not exceed: `T` is exponential
/// [harchol13 §17.2].
pub fn mm1_percentile(load: f64, p: f64) -> f64 {
    -libm::log(1.0 - p) * mm1(load)
}

/// `W` of M/G/1 in order of arrival, for sizes of this squared coefficient of variation: the
/// formula of Pollaczek and Khinchine [harchol13 §23.5].
pub fn mg1_wait(load: f64, scv: f64) -> f64 {
    load / (1.0 - load) * (1.0 + scv) / 2.0
}

/// The share of requests that find all `slots` taken and are lost, where `work` slots would be busy
/// if there were enough; whatever the law of sizes [harchol13 §15.4].
pub fn erlang_b(slots: u32, work: f64) -> f64 {
    (1..=slots).fold(1.0, |lost, slot| work * lost / (f64::from(slot) + work * lost))
}

/// The share of requests that have to wait for one of the `slots` [harchol13 §14.4].
pub fn erlang_c(slots: u32, work: f64) -> f64 {
    let (lost, slots) = (erlang_b(slots, work), f64::from(slots));
    slots * lost / (slots - work * (1.0 - lost))
}

/// `W` of M/M/c.
pub fn mmc_wait(slots: u32, work: f64) -> f64 {
    erlang_c(slots, work) / (f64::from(slots) - work)
}

/// M/M/c where at most `room` requests are inside: the share lost, and `T` of the others
/// [harchol13 §14.2]. `room` is not below `slots`. Stable under any work.
pub fn mmck(slots: u32, room: u32, work: f64) -> (f64, f64) {
    let (mut state, mut total, mut inside) = (1.0, 1.0, 0.0);
    for count in 1..=room {
        state *= work / f64::from(count.min(slots));
        // Far above capacity the last states alone count; they must not run over.
        if state > 1e200 {
            (state, total, inside) = (state / 1e200, total / 1e200, inside / 1e200);
        }
        total += state;
        inside += state * f64::from(count);
    }
    let lost = state / total;
    (lost, inside / total / (work * (1.0 - lost)))
}

/// `T` of GI/M/1: `1 / (1 - σ)` with the root `σ` below 1 of `σ = A(1 - σ)`, where `A` is the
/// transform of the gaps in units of the mean service [kleinrock75 §6.4].
fn gim1(transform: &dyn Fn(f64) -> f64) -> f64 {
    // At zero the transform is above, just below 1 it is under the diagonal.
    let (mut low, mut high) = (0.0, 1.0 - 1e-9);
    for _ in 0..80 {
        let middle = f64::midpoint(low, high);
        if transform(1.0 - middle) > middle {
            low = middle;
        } else {
            high = middle;
        }
    }
    1.0 / (1.0 - f64::midpoint(low, high))
}

/// `T` of `E_n/M/1`: what each of `servers` servers is that take a Poisson stream in turns
/// [kleinrock75 §6.4].
pub fn erlang_gaps(servers: u32, load: f64) -> f64 {
    let n = f64::from(servers);
    gim1(&|s| libm::pow(n * load / (n * load + s), n))
}

/// `T` of D/M/1: requests come at even gaps [kleinrock75 §6.4].
pub fn even_gaps(load: f64) -> f64 {
    gim1(&|s| libm::exp(-s / load))
}

/// The share of servers with at least `length` requests, of very many servers, if each request goes
/// to the shortest of `choices` queues drawn by lot [mitzenmacher01 §2].
pub fn supermarket_tail(choices: u32, load: f64, length: u32) -> f64 {
    libm::pow(load, supermarket_power(choices, length))
}

/// `(dᵏ - 1) / (d - 1)`: `1 + d + … + dᵏ⁻¹`.
fn supermarket_power(choices: u32, length: u32) -> f64 {
    (0..length).fold(0.0, |sum, _| sum * f64::from(choices) + 1.0)
}

/// `T` of the same [mitzenmacher01 §2].
pub fn supermarket(choices: u32, load: f64) -> f64 {
    if choices <= 1 {
        return mm1(load);
    }
    let mut sum = 0.0;
    for length in 1..=SERIES {
        // One service for each request met and one's own, over the rate of arrivals.
        let term = libm::pow(load, supermarket_power(choices, length) - 1.0);
        sum += term;
        if term < 1e-15 {
            break;
        }
    }
    sum
}

/// Longest queue that the sums above look at: far beyond what any load below 0.9999 reaches.
const SERIES: u32 = 64;

/// `T` of join-idle-queue with very many servers, `ratio` for each dispatcher [lu11 §3.2]: idle
/// servers queue at dispatchers, and a request that finds none goes anywhere.
pub fn join_idle(load: f64, ratio: f64) -> f64 {
    let queued = ratio * (1.0 - load);
    let idle = queued / (1.0 + queued);
    1.0 / (1.0 - load * (1.0 - idle))
}

/// The standard deviation of a server's share of a ring, over its mean, if each of `servers` has
/// `points` points drawn by lot: the lengths of arcs follow Dirichlet's law [karger97 §4].
pub fn ring_spread(servers: u32, points: u32) -> f64 {
    let (n, points) = (f64::from(servers), f64::from(points));
    libm::sqrt((n - 1.0) / (n * points + 1.0))
}

/// The same if each of `keys` keys falls on a server by lot.
pub fn lot_spread(servers: u32, keys: u64) -> f64 {
    libm::sqrt((f64::from(servers) - 1.0) / keys.max(1) as f64)
}
