//! What a leader believes of its peers, and how the link to each is.

use quorate::kernel::{NodeId, Party};
use quorate::lab::{Health, Snapshot};
use quorate::scene::text::{Label, Lang, holds_count, in_flight};
use yew::prelude::*;

use super::super::parts::th;
use super::super::session::Same;

pub(crate) struct PeersProps {
    pub(crate) snapshot: Same<Snapshot>,
    pub(crate) node: NodeId,
    pub(crate) names: Same<Vec<String>>,
}

/// The table.
pub(crate) fn peer_table(lang: Lang, props: &PeersProps) -> Html {
    let snapshot = &props.snapshot;
    let nodes = snapshot.nodes.len();
    let peers = snapshot.nodes[props.node.index()].card.as_ref().map_or(&[][..], |c| &c.peers);
    html! {
        <section class="pane-section" aria-labelledby="peers-title">
            <header class="section-head">
                <h3 id="peers-title">{Label::Peers.text(lang)}</h3>
                <span class="hint">{holds_count(lang, nodes / 2 + 1, nodes)}</span>
            </header>
            <table>
                <thead>
                    <tr>
                        {th("", Label::Peer.text(lang))}
                        {th("right", Label::Match.text(lang))}
                        {th("right", Label::Next.text(lang))}
                        {th("wide", Label::LinkColumn.text(lang))}
                    </tr>
                </thead>
                <tbody>
                    for (peer, matched, next) in peers {
                        <tr key={peer.0}>
                            <td class="mono">{props.names.get(peer.index()).cloned()}</td>
                            <td class="right mono">{matched}</td>
                            <td class="right mono">{next}</td>
                            <td class="wide">{link(lang, snapshot, props.node, *peer)}</td>
                        </tr>
                    }
                </tbody>
            </table>
        </section>
    }
}

/// Crashed, cut off, or what is on its way.
fn link(lang: Lang, snapshot: &Snapshot, node: NodeId, peer: NodeId) -> Html {
    let status = snapshot.nodes.get(peer.index()).map(|view| view.status);
    if matches!(status, Some(Health::Crashed(_))) {
        let crashed = Label::Crashed.text(lang).to_ascii_lowercase();
        return html! { <span class="muted">{crashed}</span> };
    }
    let severs = |from: NodeId, to: NodeId| {
        snapshot.cuts.iter().any(|cut| cut.from.contains(&from) && cut.to.contains(&to))
    };
    if severs(node, peer) || severs(peer, node) {
        return html! { <span class="muted">{Label::LinkCut.text(lang)}</span> };
    }
    let between = |from: Party, to: Party| {
        let ends = [from, to];
        ends == [Party::Node(node), Party::Node(peer)]
            || ends == [Party::Node(peer), Party::Node(node)]
    };
    let mut flights = snapshot.flights.iter().rev();
    match flights.find(|flight| between(flight.note.from, flight.note.to)) {
        Some(flight) => {
            html! { <span class="t-leader">{in_flight(lang, flight.note.face.name)}</span> }
        }
        None => html! { <span class="muted">{Label::LinkFine.text(lang)}</span> },
    }
}
