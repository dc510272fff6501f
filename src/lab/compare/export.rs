//! The comparison as data: CSV for a spreadsheet, JSON for a program.

use std::fmt::Write as _;

use crate::kernel::Span;
use crate::script::json;
use crate::script::value::show_decimal;

use super::super::view_model::{CompareRow, CompareView};

/// Milliseconds, exact to the nanosecond.
fn millis(span: Span) -> String {
    show_decimal(span.0, 1_000_000)
}

/// A share from 0 to 1, to six places.
fn share(share: f64) -> String {
    show_decimal(libm::round(share * 1e6) as u64, 1_000_000)
}

impl CompareRow {
    /// Figures with their names, in the order of the columns.
    fn figures(&self) -> [(&'static str, String); 12] {
        let spread = &self.spread;
        [
            ("arrived", self.arrived.to_string()),
            ("completed", self.completed.to_string()),
            ("failed", self.failed.to_string()),
            ("mean_ms", millis(spread.mean)),
            ("p50_ms", millis(spread.p50)),
            ("p90_ms", millis(spread.p90)),
            ("p99_ms", millis(spread.p99)),
            ("p999_ms", millis(spread.p999)),
            ("max_ms", millis(spread.max)),
            ("over_limit", self.over.to_string()),
            ("utilisation", share(self.utilisation)),
            ("slow_only_here", self.only.to_string()),
        ]
    }
}

impl CompareView {
    /// A line for each strategy, under a line of names (RFC 4180).
    pub fn csv(&self) -> String {
        let mut text = String::from("strategy");
        if let Some(row) = self.rows.first() {
            row.figures().iter().for_each(|(name, _)| {
                let _ = write!(text, ",{name}");
            });
        }
        for prefix in ["share", "queue"] {
            for (name, _) in &*self.servers {
                let _ = write!(text, ",{prefix}_{name}");
            }
        }
        text.push_str("\r\n");
        for row in &self.rows {
            text.push_str(&row.strategy.id);
            row.figures().iter().for_each(|(_, figure)| {
                let _ = write!(text, ",{figure}");
            });
            for part in &row.shares {
                let _ = write!(text, ",{}", share(*part));
            }
            for queue in &row.queues {
                let _ = write!(text, ",{queue}");
            }
            text.push_str("\r\n");
        }
        text
    }

    /// The same with the distributions, and the scenario that makes them again.
    pub fn json(&self, scenario: &str) -> String {
        let mut text = String::from("{\"scenario\":");
        json::write(&mut text, scenario);
        let _ = write!(
            text,
            ",\"at_ms\":{},\"warmup_ms\":{},\"exact\":{},\"same_requests\":{}",
            millis(Span(self.at.0)),
            millis(self.warmup),
            self.exact,
            self.common
        );
        if let Some((figure, bound)) = self.limit {
            let _ = write!(text, ",\"limit\":{{\"{}_ms\":{}}}", figure.name(), millis(bound));
        }
        text.push_str(",\"servers\":[");
        for (place, (name, fair)) in self.servers.iter().enumerate() {
            comma(&mut text, place);
            text.push_str("{\"name\":");
            json::write(&mut text, name);
            let _ = write!(text, ",\"fair_share\":{}}}", share(*fair));
        }
        text.push_str("],\"strategies\":[");
        for (place, row) in self.rows.iter().enumerate() {
            comma(&mut text, place);
            row.json(&mut text);
        }
        text.push_str("]}\n");
        text
    }
}

fn comma(text: &mut String, place: usize) {
    if place > 0 {
        text.push(',');
    }
}

impl CompareRow {
    fn json(&self, text: &mut String) {
        text.push_str("{\"strategy\":");
        json::write(text, &self.strategy.id);
        self.figures().iter().for_each(|(name, figure)| {
            let _ = write!(text, ",\"{name}\":{figure}");
        });
        text.push_str(",\"shares\":[");
        for (place, part) in self.shares.iter().enumerate() {
            comma(text, place);
            text.push_str(&share(*part));
        }
        text.push_str("],\"queues\":[");
        for (place, queue) in self.queues.iter().enumerate() {
            comma(text, place);
            let _ = write!(text, "{queue}");
        }
        text.push_str("],\"responses\":[");
        for (place, (low, high, count)) in self.buckets.iter().enumerate() {
            comma(text, place);
            let _ = write!(text, "[{},{},{count}]", millis(*low), millis(*high));
        }
        text.push_str("]}");
    }
}
