//! What a visitor chose for the screen, kept in the browser where that is allowed.

use quorate::scene::text::Lang;
use yew::prelude::*;

use super::dom;
use super::place;

/// Light or dark.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub(crate) enum Theme {
    /// As the system says.
    #[default]
    System,
    Light,
    Dark,
}

impl Theme {
    /// As stored, and as in the `theme` parameter of an embed.
    pub(crate) fn name(self) -> &'static str {
        match self {
            Theme::System => "system",
            Theme::Light => "light",
            Theme::Dark => "dark",
        }
    }

    /// The theme of that name; the system's for any other.
    pub(crate) fn named(name: &str) -> Theme {
        match name {
            "light" => Theme::Light,
            "dark" => Theme::Dark,
            _ => Theme::System,
        }
    }

    /// The one the button switches to.
    pub(crate) fn next(self) -> Theme {
        match self {
            Theme::System => Theme::Light,
            Theme::Light => Theme::Dark,
            Theme::Dark => Theme::System,
        }
    }
}

/// Language and theme, with the way to change them.
#[derive(Clone, PartialEq)]
pub(crate) struct Prefs {
    pub(crate) lang: Lang,
    pub(crate) theme: Theme,
    /// Chooses a language.
    pub(crate) set_lang: Callback<Lang>,
    /// Chooses a theme.
    pub(crate) set_theme: Callback<Theme>,
}

/// The preferences of this page. An embed takes them from its address and stores nothing.
#[hook]
pub(crate) fn use_prefs(embed: bool) -> Prefs {
    let lang = use_state(|| first_lang(embed));
    let theme = use_state(|| first_theme(embed));
    use_effect_with((*lang, *theme), |(lang, theme)| {
        if let Some(root) = dom::document().document_element() {
            let _ = root.set_attribute("lang", lang.tag());
            let _ = match theme {
                Theme::System => root.remove_attribute("data-theme"),
                chosen => root.set_attribute("data-theme", chosen.name()),
            };
        }
    });
    let set_lang = {
        let setter = lang.setter();
        Callback::from(move |lang: Lang| {
            if !embed {
                place::keep("lang", lang.tag());
            }
            setter.set(lang);
        })
    };
    let set_theme = {
        let setter = theme.setter();
        Callback::from(move |theme: Theme| {
            if !embed {
                place::keep("theme", theme.name());
            }
            setter.set(theme);
        })
    };
    Prefs { lang: *lang, theme: *theme, set_lang, set_theme }
}

fn first_lang(embed: bool) -> Lang {
    let kept = if embed { None } else { place::kept("lang") };
    let wish = || dom::window().navigator().language();
    let tag = place::parameter("lang").or(kept).or_else(wish);
    tag.map_or(Lang::En, |tag| Lang::from_tag(&tag))
}

fn first_theme(embed: bool) -> Theme {
    let kept = if embed { None } else { place::kept("theme") };
    place::parameter("theme").or(kept).map_or(Theme::System, |name| Theme::named(&name))
}

/// The language of the screen.
#[hook]
pub(crate) fn use_lang() -> Lang {
    use_context::<Lang>().unwrap_or_default()
}
