//! What is pasted into a page to show a scenario there: `docs/embedding.md` says how each works.

use std::fmt::Write as _;

use crate::kernel::SimTime;

/// Where the scenario is pasted.
#[derive(Clone, Copy, PartialEq, Eq, Debug, Default)]
pub enum Host {
    /// Any page that takes HTML: an inline frame.
    #[default]
    Frame,
    /// Any page that takes scripts: the element `<quorate-scene>`.
    Element,
    /// A book of mdBook: a fenced block.
    MdBook,
    /// A site of Docusaurus: a fenced block.
    Docusaurus,
    /// A site of MkDocs: a fenced block.
    MkDocs,
    /// A site of Sphinx: a raw directive.
    Sphinx,
}

impl Host {
    /// Every host, in the order of the dialog.
    pub const ALL: [Host; 6] =
        [Host::Frame, Host::Element, Host::MdBook, Host::Docusaurus, Host::MkDocs, Host::Sphinx];

    /// Its name, the same in every language; empty for the first two.
    pub fn name(self) -> &'static str {
        match self {
            Host::Frame | Host::Element => "",
            Host::MdBook => "mdBook",
            Host::Docusaurus => "Docusaurus",
            Host::MkDocs => "MkDocs",
            Host::Sphinx => "Sphinx",
        }
    }
}

/// What is shown, and how.
#[derive(Clone, PartialEq, Eq, Debug, Default)]
pub struct Figure {
    /// The address of the playground, `/` at its end.
    pub base: String,
    /// The fragment that holds the scenario, without `#` and without an instant.
    pub fragment: String,
    /// The scenario.
    pub text: String,
    /// The name of the figure.
    pub title: String,
    /// `light` or `dark`; as the page around without.
    pub theme: Option<&'static str>,
    /// `en` or `zh`; as the page around without.
    pub lang: Option<&'static str>,
    /// It plays as soon as it is in view.
    pub autoplay: bool,
    /// Where the playhead stands at first.
    pub at: Option<SimTime>,
    /// Its height in pixels.
    pub height: u32,
}

impl Figure {
    /// The address of an inline frame.
    pub fn address(&self) -> String {
        let mut address = format!("{}?embed", self.base);
        let mut add = |name: &str, value: &str| {
            let _ = write!(address, "&{name}={value}");
        };
        if let Some(theme) = self.theme {
            add("theme", theme);
        }
        if let Some(lang) = self.lang {
            add("lang", lang);
        }
        if let Some(at) = self.at {
            add("at", &at.to_string());
        }
        if !self.autoplay {
            add("autoplay", "0");
        }
        format!("{address}#{}", self.fragment)
    }

    /// The settings of an element or of a fenced block, with whether each is in quotes.
    fn settings(&self) -> Vec<(&'static str, String)> {
        let mut all = vec![("height", self.height.to_string())];
        all.extend(self.theme.map(|theme| ("theme", theme.to_owned())));
        all.extend(self.lang.map(|lang| ("lang", lang.to_owned())));
        all.extend(self.at.map(|at| ("at", at.to_string())));
        if self.autoplay {
            all.push(("autoplay", String::new()));
        }
        all
    }

    /// What is pasted.
    pub fn snippet(&self, host: Host) -> String {
        match host {
            Host::Frame => self.frame(),
            Host::Element => format!("{}\n{}", self.script(), self.element()),
            Host::MdBook | Host::Docusaurus | Host::MkDocs => self.fence(),
            Host::Sphinx => {
                let html = format!("{}\n{}", self.script(), self.element());
                let lines = html.lines().map(|line| format!("   {line}").trim_end().to_owned());
                format!(".. raw:: html\n\n{}", lines.collect::<Vec<_>>().join("\n"))
            }
        }
    }

    fn frame(&self) -> String {
        let (address, title) = (quoted(&self.address()), quoted(&self.title));
        format!(
            "<iframe src=\"{address}\"\n  title=\"{title}\" width=\"100%\" height=\"{}\" \
             loading=\"lazy\"\n  allow=\"fullscreen; clipboard-write\"\n  \
             style=\"border: 0; border-radius: 10px\"></iframe>",
            self.height
        )
    }

    /// What a page has to load once.
    pub fn script(&self) -> String {
        let base = quoted(&self.base);
        format!("<script type=\"module\" src=\"{base}quorate-embed.js\"></script>")
    }

    fn element(&self) -> String {
        let mut out = "<quorate-scene".to_owned();
        for (name, value) in self.settings() {
            let _ = match value.as_str() {
                "" => write!(out, " {name}"),
                value => write!(out, " {name}=\"{value}\""),
            };
        }
        // A blank line would end the block where Markdown reads it, and means nothing here.
        let text = quoted(self.text.trim_end()).replace("\r\n", "\n").replace("\n\n", "\n#\n");
        format!("{out}><pre>\n{text}\n</pre></quorate-scene>")
    }

    fn fence(&self) -> String {
        let mut out = "```quorate".to_owned();
        for (name, value) in self.settings() {
            let _ = match value.as_str() {
                "" => write!(out, ",{name}"),
                value => write!(out, ",{name}={value}"),
            };
        }
        // A comment may hold marks of a block itself.
        let marks = if self.text.contains("```") { "~~~~" } else { "```" };
        let head = out.replacen("```", marks, 1);
        format!("{head}\n{}\n{marks}", self.text.trim_end())
    }
}

/// Text inside an attribute or an element.
fn quoted(text: &str) -> String {
    let text = text.replace('&', "&amp;").replace('"', "&quot;");
    text.replace('<', "&lt;").replace('>', "&gt;")
}
