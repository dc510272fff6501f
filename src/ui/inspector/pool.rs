//! A pool in numbers: its servers, one server's queue, how long responses took.

use quorate::kernel::NodeId;
use quorate::lab::{Action, PoolView, Selection, ServerView, Snapshot};
use quorate::scene::text::{Label, Lang, factor, number, percent, queue_more, span};
use yew::prelude::*;

use super::super::parts::th;
use super::super::session::Same;

pub(crate) struct PoolTableProps {
    pub(crate) pool: Same<PoolView>,
    pub(crate) act: Callback<Action>,
}

/// Every server with capacity, queue, load and tail.
pub(crate) fn pool_table(lang: Lang, props: &PoolTableProps) -> Html {
    html! {
        <table class="pool-table">
            <thead>
                <tr>
                    {th("", Label::Server.text(lang))}
                    {th("right", Label::Waiting.text(lang))}
                    {th("right", Label::Busy.text(lang))}
                    {th("right", Label::Picked.text(lang))}
                    <th scope="col" class="right" title={Label::P99LastSecond.text(lang)}>
                        {"p99"}
                    </th>
                </tr>
            </thead>
            <tbody>
                for server in &props.pool.servers {
                    {row(lang, server, &props.act)}
                }
            </tbody>
        </table>
    }
}

fn row(lang: Lang, server: &ServerView, act: &Callback<Action>) -> Html {
    let id = server.node;
    let select = act.reform(move |_: MouseEvent| Action::Select(Some(Selection::Node(id))));
    let slow = server.queue.slowed.then(|| Label::Slow.text(lang));
    html! {
        <tr key={id.0}>
            <td>
                <button type="button" class="plain-link mono" onclick={select}>
                    {server.name.clone()}
                </button>
                <span class="muted">
                    {" "}{factor(server.capacity_milli)}{" "}
                    if server.crashed { {Label::Crashed.text(lang)} } else { {slow} }
                </span>
            </td>
            <td class="right mono">{server.queue.length}</td>
            <td class="right mono">{percent(server.busy)}</td>
            <td class="right mono">{number(server.picked)}</td>
            <td class="right mono">{server.p99.map_or("–".to_owned(), span)}</td>
        </tr>
    }
}

pub(crate) struct QueueProps {
    pub(crate) snapshot: Same<Snapshot>,
    pub(crate) node: NodeId,
}

/// The queue of one server, head first.
pub(crate) fn queue_list(lang: Lang, props: &QueueProps) -> Html {
    let node = &props.snapshot.nodes[props.node.index()];
    let Some(queue) = node.card.as_ref().and_then(|card| card.queue.as_ref()) else {
        return Html::default();
    };
    let hidden = u64::from(queue.length).saturating_sub(queue.items.len() as u64);
    html! {
        <section class="pane-section" aria-labelledby="queue-title">
            <header class="section-head">
                <h3 id="queue-title">{Label::Queue.text(lang)}</h3>
                <span class="hint num">{factor(queue.speed_milli)}</span>
            </header>
            if queue.items.is_empty() {
                <p class="muted">{Label::QueueEmpty.text(lang)}</p>
            }
            <ol class="queue">
                for item in &queue.items {
                    <li class={classes!("queue-cell", item.served.then_some("queue-served"))}>
                        {span(item.left)}
                    </li>
                }
                if hidden > 0 {
                    <li class="num">{queue_more(hidden)}</li>
                }
            </ol>
            <p class="muted num">{Label::Finished.text(lang)}{" "}{number(queue.done)}</p>
        </section>
    }
}

pub(crate) struct ResponseProps {
    pub(crate) pool: Same<PoolView>,
}

/// Requests so far, and response times of the whole run.
pub(crate) fn response_table(lang: Lang, props: &ResponseProps) -> Html {
    let pool = &props.pool;
    let names = [Label::Mean.text(lang), "p50", "p90", "p99", Label::Worst.text(lang)];
    html! {
        <section class="pane-section" aria-labelledby="response-title">
            <header class="section-head">
                <h3 id="response-title">{Label::ResponseTimes.text(lang)}</h3>
                <span class="hint">{Label::WholeRun.text(lang)}</span>
            </header>
            <dl class="fields">
                if let Some(response) = &pool.response {
                    for (name, value) in names.iter().zip(response) {
                        <div key={*name}><dt>{*name}</dt><dd class="mono">{span(*value)}</dd></div>
                    }
                }
                <div>
                    <dt>{Label::Finished.text(lang)}</dt>
                    <dd class="mono">{number(pool.completed)}</dd>
                </div>
                <div>
                    <dt>{Label::Failed.text(lang)}</dt>
                    <dd class="mono">{number(pool.failed)}</dd>
                </div>
            </dl>
        </section>
    }
}
