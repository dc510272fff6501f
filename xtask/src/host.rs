//! The package manager of the system, for the few things Rust cannot build: Node.js and a browser.

use crate::shell::{self, Outcome, Problem};
use std::fs;

/// Something a system provides.
#[derive(Clone, Copy)]
pub(crate) enum Want {
    /// Node.js.
    Node,
    /// npm, which some systems package apart.
    Npm,
    /// Chromium or Chrome.
    Browser,
    /// The `WebDriver` of that browser.
    Driver,
    /// A font with Chinese characters.
    Fonts,
}

/// A package manager: how it is recognised, how it installs, what it calls things.
struct Manager {
    /// The program.
    program: &'static str,
    /// Words that refresh its lists, if it needs that.
    refresh: &'static [&'static str],
    /// Words that install without asking.
    install: &'static [&'static str],
    /// Whether it has to run as root.
    root: bool,
    /// Package names for node, npm, browser, driver and fonts; empty where it has none.
    names: [&'static str; 5],
}

/// Every package manager known here, in the order they are looked for.
const MANAGERS: [Manager; 7] = [
    Manager {
        program: "apt-get",
        refresh: &["update", "-q"],
        install: &["install", "-y", "-q", "--no-install-recommends"],
        root: true,
        names: ["nodejs", "npm", "chromium", "chromium-driver", "fonts-noto-cjk"],
    },
    Manager {
        program: "dnf",
        refresh: &[],
        install: &["install", "-y"],
        root: true,
        names: ["nodejs", "npm", "chromium", "chromedriver", "google-noto-sans-cjk-fonts"],
    },
    Manager {
        program: "pacman",
        refresh: &["-Sy", "--noconfirm"],
        install: &["-S", "--needed", "--noconfirm"],
        root: true,
        names: ["nodejs", "npm", "chromium", "chromium", "noto-fonts-cjk"],
    },
    Manager {
        program: "apk",
        refresh: &["update"],
        install: &["add"],
        root: true,
        names: ["nodejs", "npm", "chromium", "chromium-chromedriver", "font-noto-cjk"],
    },
    Manager {
        program: "zypper",
        refresh: &["--non-interactive", "refresh"],
        install: &["--non-interactive", "install"],
        root: true,
        names: ["nodejs", "npm", "chromium", "chromedriver", "google-noto-sans-cjk-fonts"],
    },
    Manager {
        program: "brew",
        refresh: &[],
        install: &["install"],
        root: false,
        names: ["node", "node", "google-chrome", "chromedriver", ""],
    },
    Manager {
        program: "winget",
        refresh: &[],
        install: &["install", "--exact", "--silent", "--accept-package-agreements", "--id"],
        root: false,
        names: [
            "OpenJS.NodeJS.LTS",
            "OpenJS.NodeJS.LTS",
            "Google.Chrome",
            "Chromium.ChromeDriver",
            "",
        ],
    },
];

/// Installs what is wanted, or says how to.
pub(crate) fn install(wants: &[Want], purpose: &str) -> Outcome<()> {
    let Some(manager) = MANAGERS.iter().find(|m| shell::find(m.program).is_some()) else {
        return Err(by_hand(purpose, "no package manager that xtask knows was found"));
    };
    let mut names: Vec<&str> = wants.iter().map(|want| manager.name(*want)).collect();
    names.dedup();
    if names.iter().any(|name| name.is_empty()) {
        return Err(by_hand(purpose, &format!("{} has no package for it", manager.program)));
    }
    let words: Vec<&str> = manager.install.iter().copied().chain(names).collect();
    let typed = format!("{} {}", manager.program, words.join(" "));
    let Some(prefix) = manager.privilege() else {
        return Err(by_hand(purpose, &format!("run `sudo {typed}`, then start again")));
    };
    println!("installing {purpose} with {}", manager.program);
    if !manager.refresh.is_empty() {
        // Stale lists may still be good enough, so a failure here is not the end.
        if let Err(problem) = manager.run(prefix, manager.refresh) {
            println!("warning: {problem}");
        }
    }
    manager.run(prefix, &words).map_err(|problem| by_hand(purpose, &format!("{problem}")))
}

/// The message for what xtask cannot install.
fn by_hand(purpose: &str, because: &str) -> Problem {
    Problem::new(format!("{purpose} is missing and was not installed: {because}"))
}

impl Manager {
    /// The package for `want`; empty if there is none that works.
    fn name(&self, want: Want) -> &'static str {
        // Ubuntu's chromium is a snap, which runs neither in a container nor under a driver.
        let snap = self.program == "apt-get" && is_ubuntu();
        match want {
            Want::Node => self.names[0],
            Want::Npm => self.names[1],
            Want::Browser if !snap => self.names[2],
            Want::Driver if !snap => self.names[3],
            Want::Browser | Want::Driver => "",
            Want::Fonts => self.names[4],
        }
    }

    /// The words before the command that give it the rights it needs; nothing if they cannot be had
    /// without asking for a password.
    fn privilege(&self) -> Option<&'static [&'static str]> {
        let is_root = || shell::read("id", &["-u"]).as_deref() == Some("0");
        if !self.root || is_root() {
            return Some(&[]);
        }
        shell::read("sudo", &["-n", "true"]).map(|_| &["sudo", "-n"][..])
    }

    /// Runs the package manager with `words`.
    fn run(&self, prefix: &[&str], words: &[&str]) -> Outcome<()> {
        let all: Vec<&str> =
            prefix.iter().copied().chain([self.program]).chain(words.iter().copied()).collect();
        let mut command = shell::command(all[0], &all[1..]);
        shell::run(command.env("DEBIAN_FRONTEND", "noninteractive"))
    }
}

/// Whether this is Ubuntu or something made from it.
fn is_ubuntu() -> bool {
    fs::read_to_string("/etc/os-release").is_ok_and(|text| {
        text.lines().any(|line| line.starts_with("ID") && line.contains("ubuntu"))
    })
}
