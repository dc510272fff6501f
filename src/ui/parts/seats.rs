//! Pictures with a meaning: seats of a quorum, the shape of a role, the sign of a verdict.

use quorate::kernel::Role;
use quorate::lab::Status;
use quorate::scene::text::{Label, Lang};
use yew::prelude::*;

/// A row of seats, the counted ones filled. `name` says it in words.
pub(crate) fn seats(filled: usize, all: usize, name: String) -> Html {
    let width = all * 10;
    html! {
        <svg class="seats" role="img" aria-label={name} viewBox={format!("0 0 {width} 10")}
            width={width.to_string()} height="10">
            for index in 0..all {
                <circle cx={(index * 10 + 5).to_string()} cy="5" r="3.4"
                    class={if index < filled { "seat-taken" } else { "seat" }} />
            }
        </svg>
    }
}

/// The sign of a verdict: circle with tick, triangle with mark, dashed circle.
pub(crate) fn verdict(lang: Lang, status: Status) -> Html {
    let (class, path, mark, name) = match status {
        Status::Holds => {
            ("sign-holds", "M7 1a6 6 0 1 0 .01 0z", "M4.3 7.2l2 2 3.6-4.2", Label::Holds)
        }
        Status::Violated => {
            ("sign-fails", "M7 2l5.6 10H1.4z", "M7 5.4v3.1M7 10.5v.1", Label::Violated)
        }
        Status::Undecided => ("sign-open", "M7 1.8a5.2 5.2 0 1 0 .01 0", "", Label::Undecided),
    };
    html! {
        <svg class={classes!("sign", class)} role="img" aria-label={name.text(lang)}
            viewBox="0 0 14 14" width="14" height="14">
            <path class="sign-body" d={path} />
            <path class="sign-mark" d={mark} />
        </svg>
    }
}

/// The shape of a role, as in the scene: hexagon leads, diamond asks, circle follows.
pub(crate) fn shape(role: Role, crashed: bool) -> Html {
    let (class, path) = match role {
        _ if crashed => ("shape-crashed", "M17 4a13 13 0 1 0 .01 0M10 10l14 14M24 10L10 24"),
        Role::Leader => ("shape-leader", "M17 3l12.1 7v14L17 31 4.9 24V10z"),
        Role::Candidate => ("shape-candidate", "M17 2.5L31.5 17 17 31.5 2.5 17z"),
        Role::Follower => ("shape-follower", "M17 4a13 13 0 1 0 .01 0z"),
        Role::Balancer => ("shape-balancer", "M5 8h24v18H5z"),
        Role::Server => ("shape-server", "M5 8h24v18H5z"),
    };
    let crown = role == Role::Leader && !crashed;
    html! {
        <svg class={classes!("shape", class)} viewBox="0 0 34 34" width="34" height="34"
            aria-hidden="true">
            <path d={path} />
            if crown {
                <path class="crown" d="M11 21.5l-1.2-9 4 3.6 3.2-5.1 3.2 5.1 4-3.6-1.2 9z" />
            }
        </svg>
    }
}
