//! Which operations may come next: the order of time, or the order of each client.

use std::collections::BTreeMap;

use super::call::Call;

/// A partial order of calls, of which some are placed.
pub(super) trait Order {
    /// The first call that may be placed next.
    fn first(&self) -> Option<usize>;
    /// The one behind `call`, which may be placed next itself.
    fn after(&self, call: usize) -> Option<usize>;
    /// Places a call that may be placed next.
    fn take_out(&mut self, call: usize);
    /// Takes back the call placed last.
    fn put_back(&mut self, call: usize);
    /// True if calls of different clients may come in any order.
    fn of_clients(&self) -> bool;
}

/// Before the first entry of the list.
const HEAD: usize = 0;

/// What returned before something else was invoked comes before it: a list of invocations and
/// returns in the order of time, of which placed calls are taken out. Entry `1 + i` is the
/// invocation of call `i`, entry `1 + n + i` its return.
pub(super) struct OfTime {
    calls: usize,
    /// Calls nobody saw the end of have no return.
    ends: Vec<bool>,
    next: Vec<usize>,
    prev: Vec<usize>,
}

impl OfTime {
    pub(super) fn new(calls: &[Call]) -> OfTime {
        let n = calls.len();
        let mut order: Vec<(u64, bool, usize)> = Vec::with_capacity(2 * n);
        for (index, call) in calls.iter().enumerate() {
            // At one position returns come before invocations: who answers may be asked again.
            order.push((call.invoked, true, 1 + index));
            if call.seen.is_some() {
                order.push((call.returned, false, 1 + n + index));
            }
        }
        crate::order::sort(&mut order);
        let (mut next, mut prev) = (vec![HEAD; 2 * n + 1], vec![HEAD; 2 * n + 1]);
        let mut last = HEAD;
        for (_, _, entry) in order {
            (next[last], prev[entry]) = (entry, last);
            last = entry;
        }
        (next[last], prev[HEAD]) = (HEAD, last);
        let ends = calls.iter().map(|call| call.seen.is_some()).collect();
        OfTime { calls: n, ends, next, prev }
    }

    /// Nothing behind a return may come before what returned.
    fn invocation(&self, entry: usize) -> Option<usize> {
        (entry != HEAD && entry <= self.calls).then(|| entry - 1)
    }

    fn unlink(&mut self, entry: usize) {
        let (before, after) = (self.prev[entry], self.next[entry]);
        (self.next[before], self.prev[after]) = (after, before);
    }

    fn link(&mut self, entry: usize) {
        let (before, after) = (self.prev[entry], self.next[entry]);
        (self.next[before], self.prev[after]) = (entry, entry);
    }
}

impl Order for OfTime {
    fn first(&self) -> Option<usize> {
        self.invocation(self.next[HEAD])
    }

    fn after(&self, call: usize) -> Option<usize> {
        self.invocation(self.next[1 + call])
    }

    fn take_out(&mut self, call: usize) {
        self.unlink(1 + call);
        if self.ends[call] {
            self.unlink(1 + self.calls + call);
        }
    }

    fn put_back(&mut self, call: usize) {
        if self.ends[call] {
            self.link(1 + self.calls + call);
        }
        self.link(1 + call);
    }

    fn of_clients(&self) -> bool {
        false
    }
}

/// A row of calls of one client, each after the one before it. A call nobody saw the end of is a
/// row of its own: it may take effect whenever what its client did before is placed.
struct Row {
    calls: Vec<usize>,
    placed: usize,
    /// So many calls of that row come first.
    needs: Option<(usize, usize)>,
}

/// What a client did comes in the order in which it did it.
pub(super) struct OfClients {
    rows: Vec<Row>,
    /// The row of each call.
    row: Vec<usize>,
}

impl OfClients {
    pub(super) fn new(calls: &[Call]) -> OfClients {
        let (mut rows, mut row): (Vec<Row>, Vec<usize>) = (Vec::new(), Vec::new());
        let mut main = BTreeMap::new();
        for (index, call) in calls.iter().enumerate() {
            let home = *main.entry(call.client).or_insert_with(|| {
                rows.push(Row { calls: Vec::new(), placed: 0, needs: None });
                rows.len() - 1
            });
            if call.seen.is_some() {
                rows[home].calls.push(index);
                row.push(home);
            } else {
                let needs = Some((home, rows[home].calls.len()));
                row.push(rows.len());
                rows.push(Row { calls: vec![index], placed: 0, needs });
            }
        }
        OfClients { rows, row }
    }

    fn head(&self, row: &Row) -> Option<usize> {
        let ready = row.needs.is_none_or(|(home, count)| self.rows[home].placed >= count);
        row.calls.get(row.placed).copied().filter(|_| ready)
    }
}

impl Order for OfClients {
    fn first(&self) -> Option<usize> {
        self.rows.iter().filter_map(|row| self.head(row)).min()
    }

    fn after(&self, call: usize) -> Option<usize> {
        let heads = self.rows.iter().filter_map(|row| self.head(row));
        heads.filter(|head| *head > call).min()
    }

    fn take_out(&mut self, call: usize) {
        let row = self.row[call];
        self.rows[row].placed += 1;
    }

    fn put_back(&mut self, call: usize) {
        let row = self.row[call];
        self.rows[row].placed -= 1;
    }

    fn of_clients(&self) -> bool {
        true
    }
}
