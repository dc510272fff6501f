//! Running other programs: where they are, what is printed, what a failure says.

use std::env;
use std::ffi::OsString;
use std::fmt;
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::time::Instant;

/// Something that went wrong, in words for the person at the shell.
#[derive(Debug)]
pub(crate) struct Problem(String);

/// A value, or what went wrong.
pub(crate) type Outcome<T> = Result<T, Problem>;

impl Problem {
    /// A problem described by `text`.
    pub(crate) fn new(text: impl Into<String>) -> Self {
        Self(text.into())
    }
}

impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}

impl From<std::io::Error> for Problem {
    fn from(error: std::io::Error) -> Self {
        Self(error.to_string())
    }
}

/// Makes the repository the current directory, from wherever `cargo xtask` was called.
pub(crate) fn enter_repository() -> Outcome<()> {
    let xtask = env::var_os("CARGO_MANIFEST_DIR")
        .map_or_else(|| PathBuf::from(env!("CARGO_MANIFEST_DIR")), PathBuf::from);
    let root = xtask.parent().ok_or_else(|| Problem::new("xtask has no parent folder"))?;
    env::set_current_dir(root)?;
    Ok(())
}

/// Folders searched for programs: our own tools first, then those of the system.
pub(crate) fn search_path() -> OsString {
    let here = env::current_dir().unwrap_or_default();
    let own = [here.join(".tools").join("bin"), here.join("node_modules").join(".bin")];
    let system = env::var_os("PATH").unwrap_or_default();
    let all = own.into_iter().chain(env::split_paths(&system));
    env::join_paths(all).unwrap_or(system)
}

/// The full path of a program, or nothing if it is not installed.
pub(crate) fn find(program: &str) -> Option<PathBuf> {
    let path = Path::new(program);
    if path.is_absolute() {
        return path.is_file().then(|| path.to_path_buf());
    }
    let endings: &[&str] = if cfg!(windows) { &[".exe", ".cmd", ".bat"] } else { &[""] };
    env::split_paths(&search_path())
        .flat_map(|folder| endings.iter().map(move |end| folder.join(format!("{program}{end}"))))
        .find(|file| file.is_file())
}

/// A command that sees our tools, with `NO_COLOR` in the form that trunk accepts.
pub(crate) fn command(program: &str, args: &[&str]) -> Command {
    let resolved = find(program).unwrap_or_else(|| PathBuf::from(program));
    let mut command = Command::new(resolved);
    command.args(args).env("PATH", search_path());
    if env::var_os("NO_COLOR").is_some() {
        command.env("NO_COLOR", "true");
    }
    command
}

/// Cargo, as it was called for xtask itself.
pub(crate) fn cargo(args: &[&str]) -> Command {
    let program = env::var("CARGO").unwrap_or_else(|_| "cargo".to_owned());
    command(&program, args)
}

/// Prints the command, runs it with this terminal, and fails if it fails.
pub(crate) fn run(command: &mut Command) -> Outcome<()> {
    let text = describe(command);
    println!("$ {text}");
    let status = command
        .stdin(Stdio::null())
        .status()
        .map_err(|error| Problem::new(format!("cannot start `{text}`: {error}")))?;
    if status.success() { Ok(()) } else { Err(Problem::new(format!("`{text}` failed ({status})"))) }
}

/// Like [`run`], and gives the standard output, which is printed at the end.
pub(crate) fn listen(command: &mut Command) -> Outcome<String> {
    let text = describe(command);
    println!("$ {text}");
    let output = command
        .stdin(Stdio::null())
        .stderr(Stdio::inherit())
        .output()
        .map_err(|error| Problem::new(format!("cannot start `{text}`: {error}")))?;
    let heard = String::from_utf8_lossy(&output.stdout).into_owned();
    print!("{heard}");
    let status = output.status;
    if status.success() {
        Ok(heard)
    } else {
        Err(Problem::new(format!("`{text}` failed ({status})")))
    }
}

/// Like [`run`], for a program that goes on until interrupted. Where the system can, it takes this
/// process's place, so that whoever ends `cargo xtask` ends it.
pub(crate) fn become_program(command: &mut Command) -> Outcome<()> {
    #[cfg(unix)]
    {
        use std::os::unix::process::CommandExt;
        println!("$ {}", describe(command));
        let error = command.exec();
        Err(Problem::new(format!("cannot start `{}`: {error}", describe(command))))
    }
    #[cfg(not(unix))]
    run(command)
}

/// Runs silently and gives the trimmed standard output, or nothing if it fails or is not there.
pub(crate) fn read(program: &str, args: &[&str]) -> Option<String> {
    find(program)?;
    let output = command(program, args).stdin(Stdio::null()).output().ok()?;
    let text = String::from_utf8_lossy(&output.stdout).trim().to_owned();
    output.status.success().then_some(text)
}

/// The version a program reports: the last word of the form `1.2.3` in its first line.
pub(crate) fn version(program: &str) -> Option<String> {
    let text = read(program, &["--version"])?;
    let line = text.lines().next()?;
    let mut words = line.split_whitespace().map(|word| word.trim_start_matches('v'));
    words.rfind(|word| word.starts_with(|c: char| c.is_ascii_digit())).map(str::to_owned)
}

/// The command as one would type it.
fn describe(command: &Command) -> String {
    let program = Path::new(command.get_program()).file_stem().unwrap_or_default();
    let words = std::iter::once(program).chain(command.get_args());
    words.map(|word| word.to_string_lossy().into_owned()).collect::<Vec<_>>().join(" ")
}

/// Measures wall-clock time for a person.
pub(crate) struct Stopwatch(Instant);

impl Stopwatch {
    /// Starts now.
    #[expect(clippy::disallowed_methods, reason = "xtask measures builds, it simulates nothing")]
    pub(crate) fn start() -> Self {
        Self(Instant::now())
    }

    /// Seconds since the start.
    pub(crate) fn seconds(&self) -> f64 {
        self.0.elapsed().as_secs_f64()
    }
}
