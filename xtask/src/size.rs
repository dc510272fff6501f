//! What the page weighs on the wire, and the limits it has to keep.

use crate::shell::{Outcome, Problem};
use std::fs;
use std::io::Write;
use std::path::{Path, PathBuf};

/// The limits of the two wasm files, in kB as sent (1 kB = 1000 bytes). They stand above the
/// design's 300 and 150 for the reasons, and with the way back, of
/// docs/decisions/0011-size-limits.md.
const LIMITS: [Limit; 3] = [
    Limit { prefix: "app", ending: "wasm", packing: Packing::Brotli, aim: 250, most: 860 },
    Limit { prefix: "engine", ending: "wasm", packing: Packing::Gzip, aim: 120, most: 740 },
    // What every page with a figure loads, whether the figure is looked at or not.
    Limit { prefix: "quorate-embed", ending: "js", packing: Packing::Gzip, aim: 5, most: 5 },
];

/// A limit on one file of the page.
struct Limit {
    /// What its name begins with.
    prefix: &'static str,
    /// What it ends with, behind a point.
    ending: &'static str,
    /// As it is sent.
    packing: Packing,
    /// What we aim at.
    aim: u64,
    /// What fails the tests.
    most: u64,
}

/// How a host compresses a file.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Packing {
    /// Brotli at its best, as static hosts precompress.
    Brotli,
    /// Gzip at its best.
    Gzip,
}

/// A file of the page and what it weighs, in bytes.
struct Weight {
    /// Its name inside `dist/`.
    name: String,
    /// As it lies on disk.
    raw: u64,
    /// As gzip.
    gzip: u64,
    /// As brotli.
    brotli: u64,
}

impl Weight {
    /// The weight in one packing.
    fn packed(&self, packing: Packing) -> u64 {
        match packing {
            Packing::Brotli => self.brotli,
            Packing::Gzip => self.gzip,
        }
    }
}

/// Prints the table of sizes, and fails if a limit is passed.
pub(crate) fn gate() -> Outcome<()> {
    let weights = weigh()?;
    print(&weights);
    let broken: Vec<String> = LIMITS.iter().filter_map(|limit| judge(limit, &weights)).collect();
    if broken.is_empty() { Ok(()) } else { Err(Problem::new(broken.join("\n"))) }
}

/// Prints the table of sizes.
pub(crate) fn report() -> Outcome<()> {
    print(&weigh()?);
    Ok(())
}

/// The limit of the engine in the npm package: it draws as well.
const PACKAGE: Limit =
    Limit { prefix: "quorate", ending: "wasm", packing: Packing::Gzip, aim: 150, most: 900 };

/// Prints the size of the npm package's engine, and fails if the limit is passed.
pub(crate) fn gate_package(wasm: &Path) -> Outcome<()> {
    let weights = [weigh_file(wasm.parent().unwrap_or(Path::new("")), wasm)?];
    print(&weights);
    judge(&PACKAGE, &weights).map_or(Ok(()), |text| Err(Problem::new(text)))
}

/// Bytes as kB with one digit.
pub(crate) fn kilobytes(bytes: u64) -> String {
    format!("{:.1}", bytes as f64 / 1000.0)
}

/// What is wrong with the file that `limit` speaks of.
fn judge(limit: &Limit, weights: &[Weight]) -> Option<String> {
    let is_it = |weight: &&Weight| {
        let ending = Path::new(&weight.name).extension();
        weight.name.starts_with(limit.prefix) && ending.is_some_and(|it| it == limit.ending)
    };
    let Some(weight) = weights.iter().find(is_it) else {
        return Some(format!("dist/ holds no {}*.{}", limit.prefix, limit.ending));
    };
    let bytes = weight.packed(limit.packing);
    let text = format!("{} kB of {} kB (aim {})", kilobytes(bytes), limit.most, limit.aim);
    println!("limit {:13} {text}", limit.prefix);
    (bytes > limit.most * 1000).then(|| {
        format!(
            "{} is too large: {text}. Look for what grew with `cargo tree -e features` and twiggy \
             on a build without wasm-opt; a higher limit needs a page in docs/decisions",
            weight.name
        )
    })
}

/// Weighs everything a visitor loads.
fn weigh() -> Outcome<Vec<Weight>> {
    let folder = Path::new("dist");
    let mut files = Vec::new();
    collect(folder, &mut files)
        .map_err(|error| Problem::new(format!("no dist/ ({error}); first `cargo xtask build`")))?;
    files.retain(|file| is_code(file));
    files.sort();
    files.iter().map(|file| weigh_file(folder, file)).collect()
}

/// Every file below a folder.
fn collect(folder: &Path, files: &mut Vec<PathBuf>) -> std::io::Result<()> {
    for entry in fs::read_dir(folder)? {
        let path = entry?.path();
        if path.is_dir() { collect(&path, files)? } else { files.push(path) }
    }
    Ok(())
}

/// Whether the page needs this file to start or to look right.
fn is_code(file: &Path) -> bool {
    let ending = file.extension().and_then(|ending| ending.to_str());
    matches!(ending, Some("wasm" | "js" | "css" | "html"))
}

/// Compresses one file both ways.
fn weigh_file(folder: &Path, file: &Path) -> Outcome<Weight> {
    let bytes = fs::read(file)?;
    let name = file.strip_prefix(folder).unwrap_or(file).to_string_lossy().into_owned();
    let mut gzip = flate2::write::GzEncoder::new(Vec::new(), flate2::Compression::best());
    gzip.write_all(&bytes)?;
    let mut packed = Vec::new();
    let params = brotli::enc::BrotliEncoderParams { quality: 11, lgwin: 22, ..Default::default() };
    brotli::BrotliCompress(&mut bytes.as_slice(), &mut packed, &params)?;
    Ok(Weight {
        name,
        raw: bytes.len() as u64,
        gzip: gzip.finish()?.len() as u64,
        brotli: packed.len() as u64,
    })
}

/// Prints the table.
fn print(weights: &[Weight]) {
    println!("\n{:44} {:>10} {:>10} {:>10}", "kB on the wire", "raw", "gzip", "brotli");
    for Weight { name, raw, gzip, brotli } in weights {
        let [raw, gzip, brotli] = [raw, gzip, brotli].map(|bytes| kilobytes(*bytes));
        println!("{name:44} {raw:>10} {gzip:>10} {brotli:>10}");
    }
}

#[cfg(test)]
mod tests {
    use super::{Limit, Packing, Weight, judge};

    const LIMIT: Limit =
        Limit { prefix: "app", ending: "wasm", packing: Packing::Brotli, aim: 1, most: 2 };

    fn page(brotli: u64) -> Vec<Weight> {
        vec![Weight { name: "app-1a_bg.wasm".to_owned(), raw: 9000, gzip: 5000, brotli }]
    }

    #[test]
    fn a_file_at_its_limit_passes_and_one_byte_more_fails() {
        assert!(judge(&LIMIT, &page(2000)).is_none());
        assert!(judge(&LIMIT, &page(2001)).is_some_and(|text| text.contains("too large")));
    }

    #[test]
    fn a_missing_file_fails() {
        assert!(judge(&LIMIT, &[]).is_some_and(|text| text.contains("holds no app")));
    }
}
